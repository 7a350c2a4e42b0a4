"""The name under a cursor, and what it is taken from, read from its line alone; must not know files or indexes."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from scholiast_server.lookup.limits import LINE_CHARACTERS_MAX, NAME_CHARACTERS_MIN

_QUALIFIER_CHARACTERS_MAX = 200
_DOLLAR_LANGUAGES = frozenset({"javascript", "typescript", "tsx", "vue", "svelte"})
_MARKED_LANGUAGES = frozenset({"ruby", "elixir", "crystal", "julia", "raku"})
"""Where a name may end in `!` or `?`."""

_QUALIFIER = re.compile(
    r"(?P<name>[^\W\d][\w$]*)?(?P<rest>[!?]?(?:\([^()]*\)|\[[^\[\]]*\])?)\s*(?:\?\.|!!\.|!\.|&\.|(?<!\.)\.|::|->)\s*$"
)
_LUA_QUALIFIER = re.compile(r"(?P<name>[^\W\d]\w*)?(?P<rest>(?:\([^()]*\)|\[[^\[\]]*\])?)\s*[.:]\s*$")


class Mention(msgspec.Struct, frozen=True):
    """A name in a line, and the name before it: `route` of `scaffold.route`."""

    name: str
    qualifier: str
    """The last name before the dot, `::` or `->`; empty when there is none or it is no name."""
    is_qualified: bool
    is_macro: bool
    """Followed by `!`, as Rust's macros are."""
    start: int
    """In characters of the line, half-open."""
    end: int
    is_called: bool = False
    """Followed by `(`."""


def mention_at(line: str, byte_column: int, language: str) -> Mention | None:
    """The name that the cursor stands on or just behind.

    Args:
        line: The line as the editor has it.
        byte_column: Of the cursor, in UTF-8.
        language: Key of the table of languages; decides what may be part of a name.
    """
    if len(line) > LINE_CHARACTERS_MAX:
        return None
    column = len(line.encode("utf-8", "surrogatepass")[: max(0, byte_column)].decode("utf-8", "ignore"))
    touched = [match for match in _word(language).finditer(line) if match.start() <= column <= match.end()]
    if not touched:
        return None
    name, (start, end) = touched[-1].group(), touched[-1].span()
    if len(name) < NAME_CHARACTERS_MIN:
        return None
    qualifier = _qualifier(line[max(0, start - _QUALIFIER_CHARACTERS_MAX) : start], language)
    return Mention(
        name, qualifier or "", qualifier is not None, line.startswith("!", end), start, end, line.startswith("(", end)
    )


def _qualifier(before: str, language: str) -> str | None:
    """Empty when something is there that is no name; None when nothing is."""
    if before.rstrip().endswith(".."):  # spread or range
        return None
    match = (_LUA_QUALIFIER if language == "lua" else _QUALIFIER).search(before)
    if match is None:
        return None
    return match["name"] or ""


@lru_cache(maxsize=64)
def _word(language: str) -> re.Pattern[str]:
    if language in _DOLLAR_LANGUAGES:
        return re.compile(r"#?(?<![\w$])(?:[^\W\d]|\$)[\w$]*")
    if language in _MARKED_LANGUAGES:
        return re.compile(r"[^\W\d]\w*(?:[!?](?![=:]))?")
    if language == "php":
        return re.compile(r"(?<![\w$])[^\W\d]\w*")  # `$name` is a local variable
    return re.compile(r"(?<!\w)[^\W\d]\w*")
