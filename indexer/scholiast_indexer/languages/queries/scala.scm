; Capture names are explained in captures.md beside this file.
(comment) @comment
(block_comment) @comment
(annotation) @attribute

(class_definition name: (_) @name body: (_) @body) @definition.class
(class_definition name: (_) @name) @definition.class
(trait_definition name: (_) @name body: (_) @body) @definition.trait
(trait_definition name: (_) @name) @definition.trait
(object_definition name: (_) @name body: (_) @body) @definition.class
(object_definition name: (_) @name) @definition.class
(package_object name: (_) @name body: (_) @body) @definition.module
(package_object name: (_) @name) @definition.module
(enum_definition name: (_) @name body: (_) @body) @definition.enum
(full_enum_case name: (_) @name) @definition.class
(extension_definition parameters: (_ (_ type: (_) @qualified @extended)) body: (_) @body) @definition.type
(function_definition name: (_) @name body: (_) @body) @definition.function
(function_declaration name: (_) @name) @definition.function
(given_definition name: (_) @name) @definition.constant
(type_definition name: (_) @name) @definition.type
(template_body [
  (_ pattern: (identifier) @name)
  (val_declaration name: (identifier) @name)
  (var_declaration name: (identifier) @name)
] @definition.property)

(call_expression function: [(identifier) @reference (_ field: (identifier) @reference)])
(generic_function function: [(identifier) @reference (_ field: (identifier) @reference)])
(type_identifier) @reference

; Top level only (depth 1).
[(val_definition pattern: (identifier) @name) (var_definition pattern: (identifier) @name)] @definition.variable
