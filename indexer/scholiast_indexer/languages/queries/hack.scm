; Capture names are explained in captures.md beside this file.
(comment) @comment
(attribute_modifier) @attribute

(class_declaration name: (_) @name body: (_) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.interface
(trait_declaration name: (_) @name body: (_) @body) @definition.trait
(enum_declaration name: (_) @name) @definition.enum
(function_declaration name: (_) @name body: (_)? @body) @definition.function
(method_declaration name: (_) @name body: (_)? @body) @definition.method
(const_declaration (const_declarator name: (_) @name)) @definition.constant
(property_declaration (property_declarator name: (_) @name)) @definition.property
(alias_declaration . (identifier) @name) @definition.type

(call_expression function: (qualified_identifier (identifier) @reference .))
(call_expression function: (selection_expression (qualified_identifier (identifier) @reference .) .))
(type_specifier (qualified_identifier (identifier) @reference .))
