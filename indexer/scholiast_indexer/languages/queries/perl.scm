; Capture names are explained in captures.md beside this file.
(comments) @comment

(function_definition name: (_) @name body: (_) @body) @definition.function
(use_constant_statement constant: (identifier) @name) @definition.constant

(call_expression function_name: (identifier) @reference)
(method_invocation function_name: (identifier) @reference)

; Top level only (depth 1).
(variable_declaration (scope) @_scope (single_var_declaration) @name (#eq? @_scope "our")) @definition.variable
