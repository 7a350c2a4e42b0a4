; Capture names are explained in captures.md beside this file.
(comment) @comment
(type_declaration "type" . [(type_spec) (type_alias)] @inner) @outer
(const_declaration "const" . (const_spec) @inner) @outer
(var_declaration "var" . (var_spec) @inner) @outer

(function_declaration name: (identifier) @name body: (block)? @body) @definition.function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @scope))
  name: (field_identifier) @name
  body: (block)? @body) @definition.method
(type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @definition.struct
(type_spec name: (type_identifier) @name type: (interface_type "{" @body)) @definition.interface
(type_spec name: (type_identifier) @name) @definition.type
(type_alias name: (type_identifier) @name) @definition.type
(method_elem name: (field_identifier) @name) @definition.method

(call_expression function: (identifier) @reference)
(call_expression function: (selector_expression field: (field_identifier) @reference))
(type_identifier) @reference

; Top level only (depth 1).
(const_declaration (const_spec name: (identifier) @name) @definition.constant)
(var_declaration (var_spec name: (identifier) @name) @definition.variable)
(var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition.variable))
