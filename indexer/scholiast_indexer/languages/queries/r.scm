; Capture names are explained in captures.md beside this file.
(comment) @comment

(left_assignment name: [(identifier) (string)] @name value: (function_definition (formal_parameters) @head)) @definition.function
(equals_assignment name: (identifier) @name value: (function_definition (formal_parameters) @head)) @definition.function
(call function: (identifier) @_define arguments: (arguments . (string) @name)
  (#any-of? @_define "setClass" "setRefClass" "R6Class")) @definition.class
(call function: (identifier) @_define arguments: (arguments . (string) @name)
  (#any-of? @_define "setGeneric" "setMethod")) @definition.method

(call function: (identifier) @reference)
(call function: (namespace_get function: (identifier) @reference))

; Top level only (depth 1).
(left_assignment name: (identifier) @name) @definition.variable
(equals_assignment name: (identifier) @name) @definition.variable
