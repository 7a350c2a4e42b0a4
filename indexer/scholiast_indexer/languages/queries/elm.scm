; Capture names are explained in captures.md beside this file. An annotation and its value are merged later.
(line_comment) @comment
(block_comment) @comment

(type_alias_declaration name: (_) @name typeExpression: (_) @body) @definition.type
(type_declaration name: (_) @name unionVariant: (_) @body) @definition.enum
(port_annotation name: (_) @name) @definition.function

(function_call_expr target: (value_expr name: (value_qid (lower_case_identifier) @reference .)))
(upper_case_qid (upper_case_identifier) @reference .)

; Top level only (depth 1).
(type_annotation name: (_) @name) @definition.function
(value_declaration functionDeclarationLeft: (function_declaration_left . (lower_case_identifier) @name) body: (_) @body) @definition.function
