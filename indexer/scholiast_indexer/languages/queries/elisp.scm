; Capture names are explained in captures.md beside this file.
(comment) @comment
(function_definition docstring: (_) @docstring @body)
(macro_definition docstring: (_) @docstring @body)

(function_definition name: (_) @name docstring: (_) @body) @definition.function
(function_definition name: (_) @name parameters: (_) @head) @definition.function
(macro_definition name: (_) @name docstring: (_) @body) @definition.macro
(macro_definition name: (_) @name parameters: (_) @head) @definition.macro
(list . (symbol) @_define . (symbol) @name (#any-of? @_define "defcustom" "defgroup" "defface" "defvar-local")) @definition.variable
(list . (symbol) @_define . (symbol) @name (#any-of? @_define "cl-defun" "cl-defmethod" "cl-defgeneric" "define-minor-mode" "define-derived-mode")) @definition.function

(list . (symbol) @reference)

; Top level only (depth 1).
(special_form ["defvar" "defconst"] . (symbol) @name) @definition.variable
