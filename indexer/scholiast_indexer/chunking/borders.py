"""Where a file may be cut, and what each cut costs; must not know which cuts are chosen.

A border is a line that a chunk may begin with. Costs are in units of one chunk: a border of cost 1 is used only
where it saves another chunk.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scholiast_indexer.chunking.source import Source
from scholiast_indexer.languages.outline import Definition
from scholiast_indexer.limits import CHUNK_BUDGET

DEFINITION = 0.0
"""Between definitions, sections or cells."""
STATEMENT = 0.25
"""Between statements or members."""
NESTING = 0.08
"""More for each level further in."""
BLANK_LINE = 0.15
"""Less where a blank line stands before it."""
PARAGRAPH = 0.6
"""At a blank line inside something that has no other border."""
LINE = 0.9
"""At any other line inside something that has no other border."""
COMMENT = 1.4
"""Between a comment and what it stands before, or the next line of the same comment."""
HEAD = 2.0
"""Between the leading comments, decorators, head and body of a definition."""

OVERFLOW_WEIGHT_MAX = CHUNK_BUDGET // 4
"""How far a definition with its leading comments, or anything without a border inside, may go over the budget."""

OWN_CHUNK_KINDS = frozenset(
    (
        "function",
        "method",
        "class",
        "interface",
        "struct",
        "enum",
        "trait",
        "module",
        "macro",
        "section",
        "script",
    )
)
"""Kinds worth a chunk of their own, however short."""
OWN_CHUNK_LINES_MIN = 12
"""From this many lines on, definitions of all kinds are: tables, objects made by a call, implementations of a trait.
From 4 on costs .003 NDCG@10 in `benchmarks/retrieval.py`, never gains .0001."""


@dataclass(slots=True)
class Borders:
    """The borders of one file while they are collected."""

    costs: dict[int, float] = field(default_factory=dict)
    """Line to cost. The file's first line is a border without being named."""
    forced: set[int] = field(default_factory=set)
    """Borders used whatever they cost: a definition over the budget shares no chunk with its siblings."""
    whole: set[int] = field(default_factory=set)
    """Lines where a definition within the budget begins: however small, it may be a chunk of its own."""
    comments: dict[int, int] = field(default_factory=dict)
    """The line after a run of comments, over at most one blank line, to the first line of the run."""


class LineSpan(NamedTuple):
    """The lines of one definition; `end` is the line after its last."""

    lead: int
    start: int
    end: int


def line_spans(source: Source, borders: Borders, definitions: Sequence[Definition]) -> list[LineSpan]:
    """The lines of each definition, in the same order; comments before it count as its own over a blank line."""
    starts, count, comments = source.line_starts, source.line_count, borders.comments
    spans = []
    for definition in definitions:
        lead = bisect_right(starts, definition.lead_byte, 0, count) - 1
        start = bisect_right(starts, definition.start_byte, lead, count) - 1
        spans.append(LineSpan(comments.get(lead, lead), start, source.line_after(definition.end_byte)))
    return spans


def weigh_definitions(
    borders: Borders, source: Source, definitions: Sequence[Definition], spans: Sequence[LineSpan]
) -> None:
    """Frees the borders around definitions, and burdens those that would part a definition from its head.

    Offers no border of its own: what is small enough to have none inside stays whole.
    """
    lines = sorted(borders.costs)
    lead_lines = {span.lead for span in spans}
    for definition, span in zip(definitions, spans, strict=True):
        is_large = source.weight(span.lead, span.end) > CHUNK_BUDGET
        if definition.kind in OWN_CHUNK_KINDS or span.end - span.start >= OWN_CHUNK_LINES_MIN:
            _free(borders, span.lead, is_large)
            if not is_large:
                borders.whole.add(span.lead)
            shares_last_line = span.end - 1 > span.lead and span.end - 1 in lead_lines
            if not shares_last_line:
                _free(borders, _border_after(source, lines, span.end), is_large)
        if is_large and _is_whole_but_for_its_lead(source, span):
            _close(borders, lines, span.lead + 1, span.end - 1)
        elif is_large or span.start > span.lead:
            body_line = source.line_at(definition.body_byte) if definition.body_byte < definition.end_byte else 0
            _burden(borders, lines, span.lead + 1, max(span.start, body_line))


def _is_whole_but_for_its_lead(source: Source, span: LineSpan) -> bool:
    is_whole = source.weight(span.start, span.end) <= CHUNK_BUDGET
    return is_whole and source.weight(span.lead, span.end) <= CHUNK_BUDGET + OVERFLOW_WEIGHT_MAX


def _free(borders: Borders, line: int, is_forced: bool) -> None:
    if line in borders.costs:
        borders.costs[line] = min(borders.costs[line], DEFINITION)
        if is_forced:
            borders.forced.add(line)


def _border_after(source: Source, lines: list[int], end: int) -> int:
    """The first border after a definition, if only blank lines lie between; else -1."""
    position = bisect_left(lines, end)
    if position < len(lines) and source.weight(end, lines[position]) == 0:
        return lines[position]
    return -1


def _burden(borders: Borders, lines: list[int], first: int, last: int) -> None:
    """Makes the borders from the first to the last of these lines cost what a torn head costs."""
    for line in lines[bisect_left(lines, first) : bisect_right(lines, last)]:
        if line in borders.costs:
            borders.costs[line] = HEAD


def _close(borders: Borders, lines: list[int], first: int, last: int) -> None:
    """Takes back the borders from the first to the last of these lines."""
    for line in lines[bisect_left(lines, first) : bisect_right(lines, last)]:
        borders.costs.pop(line, None)
        borders.forced.discard(line)
