; Capture names are explained in captures.md beside this file.
(comment) @comment

(document (pair . (_) @name) @definition.property)
(table . [(bare_key) (dotted_key) (quoted_key)] @name . "]" @head) @definition.section
(table_array_element . [(bare_key) (dotted_key) (quoted_key)] @name . "]]" @head) @definition.section
