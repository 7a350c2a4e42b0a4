; Capture names are explained in captures.md beside this file. Also read for C++, after cpp.scm.
(comment) @comment

(preproc_def name: (identifier) @name value: (_)) @definition.macro
(preproc_function_def name: (identifier) @name value: (_) @body) @definition.macro

(type_definition type: (struct_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition.struct
(type_definition type: (union_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition.struct
(type_definition type: (enum_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition.enum
(type_definition declarator: (_) @name) @definition.type
(struct_specifier name: (_) @qualified body: (_) @body) @definition.struct
(union_specifier name: (_) @qualified body: (_) @body) @definition.struct
(enum_specifier name: (_) @qualified body: (_) @body) @definition.enum

(function_definition declarator: (_) @qualified @owned body: (compound_statement) @body) @definition.function

; Prototypes and variables outside functions. Those inside are dropped when their parent is known.
(declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (pointer_declarator declarator: [
    (function_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  ])
]) @definition.function

(call_expression function: [(identifier) @reference (field_expression field: (field_identifier) @reference)])
(type_identifier) @reference

; Top level only (depth 1).
(declaration declarator: [(init_declarator) (identifier) (array_declarator) (pointer_declarator)] @name) @definition.variable
(preproc_ifdef (declaration declarator: [(init_declarator) (identifier) (array_declarator)] @name) @definition.variable)
