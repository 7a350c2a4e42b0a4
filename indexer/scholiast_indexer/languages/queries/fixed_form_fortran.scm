; Capture names are explained in captures.md beside this file.
(comment) @comment

(module (module_statement (name) @name @head)) @definition.module
(program (program_statement (name) @name @head)) @definition.function
(function (function_statement name: (name) @name) @head) @definition.function
(subroutine (subroutine_statement name: (name) @name) @head) @definition.function
(derived_type_definition (derived_type_statement (type_name) @name) @head) @definition.struct

(call_expression . (identifier) @reference)
(subroutine_call subroutine: (identifier) @reference)
