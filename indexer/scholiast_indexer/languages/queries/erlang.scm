; Capture names are explained in captures.md beside this file. The spec and the clauses of a function are merged later.
(comment) @comment

(spec fun: (atom) @name) @definition.function
(fun_decl clause: (function_clause name: (atom) @name body: (_) @body)) @definition.function
(record_decl name: (atom) @name) @definition.struct
(type_alias name: (type_name name: (atom) @name)) @definition.type
(opaque name: (type_name name: (atom) @name)) @definition.type
(callback fun: (atom) @name) @definition.function
(pp_define lhs: (macro_lhs name: (_) @name)) @definition.macro

(call expr: (atom) @reference)
(call expr: (remote fun: (atom) @reference))
