
; Nodes that TypeScript's grammar names differently.
(class_declaration name: (identifier) @name body: (class_body) @body) @definition.class
(class name: (identifier) @name body: (_) @body) @definition.class
(field_definition property: (_) @name value: (arrow_function body: (_) @body)) @definition.method
(field_definition property: (_) @name value: (function_expression body: (_) @body)) @definition.method
(field_definition property: (_) @name) @definition.property
(class_heritage [(identifier) @reference (member_expression property: (property_identifier) @reference)])

; Top level only (depth 1).
(expression_statement (assignment_expression
  left: (_ object: (_) @_exports property: (_) @reexport)) (#eq? @_exports "exports"))
(expression_statement (assignment_expression left: (_) @_exports right: (_ [
  (shorthand_property_identifier) @reexport
  (pair key: (_) @reexport value: [(identifier) (member_expression) (call_expression)])
])) (#eq? @_exports "module.exports"))
