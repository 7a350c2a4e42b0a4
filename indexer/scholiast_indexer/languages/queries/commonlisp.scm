; Capture names are explained in captures.md beside this file.
(comment) @comment
(block_comment) @comment

(list_lit (defun (defun_header keyword: (defun_keyword "defmacro") function_name: (_) @name lambda_list: (_)? @head))) @definition.macro
(list_lit (defun (defun_header function_name: (_) @name lambda_list: (_)? @head))) @definition.function
(list_lit . (sym_lit) @_define . (sym_lit) @name . (_)? @head
  (#any-of? @_define "defclass" "define-condition")) @definition.class
(list_lit . (sym_lit) @_define . [(sym_lit) @name (list_lit . (sym_lit) @name)] (#eq? @_define "defstruct")) @definition.struct
(list_lit . (sym_lit) @_define . (sym_lit) @name (#any-of? @_define "defgeneric")) @definition.function
(list_lit . (sym_lit) @_define . (sym_lit) @name (#any-of? @_define "defparameter" "defvar")) @definition.variable
(list_lit . (sym_lit) @_define . (sym_lit) @name (#any-of? @_define "defconstant" "define-constant")) @definition.constant
(list_lit . (sym_lit) @_define . [(sym_lit) (kwd_lit)] @name (#eq? @_define "defpackage")) @definition.module

(list_lit . (sym_lit) @reference)
