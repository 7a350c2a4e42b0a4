; Capture names are explained in captures.md beside this file.
(comment) @comment

(document (block_node (block_mapping (block_mapping_pair key: (_) @name value: (_)? @body) @definition.property)))
