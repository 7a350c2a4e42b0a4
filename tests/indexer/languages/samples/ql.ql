/**
 * @name Unused variable
 * @kind problem
 */
import javascript

/** A local variable that nobody reads. */
class UnusedLocal extends LocalVariable {
  UnusedLocal() { not exists(VarUse use | use.getVariable() = this) }

  /** Gets its declaration. */
  VarDecl getADecl() { result = this.getADeclaration() }
}

predicate isExported(LocalVariable variable) { exists(variable.getExport()) }

from UnusedLocal variable
where not isExported(variable)
select variable, "Unused variable " + variable.getName() + "."
