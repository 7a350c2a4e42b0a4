"""Citations in a text and the names beside them, by patterns alone. Pure; must not know whether anything is there.

Only prose cites: documents outside their code blocks, comments, and strings over several lines, which are doc
comments in the languages that have them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from scholiast_indexer.languages import detect
from scholiast_server.answering.claims import named_code
from scholiast_server.citing.limits import CITATIONS_MAX, NAMES_MAX, TEXT_BYTES_MAX
from scholiast_server.citing.prose import prose_of
from scholiast_server.citing.types import Name, Written
from scholiast_server.models.sentences import INLINE_CODE, split_sentences, word_set

_LINES = re.compile(r"(?<=\w):(?P<start>[1-9]\d{0,6})(?:[-–](?P<end>[1-9]\d{0,6}))?(?::\d+)?(?![\w/@]|[.:–-]\d)")
_PATH = re.compile(r"(?<![\w/.@:%&?=#~+\\-])(?:\.{1,2}/)*(?:[\w.@+~-]+/)*[\w.+-]*\w\Z")
_PATH_CHARACTERS_MAX = 300
"""Characters before a line number that are looked at for a path."""
_QUICK = re.compile(rb"\w:[1-9]\d{0,6}(?![\w'\"]|\.\d)")
"""What a text without is not looked at more closely."""
_HISTORY = re.compile(r"(?:^|/)(?:change[-_]?log|changes|history|news|releases?)\b[^/]*$", re.I)
"""What tells how code was, and is right about it."""
_EXAMPLE = re.compile(r"\b(?:such as|like|e\.g\.,?|for example,?|for instance,?|of the form)\s+[`\"'(]*$", re.I)
"""What stands before a citation that only shows what one looks like."""
_EXTENSION = re.compile(r"[^\W\d].*\.[^\W\d]\w*$")
_NAME = re.compile(r"[^\W\d][\w$]*(?:(?:\.|::|->|#)[^\W\d][\w$]*)*")
_TRIVIAL = word_set(
    "self this true false none null nil undefined return new def func fn function class the True False None"
)


def find_citations(data: bytes, path: str) -> list[Written]:
    """The citations of a text, in order.

    Args:
        data: The text, UTF-8; bytes that are not are taken for characters of their own.
        path: Of its file, whose name says what is prose in it.
    """
    if len(data) > TEXT_BYTES_MAX or not _QUICK.search(data) or _HISTORY.search(path):
        return []
    text = data.decode("utf-8", "surrogateescape")
    prose = prose_of(text, detect(path, data[:4096]))
    cited = list(islice(_cited(prose), CITATIONS_MAX))
    return [
        Written(found.path, found.start_line, found.end_line, *_bytes_of(text, found), names)
        for found, names in zip(cited, _names_beside(prose, cited), strict=True)
    ]


class _Cited(NamedTuple):
    """A citation in characters, half-open."""

    path: str
    start_line: int
    end_line: int
    start: int
    end: int


def _cited(prose: str) -> Iterator[_Cited]:
    """From line numbers backwards: they are rarer than words."""
    for lines in _LINES.finditer(prose):
        path = _PATH.search(prose, max(0, lines.start() - _PATH_CHARACTERS_MAX), lines.start())
        if path is not None and _may_be_a_place(path):
            first, last = int(lines["start"]), int(lines["end"] or lines["start"])
            if first <= last:
                yield _Cited(path.group(), first, last, path.start(), lines.end())


def _may_be_a_place(path: re.Match[str]) -> bool:
    """Not times, versions, ports, examples: a place names a file."""
    name = path.group().rpartition("/")[2]
    is_file = _EXTENSION.search(name) is not None or detect(name) is not None
    return is_file and _EXAMPLE.search(path.string, max(0, path.start() - 24), path.start()) is None


def _bytes_of(text: str, cited: _Cited) -> tuple[int, int]:
    start = len(text[: cited.start].encode("utf-8", "surrogateescape"))
    return start, start + len(text[cited.start : cited.end].encode("utf-8", "surrogateescape"))


def _names_beside(prose: str, cited: Sequence[_Cited]) -> list[tuple[Name, ...]]:
    """For each citation the names before it in its sentence, behind any citation before; else those after it."""
    found: list[tuple[Name, ...]] = []
    sentences = split_sentences(prose) if cited else []
    place = 0
    for at, citation in enumerate(cited):
        while place < len(sentences) - 1 and sentences[place][1] <= citation.start:
            place += 1
        start, end = sentences[place]
        if at:
            start = max(start, cited[at - 1].end)
        if at + 1 < len(cited):
            end = min(end, cited[at + 1].start)
        found.append(_names(prose[start : citation.start]) or _names(prose[citation.end : end]))
    return found


def _names(segment: str) -> tuple[Name, ...]:
    """The code that a piece of prose names; a backtick left over from around a citation pairs with none."""
    if segment.count("`") % 2:
        segment = segment[:-1] if segment.endswith("`") else segment.replace("`", " ", 1)
    found: dict[str, Name] = {}
    quoted = [match[2].strip() for match in INLINE_CODE.finditer(segment)]
    for code in named_code(segment):
        match = _NAME.search(code)
        is_file = "/" in code or detect(code) is not None
        if match is not None and len(match.group()) > 1 and match.group() not in _TRIVIAL and not is_file:
            found.setdefault(match.group(), Name(match.group(), code in quoted))
    return tuple(found.values())[:NAMES_MAX]
