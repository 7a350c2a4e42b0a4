
; TypeScript: read after javascript.scm.
(class_declaration name: (type_identifier) @name body: (class_body) @body) @definition.class
(class name: (type_identifier) @name body: (class_body) @body) @definition.class
(abstract_class_declaration name: (type_identifier) @name body: (class_body) @body) @definition.class
(interface_declaration name: (type_identifier) @name body: (_) @body) @definition.interface
(type_alias_declaration name: (type_identifier) @name) @definition.type
(enum_declaration name: (identifier) @name body: (enum_body) @body) @definition.enum
(internal_module name: (_) @name body: (statement_block) @body) @definition.module
(module name: (_) @name body: (statement_block) @body) @definition.module
(function_signature name: (identifier) @name) @definition.function
(method_signature name: (_) @name) @definition.method
(abstract_method_signature name: (_) @name) @definition.method
(interface_body (property_signature name: (_) @name) @definition.property)
(public_field_definition name: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method
(public_field_definition name: (_) @name) @definition.property
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.property
(internal_module body: (statement_block (export_statement
  (lexical_declaration (variable_declarator name: (identifier) @name) @definition.constant))))
(expression_statement (internal_module) @inner) @outer
(ambient_declaration (_) @inner) @outer

(type_identifier) @reference
(decorator (call_expression function: (identifier) @reference))
(extends_clause value: (identifier) @reference)
