; Capture names are explained in captures.md beside this file. Also read for OCaml itself, before ocaml.scm.
(comment) @comment
(type_definition . (type_binding) @inner) @outer
(module_definition . (module_binding) @inner) @outer
(type_definition (type_binding name: (_) @qualified body: (record_declaration) @body) @definition.struct)
(type_definition (type_binding name: (_) @qualified body: (variant_declaration) @body) @definition.enum)
(type_definition (type_binding name: (_) @qualified) @definition.type)
(exception_definition (constructor_declaration . (constructor_name) @name)) @definition.type
(module_type_definition . (module_type_name) @name body: (_)? @body) @definition.interface
(value_specification . (value_name) @name) @definition.function
(value_specification . (parenthesized_operator (_) @name)) @definition.function
(type_constructor_path (type_constructor) @reference)
(module_path (module_name) @reference)
(module_definition (module_binding . (module_name) @name module_type: (_) @body) @definition.module)
