; Capture names are explained in captures.md beside this file. A signature and its equations are merged later.
(comment) @comment
(haddock) @comment

(declarations (data_type name: (_) @name constructors: (_)? @body) @definition.type)
(declarations (newtype name: (_) @name constructor: (_)? @body) @definition.type)
(declarations (type_synonym name: (_) @name) @definition.type)
(declarations (class name: (_) @name declarations: (_)? @body) @definition.class)
(declarations (instance name: (_) @name declarations: (_)? @body) @definition.type)

(declarations (signature name: [(variable) @name (prefix_id (_) @name)]) @definition.function)
(declarations (function name: [(variable) @name (prefix_id (_) @name)] match: (_) @body) @definition.function)
(declarations (function (infix operator: (operator) @name) match: (_) @body) @definition.function)
(declarations (bind name: (variable) @name match: (_) @body) @definition.function)
(class_declarations (signature name: [(variable) @name (prefix_id (_) @name)]) @definition.method)
(class_declarations (function name: (variable) @name match: (_) @body) @definition.method)
(class_declarations (bind name: (variable) @name match: (_) @body) @definition.method)
(instance_declarations (function name: [(variable) @name (prefix_id (_) @name)] match: (_) @body) @definition.method)
(instance_declarations (function (infix operator: (operator) @name) match: (_) @body) @definition.method)
(instance_declarations (bind name: [(variable) @name (prefix_id (_) @name)] match: (_) @body) @definition.method)

(apply function: [(variable) @reference (qualified id: (variable) @reference)])
(name) @reference
(constructor) @reference
