; Capture names are explained in captures.md beside this file.
(line_comment) @comment
(block_comment) @comment
(annotation) @attribute

(class_declaration "interface" name: (identifier) @name (class_body)? @body) @definition.interface
(class_declaration name: (identifier) @name (enum_class_body) @body) @definition.enum
(class_declaration name: (identifier) @name (class_body) @body) @definition.class
(class_declaration name: (identifier) @name) @definition.class
(object_declaration name: (identifier) @name (class_body) @body) @definition.class
(object_declaration name: (identifier) @name) @definition.class
(companion_object name: (identifier) @name (class_body) @body) @definition.class
(companion_object name: (identifier) @name) @definition.class
(function_declaration [(user_type) (nullable_type)] @owner . "." . name: (identifier) @name (function_body)? @body) @definition.function
(function_declaration name: (identifier) @name (function_body) @body) @definition.function
(function_declaration name: (identifier) @name) @definition.function
(secondary_constructor "constructor" @name (block)? @body) @definition.method
(class_body (property_declaration (variable_declaration . (identifier) @name)) @definition.property)
(enum_class_body (property_declaration (variable_declaration . (identifier) @name)) @definition.property)
(class_parameter ["val" "var"] (identifier) @name) @definition.property
(type_alias type: (identifier) @name) @definition.type

; After several annotations, or one and words that are no keywords, the grammar takes a head for an expression.
(annotated_expression (infix_expression
  (identifier) @_word . (identifier) @name . (lambda_literal) @body (#eq? @_word "interface")) @definition.interface)
(annotated_expression (infix_expression
  (identifier) @_word . (identifier) @name . (lambda_literal) @body (#eq? @_word "class")) @definition.class)
(annotated_expression (infix_expression
  (infix_expression (identifier) @_word .) . (identifier) @name . (lambda_literal) @body
  (#any-of? @_word "class" "interface")) @definition.class)
(annotated_expression (infix_expression
  (identifier) @_word . (call_expression . (identifier) @name (annotated_lambda (lambda_literal) @body))
  (#any-of? @_word "class" "interface")) @definition.class)
(annotated_expression (infix_expression
  (identifier) . (identifier) @_word . (identifier) @name (#eq? @_word "class")) @definition.class)
(annotated_expression (infix_expression
  (identifier) @_word .
  (call_expression (call_expression . (identifier) @name) (annotated_lambda (lambda_literal) @body))
  (#eq? @_word "fun")) @definition.function)

(call_expression . (identifier) @reference)
(call_expression . (navigation_expression (_) (identifier) @reference .))
(user_type (identifier) @reference)

; Top level only (depth 1).
(property_declaration [(user_type) (nullable_type)] @owner . "." . (variable_declaration . (identifier) @name)) @definition.property
(property_declaration (variable_declaration . (identifier) @name)) @definition.variable
