; Capture names are explained in captures.md beside this file. A signature and its equations are merged later.
(comment) @comment
(haddock) @comment

(class_declarations (signature name: [(variable) @name (prefix_id (_) @name)]) @definition.method)
(class_declarations (function name: (variable) @name match: (_) @body) @definition.method)
(class_declarations (bind name: (variable) @name match: (_) @body) @definition.method)
(instance_declarations (function name: [(variable) @name (prefix_id (_) @name)] match: (_) @body) @definition.method)
(instance_declarations (function (infix operator: (operator) @name) match: (_) @body) @definition.method)
(instance_declarations (bind name: [(variable) @name (prefix_id (_) @name)] match: (_) @body) @definition.method)

(apply function: [(variable) @reference (qualified id: (variable) @reference)])
(name) @reference
(constructor) @reference

; Top level only (depth 2).
(data_type name: (_) @name constructors: (_)? @body) @definition.type
(newtype name: (_) @name constructor: (_)? @body) @definition.type
(type_synonym name: (_) @name) @definition.type
(class name: (_) @name declarations: (_)? @body) @definition.class
(instance name: (_) @name declarations: (_)? @body) @definition.type
(signature name: [(variable) @name (prefix_id (_) @name)]) @definition.function
(function name: [(variable) @name (prefix_id (_) @name)] match: (_) @body) @definition.function
(function (infix operator: (operator) @name) match: (_) @body) @definition.function
(bind name: (variable) @name match: (_) @body) @definition.function
(exports (export [type: (name) @reexport variable: [(variable) @reexport (qualified id: (_) @reexport)]]))
