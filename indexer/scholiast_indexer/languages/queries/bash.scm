; Capture names are explained in captures.md beside this file.
(comment) @comment

(function_definition name: (word) @name body: (_) @body) @definition.function
; A test of bats, whose body the grammar reads as commands of their own.
(command name: (command_name (word) @_test) argument: [(string) (raw_string)] @name (#eq? @_test "@test")) @definition.function

(command name: (command_name (word) @reference))

; Top level only (depth 1).
(variable_assignment name: (variable_name) @name) @definition.variable
(declaration_command (variable_assignment name: (variable_name) @name)) @definition.variable
