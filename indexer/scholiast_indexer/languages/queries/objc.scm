; Capture names are explained in captures.md beside this file.
(comment) @comment

(class_interface name: (identifier) @name [(property_declaration) (method_declaration)]? @body) @definition.interface
(protocol_declaration name: (identifier) @name [(property_declaration) (method_declaration)]? @body) @definition.interface
(class_implementation name: (identifier) @name (method_definition)? @body) @definition.class
(method_definition selector: [(identifier) @name (keyword_selector . (keyword_declarator keyword: (identifier) @name))]
  body: (_) @body) @definition.method
(method_declaration selector: [(identifier) @name (keyword_selector . (keyword_declarator keyword: (identifier) @name))]) @definition.method
(property_declaration declarator: (_) @name) @definition.property
(function_definition declarator: (_) @name body: (_) @body) @definition.function
(preproc_def name: (identifier) @name value: (_)) @definition.macro
(preproc_function_def name: (identifier) @name value: (_) @body) @definition.macro
(type_definition declarator: (_) @name) @definition.type
(struct_specifier name: (_) @name body: (_) @body) @definition.struct
(enum_specifier name: (_) @name body: (_) @body) @definition.enum

(message_expression selector: (identifier) @reference)
(message_expression selector: (keyword_argument_list . (keyword_argument keyword: (identifier) @reference)))
(call_expression function: (identifier) @reference)
(type_identifier) @reference
