; Capture names are explained in captures.md beside this file.
(comment) @comment
(attribute_list) @attribute

(namespace_declaration name: (_) @qualified body: (_) @body) @definition.namespace
(class_declaration name: (identifier) @name body: (_)? @body) @definition.class
(record_declaration name: (identifier) @name body: (_)? @body) @definition.class
(struct_declaration name: (identifier) @name body: (_) @body) @definition.struct
(interface_declaration name: (identifier) @name body: (_) @body) @definition.interface
(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum
(delegate_declaration name: (identifier) @name) @definition.type
(method_declaration name: (identifier) @name body: (_)? @body) @definition.method
(constructor_declaration name: (identifier) @name body: (_) @body) @definition.method
(destructor_declaration name: (identifier) @name body: (_) @body) @definition.method
(operator_declaration "operator" . _ @name body: (_) @body) @definition.method
(local_function_statement name: (identifier) @name body: (_) @body) @definition.function
(property_declaration name: (identifier) @name accessors: (_) @body) @definition.property
(property_declaration name: (identifier) @name value: (arrow_expression_clause) @body) @definition.property
(indexer_declaration "this" @name accessors: (_)? @body value: (_)? @body) @definition.property
(event_declaration name: (identifier) @name) @definition.property
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.property
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.variable

(invocation_expression function: [
  (identifier) @reference
  (member_access_expression name: (identifier) @reference)
  (conditional_access_expression (member_binding_expression name: (identifier) @reference))
])
(object_creation_expression type: [(identifier) @reference (qualified_name name: (identifier) @reference)])
(generic_name (identifier) @reference)
(attribute name: [(identifier) @reference (qualified_name name: (identifier) @reference)])
(base_list [(identifier) @reference (qualified_name name: (identifier) @reference)])
(type_argument_list (identifier) @reference)
(nullable_type (identifier) @reference)
(array_type type: (identifier) @reference)
(parameter type: (identifier) @reference)
(variable_declaration type: (identifier) @reference)
(method_declaration returns: (identifier) @reference)
(property_declaration type: (identifier) @reference)
(cast_expression type: (identifier) @reference)
(typeof_expression type: (identifier) @reference)
(catch_declaration type: (identifier) @reference)
