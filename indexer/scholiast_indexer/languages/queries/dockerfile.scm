; Capture names are explained in captures.md beside this file.
(comment) @comment

(from_instruction as: (image_alias) @name) @definition.section
(arg_instruction name: (unquoted_string) @name) @definition.variable
(env_instruction (env_pair name: (unquoted_string) @name)) @definition.variable

(image_spec name: (image_name) @reference)
