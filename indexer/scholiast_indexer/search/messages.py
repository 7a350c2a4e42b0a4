"""Whether a text holds a message, in quotes, that a query says word for word. Must not know where the text is from.

Who meets an error copies what it says. The words of a message are common ones, which BM25, nearness and names find
anywhere; that they stand in a row between quotes says where it comes from.
"""

from __future__ import annotations

import re

from scholiast_indexer.search.query import Query
from scholiast_indexer.text import words

WORDS_MIN = 3
"""Fewer words stand beside each other by chance."""
PART_WORDS_MIN = 4
PART_MIN = 0.6
"""Of a longer query so many of its words have to stand in a row: what is filled in parts a message in the code."""
WORDS_LOOKED_AT = 24
"""Of a long query, from its beginning."""

_ASKING = frozenset("how where what when why which who whose are was were does do did can could should".split())  # noqa: SIM905
"""A question has words of its own. `WHERE` asks nothing, and `is` begins messages."""
_BETWEEN = r"[^\w\n]{1,8}"
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_QUOTES = ('"', "'", "`")
_OF_DOCSTRINGS = re.compile(r"([\"'`])\1\1")


class Message:
    """What a query may have copied out of a program; nothing where it is a name, a path or a question."""

    def __init__(self, query: Query) -> None:
        said = words(query.text)[:WORDS_LOOKED_AT] if query.shape == "sentence" else []
        self._words = [word.lower() for word in said] if len(said) >= WORDS_MIN and said[0] not in _ASKING else []
        count = len(self._words)
        least = min(count, max(PART_WORDS_MIN, round(count * PART_MIN)))
        self._runs = [
            self._words[start : start + length]
            for length in range(count, least - 1, -1)
            for start in range(count - length + 1)
            if length
        ]
        """Words in a row, the longest first."""
        self._shortest = [_spelled(run) for run in self._runs if len(run) == least]

    def __bool__(self) -> bool:
        return bool(self._words)

    def share(self, text: str) -> float:
        """How much of it stands in a row between quotes, 0 to 1; 0 where that is little."""
        spelled = _spelled(words(text.lower()))
        if not any(run in spelled for run in self._shortest):
            return 0.0
        text = _APOSTROPHE.sub(" ", text)
        for run in self._runs:
            found = re.finditer(rf"\b{_BETWEEN.join(map(re.escape, run))}\b", text, re.IGNORECASE)
            if any(_is_quoted(text, match.start()) for match in found):
                return len(run) / len(self._words)
        return 0.0


def _spelled(said: list[str]) -> str:
    return f" {' '.join(said)} "


def _is_quoted(text: str, place: int) -> bool:
    """Whether a string begins on the same line before the place and has not ended there."""
    line = _OF_DOCSTRINGS.sub("", text[text.rfind("\n", 0, place) + 1 : place])
    return any(line.count(quote) % 2 for quote in _QUOTES)
