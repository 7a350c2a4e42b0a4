; Capture names are explained in captures.md beside this file.
(line_comment) @comment
(block_comment) @comment
(source_file (string_literal) @docstring)
(module_definition (string_literal) @docstring)

(module_definition name: (identifier) @name @head) @definition.module
(struct_definition (type_head) @name @head) @definition.struct
(abstract_definition (type_head) @name) @definition.interface
(primitive_definition (type_head) @name) @definition.type
(function_definition (signature) @qualified @head) @definition.function
(macro_definition (signature) @qualified @head) @definition.macro
(source_file (assignment . [(call_expression) (where_expression) (typed_expression (call_expression))] @qualified @head) @definition.function)
(module_definition (assignment . [(call_expression) (where_expression) (typed_expression (call_expression))] @qualified @head) @definition.function)
(const_statement (assignment . (identifier) @name)) @definition.constant
(source_file (assignment . (identifier) @name) @definition.variable)
(module_definition (assignment . (identifier) @name) @definition.variable)
(module_definition (assignment . (parametrized_type_expression . (identifier) @name)) @definition.type)

(call_expression . [(identifier) @reference (field_expression (_) (identifier) @reference)])
(parametrized_type_expression . (identifier) @reference)
(typed_expression (_) (identifier) @reference)
(type_head (binary_expression (_) (operator) (identifier) @reference))
(macrocall_expression . (macro_identifier (identifier) @reference))
