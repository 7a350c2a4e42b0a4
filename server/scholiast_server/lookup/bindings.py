"""Whether a bare name is a local one: a parameter, a variable of the function around it. Must not know indexes.

By text alone, as a hover has no time for more; what it misses is weighed as any other name.
"""

from __future__ import annotations

import re

from scholiast_server.lookup.mentions import Mention
from scholiast_server.lookup.scopes import Scope, parent_path
from scholiast_server.lookup.signatures import parameters

LINES_BACK_MAX = 150
"""Lines of the function above the cursor in which the name may be bound."""

_FUNCTIONS = frozenset({"function", "method"})
_TYPES_FIRST = frozenset({"c", "cpp", "java", "csharp", "objc", "dart", "groovy"})
_STATEMENTS = "return|else|goto|delete|throw|new|case|await|yield|using|package|import|typedef"


def is_local(mention: Mention, scope: Scope, line: str) -> bool:
    """Whether something nearer than any definition of the workspace has this name.

    Args:
        mention: A name that is taken from nothing.
        scope: Of its line.
        line: As the editor has it.
    """
    if any(symbol.name == mention.name and _is_in_function(parent_path(symbol), scope) for symbol in scope.symbols):
        return False
    if _is_keyword_argument(mention, scope, line):
        return True
    functions = [symbol for symbol in scope.enclosing if symbol.kind in _FUNCTIONS]
    for function in functions:
        if any(
            found.name.lstrip("*") == mention.name
            for found in parameters(function.signature, function.name, scope.language)
        ):
            return True
    first = functions[0].start_line + 1 if functions else scope.line
    above = scope.text.split("\n")[max(first, scope.line - LINES_BACK_MAX) : scope.line] if functions else []
    return re.search(_binding(mention.name, scope.language), "\n".join((*above, line)), re.M) is not None


def _is_in_function(path: str, scope: Scope) -> bool:
    return any(symbol.path == path and symbol.kind in _FUNCTIONS for symbol in scope.enclosing)


def _is_keyword_argument(mention: Mention, scope: Scope, line: str) -> bool:
    """`f(name=1)` in Python."""
    is_first = line[: mention.start].rstrip().endswith(("(", ","))
    return scope.language == "python" and is_first and re.match(r"\s*=(?!=)", line[mention.end :]) is not None


def _binding(name: str, language: str) -> str:
    escaped = rf"(?<![\w$.]){re.escape(name)}(?![\w$])"
    declared = (
        rf"\b(?:let|const|var|val|mut|for|auto|local|my)[ \t]+(?:mut[ \t]+|[\[({{]?(?:[\w$]+,[ \t]*){{0,5}}){escaped}"
    )
    found = [declared, rf"{escaped}(?:,[ \t]*\w+)*[ \t]*:="]
    if language in {"python", "ruby"}:
        found += [
            rf"^[ \t]*(?:\w+,[ \t]*){{0,5}}{escaped}(?:,[ \t]*\w+)*[ \t]*(?::[^=\n]+)?=(?![=~>])",
            rf"\bas[ \t]+{escaped}[ \t]*[:,]",
        ]
    if language in _TYPES_FIRST:
        found.append(
            rf"^[ \t]*(?!(?:{_STATEMENTS})\b)[A-Za-z_][\w:<>,.\[\]]{{0,80}}[ \t]+[*&]*{escaped}[ \t]*(?:=(?!=)|;|\[)"
        )
    return "|".join(found)
