; Capture names are explained in captures.md beside this file.
(comment) @comment

(function_call . (identifier) @reference)
(variable_expr (identifier) @reference)
(get_attr (identifier) @reference)

; Top level only (depth 2).
(block . (identifier) .
  (string_lit (template_literal) @scope) . (string_lit (template_literal) @name) . (block_start) @body) @definition.section
(block . (identifier) . (string_lit (template_literal) @name) . (block_start) @body) @definition.section
(block . (identifier) @name . (block_start) @body) @definition.section
