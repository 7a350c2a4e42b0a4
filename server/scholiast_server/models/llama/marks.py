"""What a chat template writes around messages, and texts cut so that none of it can be spelled in them. Pure.

A model reads its template's marks as marks, whoever wrote them: control tokens are never made of a message's text, but
some models have marks that are ordinary tokens (`[INST]`), or tokens that are made of any text. A message that is given
to the tokenizer in two parts, cut in the middle of a mark, says the same letters and makes other tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_MARK = re.compile(r"<+[^\s<>]{1,60}>+|\[[^\s\[\]]{1,60}\]")
_LINE = re.compile(r"(?:#|[^\W\d_]).*[:>\]]")
"""A line that is a mark as a whole: `### Instruction:`, `USER:`."""
_CHARACTERS_MIN = 3


def marks_in(fragments: Iterable[str]) -> frozenset[str]:
    """The marks among what a template itself has written."""
    found: set[str] = set()
    for fragment in fragments:
        found.update(_MARK.findall(fragment))
        lines = (line.strip() for line in fragment.split("\n"))
        found.update(line for line in lines if _LINE.fullmatch(line))
    return frozenset(mark for mark in found if len(mark) >= _CHARACTERS_MIN)


def apart(text: str, marks: frozenset[str]) -> list[str]:
    """The text in parts of which none holds a mark; joined they are the text."""
    if not any(mark in text for mark in marks):
        return [text]
    longest_first = sorted(marks, key=lambda mark: (-len(mark), mark))
    pattern = re.compile("|".join(re.escape(mark) for mark in longest_first))
    parts: list[str] = []
    start = 0
    at = 0
    while (match := pattern.search(text, at)) is not None:
        middle = match.start() + len(match.group()) // 2
        parts.append(text[start:middle])
        start, at = middle, match.start() + 1
    return [*parts, text[start:]]
