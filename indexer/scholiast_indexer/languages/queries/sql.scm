; Capture names are explained in captures.md beside this file.
(comment) @comment
(marginalia) @comment
(statement [(create_table) (create_view) (create_materialized_view) (create_function) (create_trigger) (create_index)
  (create_type) (create_schema) (create_sequence) (create_database) (create_role) (create_extension) (create_policy)] @inner) @outer

(create_table (object_reference) @qualified (column_definitions)? @body) @definition.struct
(create_view . (_)+ (object_reference) @qualified (create_query)? @body) @definition.struct
(create_materialized_view (object_reference) @qualified (create_query)? @body) @definition.struct
(create_function (object_reference) @qualified (function_body)? @body) @definition.function
(create_trigger . (keyword_create) . [(keyword_or) (keyword_replace) (keyword_constraint)]* . (keyword_trigger) . (object_reference) @qualified) @definition.function
(create_index column: (identifier) @name) @definition.variable
(create_type (object_reference) @qualified) @definition.type
(create_schema (identifier) @name) @definition.module
(create_sequence (object_reference) @qualified) @definition.variable

(relation (object_reference name: (identifier) @reference))
(invocation (object_reference name: (identifier) @reference))
(insert (object_reference name: (identifier) @reference))
(alter_table (object_reference name: (identifier) @reference))
(create_index (object_reference name: (identifier) @reference))
(create_trigger (keyword_on) . (object_reference name: (identifier) @reference))
