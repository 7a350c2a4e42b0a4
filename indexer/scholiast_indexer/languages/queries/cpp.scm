
; C++: read before c.scm.

; `class EXPORT Name {` is misread as a function; the macro tells it apart from a real one, which has parameters.
(function_definition type: (class_specifier !body) declarator: (identifier) @name body: (_) @body) @definition.class
(function_definition type: (struct_specifier !body) declarator: (identifier) @name body: (_) @body) @definition.struct

(template_declaration
  [(function_definition) (class_specifier) (struct_specifier) (union_specifier) (declaration) (field_declaration)
   (alias_declaration) (concept_definition) (friend_declaration)] @inner) @outer
(friend_declaration (function_definition) @inner) @outer
(attribute_declaration) @attribute

(namespace_definition name: (_) @qualified body: (_) @body) @definition.module
(class_specifier name: (_) @qualified body: (_) @body) @definition.class
(concept_definition name: (identifier) @name) @definition.type
(alias_declaration name: (type_identifier) @name) @definition.type
(function_definition declarator: (_) @qualified @owned [(try_statement) (default_method_clause) (delete_method_clause)]) @definition.function

(field_declaration declarator: (function_declarator declarator: (_) @name)) @definition.method
(field_declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (_) @name))) @definition.method
(field_declaration declarator: (reference_declarator (function_declarator declarator: (_) @name))) @definition.method
(field_declaration_list (declaration declarator: (function_declarator declarator: (_) @name)) @definition.method)
(declaration declarator: (reference_declarator (function_declarator declarator: (identifier) @name))) @definition.function
(declaration_list (declaration declarator: [(init_declarator) (identifier) (array_declarator)] @name) @definition.variable)

(call_expression function: [
  (qualified_identifier name: (identifier) @reference)
  (qualified_identifier name: (qualified_identifier name: (identifier) @reference))
])
(template_function name: (identifier) @reference)
(template_method name: (field_identifier) @reference)
