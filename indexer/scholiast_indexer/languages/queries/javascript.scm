; Capture names are explained in captures.md beside this file.
(comment) @comment
(decorator) @attribute
(export_statement declaration: (_) @inner) @outer
(export_statement (lexical_declaration . (variable_declarator) @inner) @outer)
(lexical_declaration . (variable_declarator value: [(arrow_function) (function_expression)]) @inner) @outer

(function_declaration name: (identifier) @name body: (statement_block) @body) @definition.function
(generator_function_declaration name: (identifier) @name body: (statement_block) @body) @definition.function
(method_definition name: (_) @name body: (statement_block) @body) @definition.method

(variable_declarator name: (identifier) @name value: [
  (arrow_function body: (_) @body)
  (function_expression body: (_) @body)
  (generator_function body: (_) @body)
]) @definition.function
(variable_declarator name: (identifier) @name value: (class body: (_) @body)) @definition.class
(pair key: [(property_identifier) (string) (computed_property_name)] @name value: [
  (arrow_function body: (_) @body)
  (function_expression body: (_) @body)
  (generator_function body: (_) @body)
]) @definition.method

(assignment_expression
  left: (member_expression
    object: [(identifier) (member_expression) (this)] @owner
    property: [(property_identifier) (private_property_identifier)] @name)
  right: [
    (arrow_function body: (_) @body)
    (function_expression body: (_) @body)
    (generator_function body: (_) @body)
  ]) @definition.function
(assignment_expression
  left: (member_expression
    object: [(identifier) (member_expression) (this)] @owner
    property: [(property_identifier) (private_property_identifier)] @name)
  right: (class body: (_) @body)) @definition.class
(assignment_expression
  left: (identifier) @name
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function
(function_expression name: (identifier) @name body: (_) @body) @definition.function

(variable_declarator name: (_) @skip value: (_ function: (identifier) @_require (#eq? @_require "require")))
(variable_declarator name: (_) @skip
  value: (_ object: (_ function: (identifier) @_require (#eq? @_require "require"))))
(variable_declarator name: (_) @skip
  value: (_
    function: (_ function: (identifier) @_require (#eq? @_require "require"))))

(export_clause) @reexport
(namespace_export) @reexport

(call_expression function: (identifier) @reference)
(call_expression function: (_ property: (property_identifier) @reference))
(new_expression constructor: (identifier) @reference)
(new_expression constructor: (_ property: (property_identifier) @reference))
(decorator (identifier) @reference)

; Top level only (depth 1).
[(lexical_declaration . (variable_declarator) @inner) (variable_declaration . (variable_declarator) @inner)] @outer
(lexical_declaration (variable_declarator name: (identifier) @name value: (object) @body) @definition.constant)
(lexical_declaration (variable_declarator name: (identifier) @name) @definition.constant)
(variable_declaration (variable_declarator name: (identifier) @name value: (object) @body) @definition.variable)
(variable_declaration (variable_declarator name: (identifier) @name) @definition.variable)
(export_statement
  (lexical_declaration (variable_declarator name: (identifier) @name value: (object) @body) @definition.constant))
(export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @definition.constant))
