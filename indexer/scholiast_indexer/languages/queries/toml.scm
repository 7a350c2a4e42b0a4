; Capture names are explained in captures.md beside this file.
(comment) @comment

(table . [(bare_key) (dotted_key) (quoted_key)] @name . "]" @head) @definition.section
(table_array_element . [(bare_key) (dotted_key) (quoted_key)] @name . "]]" @head) @definition.section

; Top level only (depth 1).
(pair . (_) @name) @definition.property
