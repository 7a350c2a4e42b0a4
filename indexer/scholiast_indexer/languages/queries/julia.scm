; Capture names are explained in captures.md beside this file.
(line_comment) @comment
(block_comment) @comment

(module_definition name: (identifier) @name @head) @definition.module
(struct_definition (type_head) @name @head) @definition.struct
(abstract_definition (type_head) @name) @definition.interface
(primitive_definition (type_head) @name) @definition.type
(function_definition (signature) @qualified @head) @definition.function
(macro_definition (signature) @qualified @head) @definition.macro
(const_statement (assignment . (identifier) @name)) @definition.constant

(export_statement) @reexport

(call_expression . [(identifier) @reference (field_expression (_) (identifier) @reference)])
(parametrized_type_expression . (identifier) @reference)
(typed_expression (_) (identifier) @reference)
(type_head (binary_expression (_) (operator) (identifier) @reference))
(macrocall_expression . (macro_identifier (identifier) @reference))

; Top level only (depth 2).
(string_literal) @docstring
(assignment . [(call_expression) (where_expression) (typed_expression (call_expression))] @qualified @head) @definition.function
(assignment . (identifier) @name) @definition.variable
(assignment . (parametrized_type_expression . (identifier) @name)) @definition.type
