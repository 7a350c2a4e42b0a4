
; What only implementations hold: read after ocaml_interface.scm.
(value_definition . (let_binding) @inner) @outer
(class_definition . (class_binding) @inner) @outer
(module_definition (module_binding . (module_name) @name body: (_) @body) @definition.module)
(module_definition (module_binding . (module_name) @name) @definition.module)
(class_definition (class_binding (class_name) @name body: (_) @body) @definition.class)
(method_definition (method_name) @name body: (_)? @body) @definition.method
(external . (value_name) @name) @definition.function
(external . (parenthesized_operator (_) @name)) @definition.function
(compilation_unit (value_definition (let_binding pattern: [(value_name) @name (parenthesized_operator (_) @name)]
  (parameter) body: (_) @body) @definition.function))
(compilation_unit (value_definition (let_binding pattern: (value_name) @name
  body: [(fun_expression) (function_expression)] @body) @definition.function))
(compilation_unit (value_definition (let_binding pattern: (value_name) @name) @definition.variable))
(structure (value_definition (let_binding pattern: [(value_name) @name (parenthesized_operator (_) @name)]
  (parameter) body: (_) @body) @definition.function))
(structure (value_definition (let_binding pattern: (value_name) @name
  body: [(fun_expression) (function_expression)] @body) @definition.function))
(structure (value_definition (let_binding pattern: (value_name) @name) @definition.variable))
(application_expression function: (value_path (value_name) @reference))
(infix_expression right: (value_path (value_name) @reference))
(method_invocation (method_name) @reference)
(constructor_path (constructor_name) @reference)
