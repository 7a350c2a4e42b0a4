; Capture names are explained in captures.md beside this file.
(comment) @comment

(stylesheet (rule_set (selectors) @name (block) @body) @definition.section)
(media_statement (block (rule_set (selectors) @name (block) @body) @definition.section))
(keyframes_statement (keyframes_name) @name (_) @body) @definition.section
(declaration (property_name) @name (#match? @name "^--")) @definition.variable
