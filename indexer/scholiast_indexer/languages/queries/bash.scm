; Capture names are explained in captures.md beside this file.
(comment) @comment

(function_definition name: (word) @name body: (_) @body) @definition.function
; A test of bats, whose body the grammar reads as commands of their own.
(command name: (command_name (word) @_test) argument: [(string) (raw_string)] @name (#eq? @_test "@test")) @definition.function
(program (variable_assignment name: (variable_name) @name) @definition.variable)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @definition.variable)

(command name: (command_name (word) @reference))
