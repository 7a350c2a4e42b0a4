; Capture names are explained in captures.md beside this file.

; Top level only (depth 2).
(pair key: (string (string_content) @name) value: (_) @body) @definition.property
