
; Nodes that TypeScript's grammar names differently.
(class_declaration name: (identifier) @name body: (class_body) @body) @definition.class
(class name: (identifier) @name body: (_) @body) @definition.class
(field_definition property: (_) @name value: (arrow_function body: (_) @body)) @definition.method
(field_definition property: (_) @name value: (function_expression body: (_) @body)) @definition.method
(field_definition property: (_) @name) @definition.property
(class_heritage [(identifier) @reference (member_expression property: (property_identifier) @reference)])
