; Capture names are explained in captures.md beside this file.
(comment) @comment

(function_declaration name: (identifier) @name body: (_)? @body) @definition.function
(function_declaration name: (dot_index_expression table: (_) @scope field: (identifier) @name) body: (_)? @body) @definition.function
(function_declaration name: (method_index_expression table: (_) @owner method: (identifier) @name) body: (_)? @body) @definition.method
(assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (function_definition body: (_)? @body) .)) @definition.function
(assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @scope field: (identifier) @name) .)
  (expression_list . value: (function_definition body: (_)? @body) .)) @definition.function
(variable_declaration . (assignment_statement) @inner) @outer
(field name: (identifier) @name value: (function_definition body: (_)? @body)) @definition.function

(assignment_statement
  (variable_list . name: (identifier) @skip)
  (expression_list . value: (function_call name: (identifier) @_require (#eq? @_require "require"))))
(assignment_statement
  (variable_list . name: (identifier) @skip)
  (expression_list . value: (dot_index_expression
    table: (function_call name: (identifier) @_require (#eq? @_require "require")))))

(function_call name: [
  (identifier) @reference
  (dot_index_expression field: (identifier) @reference)
  (method_index_expression method: (identifier) @reference)
])

; Top level only (depth 1).
(variable_declaration (assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (table_constructor "{" @body) .)) @definition.variable)
(variable_declaration (assignment_statement (variable_list name: (identifier) @name)) @definition.variable)
(assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @scope field: (identifier) @name) .)
  (expression_list . value: (table_constructor "{" @body) .)) @definition.variable
