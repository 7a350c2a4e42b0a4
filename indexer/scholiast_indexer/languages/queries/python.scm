; Capture names are explained in captures.md beside this file.
(comment) @comment
(decorator) @attribute
(block . (comment)* . (expression_statement . (string) @docstring)) @body

(class_definition name: (identifier) @name body: (block) @body) @definition.class
(function_definition name: (identifier) @name body: (block) @body) @definition.function
(type_alias_statement left: (type (identifier) @name)) @definition.type
(type_alias_statement left: (type (generic_type (identifier) @name))) @definition.type
(class_definition body: (block (expression_statement (assignment left: (identifier) @name)) @definition.variable))

(call function: (identifier) @reference)
(call function: (attribute attribute: (identifier) @reference))
(decorator [(identifier) @reference (attribute attribute: (identifier) @reference)])
(class_definition superclasses: (argument_list [(identifier) @reference (attribute attribute: (identifier) @reference)]))
(type [(identifier) @reference (attribute attribute: (identifier) @reference)])
(type (subscript [(identifier) @reference (attribute attribute: (identifier) @reference)]))
(type (binary_operator [(identifier) @reference (attribute attribute: (identifier) @reference)]))
(generic_type (identifier) @reference)
(raise_statement (identifier) @reference)
(except_clause [(identifier) @reference (as_pattern (identifier) @reference)])

; Top level only (depth 1).
(expression_statement (assignment left: (identifier) @name)) @definition.variable
(import_from_statement module_name: (relative_import)) @import
(import_from_statement (aliased_import name: (_) @_name alias: (_) @reexport) (#eq? @_name @reexport))
(expression_statement (_ left: (identifier) @_all right: [(list) (tuple)] @reexport) (#eq? @_all "__all__"))
