; Capture names are explained in captures.md beside this file.
(comment) @comment

; Top level only (depth 4).
(block_mapping_pair key: (_) @name value: (_)? @body) @definition.property
