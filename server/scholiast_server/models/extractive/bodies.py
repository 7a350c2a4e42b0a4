"""What stands between the braces of a short definition: its one statement, its fields; knows no questions.

Read from the text, of any language: what does not look as expected is nothing, never a guess.
"""

from __future__ import annotations

import re

from scholiast_server.models.extractive import source
from scholiast_server.models.protocol import Evidence

STATEMENT_CHARACTERS_MAX = 90
"""A longer statement is not read in passing."""

FIELDS_MAX = 40
"""Of a longer list the first ones are read."""

_SIGNATURE_END = re.compile(r"(?:[:{]|\bdo|=>|\bthen)\s*$")
_KEYWORD_HEAD = re.compile(r"^\s*(?:def|defp|function|local function|sub)\b")
_CLOSING = re.compile(r"^[\s})\];,]*$|^\s*end\b\s*$")
_OPENING = re.compile(
    r"(?:[({\[:,]|\bdo|\bthen|=>|[=+&|])\s*$|^\s*(?:if|for|while|switch|match|try|with|case|unless)\b"
)
_ON_ONE_LINE = (
    re.compile(r"\{\s*(?P<said>[^{};]+?);?\s*\}\s*;?\s*$"),
    re.compile(r"\)[^={}]*(?<![=!<>])=>?\s+(?P<said>[^={}][^{}]*?);?\s*$"),
)
_RETURNED = re.compile(r"^return\s+(?P<value>.+?);?$")
_NOTHING = re.compile(r"^(?:return|pass|\.\.\.|null|nil|None|undefined|\w+)?;?$")
_NULLS = frozenset({"null", "nil", "None", "undefined"})
_FIELDS: dict[str, re.Pattern[str]] = {
    "c": re.compile(r"^[ \t]*[\w][\w \t*]*?[ \t*](?P<name>\w+)[ \t]*(?:\[[^\]]*\][ \t]*)*(?::[ \t]*\d+[ \t]*)?;", re.M),
    "go": re.compile(r"^[ \t]+(?P<name>\w+(?:,[ \t]*\w+)*)[ \t]+[\[\]\w*.(]", re.M),
    "rust": re.compile(r"^[ \t]+(?:pub(?:\([^)]*\))?[ \t]+)?(?P<name>\w+)[ \t]*:(?!:)", re.M),
}
_FIELDS["cpp"] = _FIELDS["c"]
_VARIANTS = re.compile(r"^[ \t]+(?P<name>[A-Za-z_]\w*)[ \t]*(?:=[^,;{}]*|\([^)]*\))?[ \t]*(?:,|$)", re.M)
_KEYS = re.compile(r"^(?P<indent>[ \t]+)[\"']?(?P<name>[A-Za-z_][\w.-]*)[\"']?[ \t]*(?::|=>|=(?!=))", re.M)


def one_statement(piece: Evidence) -> str | None:
    """The one statement that a function consists of, as it is written; None where there are more or it is long."""
    bare = source.code_only(piece.text, piece.language).split("\n")
    lines = [(code, line) for code, line in zip(bare, piece.text.split("\n"), strict=True) if code.strip()]
    while lines and lines[0][0].lstrip().startswith("@"):
        lines = lines[1:]
    said = _alone(lines, piece.language) if lines and _begins(lines[0][0], piece) else None
    if said is None or len(said) > STATEMENT_CHARACTERS_MAX or "`" in said or _NOTHING.match(said):
        return None
    return said


def returned(statement: str) -> str | None:
    """What a statement returns."""
    found = _RETURNED.match(statement)
    return found["value"] if found and found["value"] not in _NULLS else None


def fields(piece: Evidence) -> tuple[str, ...]:
    """The names of the fields of a struct, the variants of an enum, the keys of a constant, in order."""
    head, brace, body = source.code_only(piece.text, piece.language).partition("{")
    if not brace:
        return ()
    if piece.kind in {"constant", "variable"}:
        return _keys(piece.text[len(head) + 1 :])
    pattern = _VARIANTS if piece.kind == "enum" else _FIELDS.get(piece.language)
    if pattern is None:
        return ()
    found = [name.strip() for match in pattern.finditer(_outermost(body)) for name in match["name"].split(",")]
    return tuple(dict.fromkeys(found))[:FIELDS_MAX]


def _begins(head: str, piece: Evidence) -> bool:
    """Whether the first line of code is the head of the definition, and not a line in the midst of it."""
    return piece.name.rstrip("!?") in head


def _alone(lines: list[tuple[str, str]], language: str) -> str | None:
    """The statement behind the head, where one line holds it all."""
    head = lines[0][0]
    if len(lines) == 1:
        match = next((found for pattern in _ON_ONE_LINE if (found := pattern.search(head))), None)
        if match is None:
            return None
        said = lines[0][1][match.start("said") : match.end("said")].strip()
        is_value = match.re is _ON_ONE_LINE[1]
        return f"return {said}" if is_value and not said.startswith("return ") else said
    end = 0
    if not _KEYWORD_HEAD.match(head) or head.count("(") > head.count(")") or language == "python":
        end = next((at for at, (code, _) in enumerate(lines) if _SIGNATURE_END.search(code)), len(lines))
        if any(code.rstrip().endswith(";") for code, _ in lines[:end]):
            return None
    body = lines[end + 1 :]
    while body and _CLOSING.match(body[-1][0]):
        body = body[:-1]
    if len(body) != 1 or _OPENING.search(body[0][0]) or _CLOSING.match(body[0][0]):
        return None
    return body[0][1].strip().removesuffix(";")


def _outermost(body: str) -> str:
    """The body of a type without what stands in further braces."""
    kept: list[str] = []
    depth = 1
    for letter in body:
        depth += (letter == "{") - (letter == "}")
        if depth <= 0:
            break
        kept.append(letter if depth == 1 or letter == "\n" else " ")
    return "".join(kept)


def _keys(body: str) -> tuple[str, ...]:
    """The keys at the smallest indent."""
    found = list(_KEYS.finditer(body))
    least = min((len(match["indent"].expandtabs(8)) for match in found), default=0)
    keys = [match["name"] for match in found if len(match["indent"].expandtabs(8)) == least]
    return tuple(dict.fromkeys(keys))[:FIELDS_MAX]
