; Capture names are explained in captures.md beside this file.
(line_comment) @comment
(block_comment) @comment
(annotation) @attribute
(marker_annotation) @attribute

(class_declaration name: (identifier) @name body: (_) @body) @definition.class
(record_declaration name: (identifier) @name body: (_) @body) @definition.class
(interface_declaration name: (identifier) @name body: (_) @body) @definition.interface
(annotation_type_declaration name: (identifier) @name body: (_) @body) @definition.interface
(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum
(method_declaration name: (identifier) @name body: (block)? @body) @definition.method
(constructor_declaration name: (identifier) @name body: (_) @body) @definition.method
(compact_constructor_declaration name: (identifier) @name body: (_) @body) @definition.method
(annotation_type_element_declaration name: (identifier) @name) @definition.method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.variable
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.variable

(method_invocation name: (identifier) @reference)
(type_identifier) @reference
(annotation name: [(identifier) @reference (scoped_identifier name: (identifier) @reference)])
(marker_annotation name: [(identifier) @reference (scoped_identifier name: (identifier) @reference)])
