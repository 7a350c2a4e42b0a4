; Capture names are explained in captures.md beside this file.
(comment) @comment

(create_table_stmt . (CREATE) (identifier) @name (column_def) @body) @definition.struct
(create_view_stmt (identifier) @name . (AS) @body) @definition.struct
(create_index_stmt (identifier) @name . (ON)) @definition.variable
(create_trigger_stmt (CREATE) (identifier) @name) @definition.function

(table_or_subquery (identifier) @reference)
(insert_stmt (INTO) . (identifier) @reference)
