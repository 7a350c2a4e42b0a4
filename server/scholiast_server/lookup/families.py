"""Which languages can refer to each other's definitions, and how they reach members; pure data."""

from __future__ import annotations

HEADERS = frozenset({"c", "cpp", "objc"})
"""Declared in one file, defined in another."""

_FAMILIES = (
    frozenset({"javascript", "typescript", "tsx", "vue", "svelte"}),
    HEADERS,
    frozenset({"java", "kotlin", "scala", "groovy"}),
    frozenset({"ocaml", "ocaml_interface"}),
)
NAMED_IMPORTS = frozenset({"python", "javascript", "typescript", "tsx", "vue", "svelte", "rust"})
"""A name of another file has to be imported by name."""

PACKAGE_FOLDERS = frozenset({"go"})
"""A bare name of another file lies in the same folder."""

PACKAGES = frozenset({"java", "kotlin"})
"""A bare name of another file is imported or lies in the same package, which has its folder in each source tree."""

EXPLICIT_RECEIVERS = NAMED_IMPORTS | PACKAGE_FOLDERS | {"php", "lua", "zig"}
"""A bare name is never a method or an attribute."""

NESTING_FUNCTIONS = frozenset({"python", "javascript", "typescript", "tsx", "vue", "svelte"})
"""What a function defines can't be seen from outside it, and has its name in its path."""

LOCAL_FUNCTIONS = frozenset({"csharp", "kotlin", "swift"})
"""Languages where a function with others in its path is a local one: what classes hold are methods."""

OWN_RECEIVERS = frozenset({"self", "cls", "this", "Self", "static", "@"})
PARENT_RECEIVERS = frozenset({"super", "parent", "base"})

CLASS_KINDS = frozenset({"class", "interface", "struct", "enum", "trait", "type", "module"})
MEMBER_KINDS = frozenset({"method", "property"})
VALUE_KINDS = frozenset({"property", "constant", "variable"})
WITHOUT_MIXINS = frozenset({"python", "javascript", "typescript", "tsx", "vue", "svelte", "java", "csharp"})
"""A class without a base has no members but its own."""

CAPITAL_TYPES = frozenset({"ruby"})
"""A name with a capital before a dot is a class or a module, and never a variable."""

UNREADABLE_KINDS = frozenset({"section", "cell", "script", "block", "text"})
"""What no name in code refers to."""


def are_related(one: str, other: str) -> bool:
    """Whether code of one language can refer to a definition in the other."""
    return one == other or any(one in family and other in family for family in _FAMILIES)
