; Capture names are explained in captures.md beside this file.
(document . (object (pair key: (string (string_content) @name) value: (_) @body) @definition.property))
