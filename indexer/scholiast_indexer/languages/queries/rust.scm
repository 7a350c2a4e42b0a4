; Capture names are explained in captures.md beside this file.
(line_comment) @comment
(block_comment) @comment
(attribute_item) @attribute

(function_item name: (_) @name body: (block) @body) @definition.function
(function_signature_item name: (_) @name) @definition.function
(struct_item name: (type_identifier) @name body: (field_declaration_list) @body) @definition.struct
(struct_item name: (type_identifier) @name) @definition.struct
(union_item name: (type_identifier) @name body: (_) @body) @definition.struct
(enum_item name: (type_identifier) @name body: (_) @body) @definition.enum
(trait_item name: (type_identifier) @name body: (_) @body) @definition.trait
(impl_item type: (_) @qualified @extended body: (_) @body) @definition.type
(mod_item name: (identifier) @name body: (_) @body) @definition.module
(macro_definition name: (_) @name "(" @body) @definition.macro
(macro_definition name: (_) @name "{" @body) @definition.macro
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.variable
(type_item name: (type_identifier) @name) @definition.type
(associated_type name: (type_identifier) @name) @definition.type

(use_declaration (visibility_modifier) argument: (_) @reexport)

(call_expression function: [
  (identifier) @reference
  (field_expression field: (field_identifier) @reference)
  (scoped_identifier name: (identifier) @reference)
])
(generic_function function: [
  (identifier) @reference
  (field_expression field: (field_identifier) @reference)
  (scoped_identifier name: (identifier) @reference)
])
(scoped_identifier path: (identifier) @reference)
(macro_invocation macro: [(identifier) @reference (scoped_identifier name: (identifier) @reference)])
(type_identifier) @reference
