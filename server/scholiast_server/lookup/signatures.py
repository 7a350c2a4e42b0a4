"""Parameters and the result that a definition's signature names; must not know where the signature comes from."""

from __future__ import annotations

import re

import msgspec

from scholiast_server.models.sentences import word_set


class Parameter(msgspec.Struct, frozen=True):
    """One parameter as it is written."""

    name: str
    kind: str
    """Its type; empty when the signature names none."""
    default: str


_OWN = frozenset({"self", "cls", "this", "mut self", "&self", "&mut self", "*", "/", "void", "..."})
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_TYPE_FIRST = frozenset({"java", "c", "cpp", "csharp", "objc", "php", "groovy", "dart"})
_MODIFIERS = re.compile(
    r"^(?:(?:public|private|protected|readonly|final|const|static|ref|out|in|params|vararg|inout|mut|crossinline"
    r"|noinline|val|var|implicit|@\w+(?:\([^()]*\))?)\s+)+"
)


def parameters(signature: str, name: str, language: str) -> list[Parameter]:
    """The parameters in order, without the object itself; none where the list is cut off or can't be read."""
    span = _parameter_list(signature, name)
    if span is None:
        return []
    parts = [part.strip() for part in _split(signature[span[0] : span[1]])]
    if language == "go":
        return _go_parameters(parts)
    read = _typed_first if language in _TYPE_FIRST else _named_first
    return [found for part in parts if part and part not in _OWN and (found := read(part)) is not None]


def result(signature: str, name: str, language: str) -> str:
    """The type that is returned, as written; empty when the signature names none, or nothing."""
    if language in _TYPE_FIRST and language != "php":
        return _leading_result(signature, name)
    span = _parameter_list(signature, name)
    if span is None:
        return ""
    match = re.match(r"(?:->|:)?\s*(.+?)\s*(?:[:{]|=>|\bwhere\b.*)?$", signature[span[1] + 1 :].strip())
    found = match[1] if match else ""
    return "" if found in {"None", "void", "()", "Unit", "", "Self", "self", "this"} else found


def _leading_result(signature: str, name: str) -> str:
    head = signature.partition(name)[0]
    head = re.sub(r"[\w.]+::(?=\s*$)|^template\s*<.*?>\s*", "", head)
    words = [word for word in re.split(r"\s+", head.strip()) if word not in _NO_RESULTS]
    found = " ".join(words).strip()
    return "" if found in {"void", ""} or not re.search(r"\w", found) or found.startswith(("@", "<")) else found


_NO_RESULTS = word_set(
    """
    public private protected static final abstract virtual override inline constexpr explicit extern async sealed
    synchronized native default unsafe new partial friend
    """
)


def _parameter_list(signature: str, name: str) -> tuple[int, int] | None:
    """Where the text between the parentheses behind the name begins and ends; None when it is cut off."""
    start = signature.find(name)
    start = signature.find("(", start + len(name)) if start >= 0 else -1
    if start < 0:
        return None
    depth = 0
    for place in range(start, len(signature)):
        depth += {"(": 1, ")": -1}.get(signature[place], 0)
        if depth == 0:
            return start + 1, place
    return None


def _split(text: str) -> list[str]:
    """At the commas that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        is_arrow = character == ">" and text[place - 1 : place] in {"-", "="}
        if character in _PAIRS:
            depth += 1
        elif character in _PAIRS.values() and not is_arrow:
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _named_first(part: str) -> Parameter | None:
    """`name: type = default`, `*names`, `...names`."""
    head, equals, default = _cut(part, "=")
    name, _, kind = head.partition(":")
    words = _MODIFIERS.sub("", name.strip() + " ").split()
    bare = words[-1].lstrip("*&.").rstrip("?") if words else ""
    if not re.fullmatch(r"[^\W\d]\w*|\$?\w+", bare) or bare in {"self", "cls", "this"}:
        return None
    stars = re.match(r"\*{1,2}(?=\w)", words[-1])
    return Parameter((stars.group() if stars else "") + bare, kind.strip(), default.strip() if equals else "")


def _typed_first(part: str) -> Parameter | None:
    """`type name = default`."""
    head, equals, default = _cut(part, "=")
    match = re.match(
        r"(?P<kind>.*?)[\s*&]*(?P<name>\$?[^\W\d]\w*)\s*(?:\[\s*\d*\s*\])*$", _MODIFIERS.sub("", head.strip())
    )
    if match is None or (not match["kind"].strip() and not match["name"].startswith("$")):
        return None
    return Parameter(match["name"].lstrip("$"), match["kind"].strip(), default.strip() if equals else "")


def _go_parameters(parts: list[str]) -> list[Parameter]:
    """`a, b int`: a type holds for the names before it too."""
    found: list[Parameter] = []
    kind = ""
    for part in reversed(parts):
        name, _, own = part.partition(" ")
        kind = own.strip() or kind
        if re.fullmatch(r"[^\W\d]\w*", name) and kind and name != "_":
            found.insert(0, Parameter(name, kind, ""))
    return found


def _cut(part: str, mark: str) -> tuple[str, str, str]:
    """As `str.partition`, but not within `=>`, `==` or brackets."""
    match = re.search(r"(?<![=!<>])=(?![=>])", part)
    return (part[: match.start()], mark, part[match.end() :]) if match else (part, "", "")
