; Capture names are explained in captures.md beside this file.
(line_comment) @comment
(block_comment) @comment
(qldoc) @comment

(dataclass name: (className) @name extends: (_) @head) @definition.class
(dataclass name: (className) @name) @definition.class
(module name: (moduleName) @name) @definition.module
(memberPredicate name: (predicateName) @name (body) @body) @definition.method
(classlessPredicate name: (predicateName) @name (body) @body) @definition.function

(qualifiedRhs name: (predicateName) @reference)
(aritylessPredicateExpr name: (literalId) @reference)
(typeExpr name: (className) @reference)
