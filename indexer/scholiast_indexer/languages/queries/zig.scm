; Capture names are explained in captures.md beside this file.
(comment) @comment

(function_declaration name: (identifier) @name body: (block)? @body) @definition.function
(test_declaration (string) @name (block) @body) @definition.function
(variable_declaration . (identifier) @skip (builtin_function (builtin_identifier) @_builtin
  (#any-of? @_builtin "@import" "@cImport")))
(variable_declaration . (identifier) @skip (builtin_function (builtin_identifier) @_builtin)
  (#eq? @_builtin "@This") (#any-of? @skip "Self" "This"))
(struct_declaration (variable_declaration . (identifier) @skip (builtin_function (builtin_identifier) @_builtin)
  (#eq? @_builtin "@This")))
(variable_declaration . (identifier) @name (struct_declaration "{" @body)) @definition.struct
(variable_declaration . (identifier) @name (opaque_declaration "{" @body)) @definition.struct
(variable_declaration . (identifier) @name (union_declaration "{" @body)) @definition.struct
(variable_declaration . (identifier) @name (enum_declaration "{" @body)) @definition.enum
(variable_declaration . (identifier) @name (error_set_declaration "{" @body)) @definition.enum
(struct_declaration (variable_declaration . (identifier) @name) @definition.constant)

(call_expression function: [(identifier) @reference (field_expression member: (identifier) @reference)])
(parameter type: (identifier) @reference)
(pointer_type (identifier) @reference)
(error_union_type ok: (identifier) @reference)
(nullable_type (identifier) @reference)
(function_declaration type: (identifier) @reference)
(container_field type: (identifier) @reference)
(struct_initializer (identifier) @reference)

; Top level only (depth 1).
; A file is a struct, and names itself so.
(variable_declaration . (identifier) @name (builtin_function (builtin_identifier) @_builtin)
  (#eq? @_builtin "@This")) @definition.struct
(variable_declaration "const" . (identifier) @name) @definition.constant
(variable_declaration "var" . (identifier) @name) @definition.variable
