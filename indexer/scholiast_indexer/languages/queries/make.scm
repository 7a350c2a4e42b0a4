; Capture names are explained in captures.md beside this file.
(comment) @comment

(rule (targets (word) @name) (recipe) @body) @definition.function
(rule (targets (word) @name)) @definition.function
(define_directive name: (word) @name value: (_)? @body) @definition.macro
(variable_assignment name: (word) @name) @definition.variable

(prerequisites (word) @reference)
(variable_reference (word) @reference)
