; Capture names are explained in captures.md beside this file.
(comment) @comment
(multiline_comment) @comment
(attribute) @attribute

(class_declaration declaration_kind: "extension" name: (_) @qualified @extended body: (_) @body) @definition.type
(class_declaration declaration_kind: "struct" name: (type_identifier) @name body: (_) @body) @definition.struct
(class_declaration declaration_kind: "enum" name: (type_identifier) @name body: (_) @body) @definition.enum
(class_declaration name: (type_identifier) @name body: (_) @body) @definition.class
(protocol_declaration name: (type_identifier) @name body: (_) @body) @definition.interface
(_ "func" . [(simple_identifier) "==" "!=" "<" ">" "<=" ">=" "+" "-" "*" "/" "%"] @name
  (function_body) @body) @definition.function
(protocol_function_declaration "func" . (simple_identifier) @name) @definition.function
(init_declaration name: "init" @name body: (_)? @body) @definition.method
(deinit_declaration "deinit" @name body: (_) @body) @definition.method
(subscript_declaration "subscript" @name (computed_property)? @body) @definition.method
(class_body (property_declaration name: (_ bound_identifier: (simple_identifier) @name) computed_value: (_)? @body) @definition.property)
(enum_class_body (property_declaration name: (_ bound_identifier: (simple_identifier) @name) computed_value: (_)? @body) @definition.property)
(protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.property
(typealias_declaration "typealias" . name: (type_identifier) @name) @definition.type
(associatedtype_declaration name: (type_identifier) @name) @definition.type

(call_expression . (simple_identifier) @reference)
(call_expression . (_ suffix: (_ suffix: (simple_identifier) @reference)))
(type_identifier) @reference

; Top level only (depth 1).
(property_declaration name: (_ bound_identifier: (simple_identifier) @name) computed_value: (_)? @body) @definition.variable
