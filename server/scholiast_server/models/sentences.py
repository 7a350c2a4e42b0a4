"""Where sentences of an answer or a doc comment begin and end, and which parts are code; knows no evidence.

Written for prose about code: `e.g.`, `foo.bar`, `3.10`, `...` and everything between backticks, quotation marks or
code fences never end a sentence, citations behind a full stop (`… here. [1] Next …`) belong to the sentence before
them, and code between fences is a sentence of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right

Span = tuple[int, int]
"""Start and end in characters, half-open."""

FENCE = re.compile(
    r"^[ \t]*(`{3,}(?!`)|~{3,}(?!~))[^\n]*\n(?:.*?\n)??[ \t]*\1[ \t]*$|^[ \t]*(?:```|~~~)(?:.|\n)*\Z", re.M | re.S
)
INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)([^\n]+?)(?<!`)\1(?!`)")
_PARAGRAPH = re.compile(r"\n[ \t]*(?:\n|(?=[-*+•] |\d{1,3}[.)] |#{1,6} |>))")
_STOP = re.compile(r"""(?<![.!?…])[.!?…]+["'”’)\]*_]*((?:[ \t]*\[[\d,;–\- ]{1,40}\])*)(?=\s|$)""")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'])(?:e\.g|i\.e|cf|vs|resp|approx|fig|sec|no|nr|ca|viz|al|incl|excl|Mr|Mrs|Dr|St)\.$", re.I
)
_QUOTATION = re.compile(r"“[^“”\n]{1,1000}”")
_CITES_AND_STOPS = re.compile(r"[ \t]*(?:\[[\d,;–\- ]{1,40}\][ \t]*)+[.!?…]")
"""Behind a stop: what stopped was a quotation, or a list that is cut (`a, b … [1].`)."""
_ITEM_NUMBER = re.compile(r"(?:^|(?<=\n))[ \t]{0,20}\d{1,3}\.\Z")
_ITEM_CHARACTERS_MAX = 25
_NEXT_GOES_ON = re.compile(r"\s+[a-z]+(?![\w.(])")
"""A lower-case word of prose behind a full stop: the sentence goes on (`etc. and`)."""


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as running text."""
    return frozenset(text.split())


def code_spans(text: str) -> list[Span]:
    """Fenced blocks and inline code, in order, backticks included."""
    fences = [match.span() for match in FENCE.finditer(text)]
    starts = [start for start, _ in fences]
    spans = list(fences)
    for match in INLINE_CODE.finditer(text):
        before = bisect_right(starts, match.start()) - 1
        inside_a_fence = before >= 0 and match.start() < fences[before][1]
        if not inside_a_fence:
            spans.append(match.span())
    return sorted(spans)


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences in order: they don't overlap and hold every character that is not white space."""
    spans: list[Span] = []
    start = 0
    for end in [*_boundaries(text), len(text)]:
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + len(piece.rstrip())))
        start = max(start, end)
    return spans


def sentences(text: str) -> list[str]:
    """The sentences themselves."""
    return [text[start:end] for start, end in split_sentences(text)]


def _boundaries(text: str) -> list[int]:
    code = code_spans(text)
    starts = [start for start, _ in code]

    def in_code(position: int) -> bool:
        before = bisect_right(starts, position) - 1
        return before >= 0 and position < code[before][1]

    found = [border for match in FENCE.finditer(text) for border in match.span()]
    found += [match.end() for match in _PARAGRAPH.finditer(text) if not in_code(match.start())]
    quotations = [match.span() for match in _QUOTATION.finditer(text)]
    opened = [start for start, _ in quotations]

    def in_quotation(position: int) -> bool:
        before = bisect_right(opened, position) - 1
        return before >= 0 and position < quotations[before][1]

    for match in _STOP.finditer(text):
        if not in_code(match.start()) and not in_quotation(match.end()) and _ends_sentence(text, match):
            found.append(match.end())
    return sorted(found)


def _ends_sentence(text: str, stop: re.Match[str]) -> bool:
    mark = stop.group().rstrip()
    before = text[max(0, stop.start() - 12) : stop.start() + 1]
    if mark.startswith(".") and not stop.group(1) and _ABBREVIATION.search(before):
        return False
    is_item_number = _ITEM_NUMBER.search(text, max(0, stop.start() - _ITEM_CHARACTERS_MAX), stop.start() + 1)
    if is_item_number or _CITES_AND_STOPS.match(text, stop.end()):
        return False
    may_go_on = mark.startswith(("..", "…")) or mark.endswith(('"', "”")) or before.endswith("etc.")
    return not (may_go_on and not stop.group(1) and _NEXT_GOES_ON.match(text, stop.end()))
