; Capture names are explained in captures.md beside this file.
(comment) @comment

(config_file (body (block . (identifier) .
  (string_lit (template_literal) @scope) . (string_lit (template_literal) @name) . (block_start) @body) @definition.section))
(config_file (body (block . (identifier) . (string_lit (template_literal) @name) . (block_start) @body) @definition.section))
(config_file (body (block . (identifier) @name . (block_start) @body) @definition.section))

(function_call . (identifier) @reference)
(variable_expr (identifier) @reference)
(get_attr (identifier) @reference)
