; Capture names are explained in captures.md beside this file.
(comment) @comment

(media_statement (block (rule_set (selectors) @name (block) @body) @definition.section))
(keyframes_statement (keyframes_name) @name (_) @body) @definition.section
(declaration (property_name) @name (#match? @name "^--")) @definition.variable

; Top level only (depth 1).
(rule_set (selectors) @name (block) @body) @definition.section
