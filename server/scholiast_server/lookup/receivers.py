"""What type the receiver of a member seems to have, by text alone: an annotation, a declaration, a constructor call.

Must not know indexes; what it says is a guess that the candidates confirm or not.
"""

from __future__ import annotations

import re

from scholiast_server.lookup.scopes import Scope

LINES_BACK_MAX = 150
"""Lines above the cursor in which an assignment is looked for."""

_TYPE = r"(?:[\w.]+(?:\.|::))?(?P<type>[^\W\d_]\w*)"
_NO_TYPES = frozenset(
    {"return", "new", "await", "const", "let", "var", "else", "yield", "throw", "in", "not", "import"}
)


def receiver_type(name: str, scope: Scope) -> str:
    """Name of the type of `name` where the line stands; empty when the text does not say."""
    heads = [symbol.signature for symbol in reversed(scope.enclosing)]
    above = "\n".join(scope.text.split("\n")[max(0, scope.line - LINES_BACK_MAX) : scope.line])
    escaped = re.escape(name)
    patterns = (
        rf"\b{escaped}\s*\??\s*:\s*(?:&\s*)?(?:'\w+\s+)?(?:mut\s+|dyn\s+|impl\s+|\*|Optional\[|type\[)*[\"']?{_TYPE}",
        rf"\b{escaped}\s*(?::\s*[^=\n]{{1,60}})?:?=\s*(?:await\s+)?(?:new\s+|&)?{_TYPE}(?:\(|\{{|::new\b|\.new\b|<)",
        rf"(?:^|[(,{{;\s]){_TYPE}(?:<[^<>\n]*>)?[\s*&]+{escaped}\s*(?=[,;=){{])",
        rf"[(,]\s*{escaped}\s+\*?{_TYPE}\s*[,)]",
    )
    for text in (*heads, above):
        for pattern in patterns:
            found = [match["type"] for match in re.finditer(pattern, text)]
            if found and found[-1] not in _NO_TYPES:
                return found[-1]
    return ""
