"""Chooses the borders that cut a file into the fewest good chunks; must not know what a border means.

Like setting a paragraph in lines (Knuth and Plass 1981): the cheapest way to cover all pieces, by dynamic
programming over the pieces between neighbouring borders.
"""

from __future__ import annotations

import math
import re
from itertools import accumulate, pairwise

from scholiast_indexer.chunking.borders import DEFINITION, LINE, OVERFLOW_WEIGHT_MAX, PARAGRAPH, Borders
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.limits import CHUNK_BUDGET

MIXING = 1.5
"""What a full chunk of several definitions costs on top: two of half the budget stay apart, three of a quarter join.
From 0.2 to 3 the NDCG@10 of `benchmarks/retrieval.py` stays within .003 (.8547 .8583 .8558), while chunks grow from
9,200 to 11,400."""
FULLNESS = 0.2
"""The same for a chunk of one definition: parts of a long function come out of even size."""
PIECE_WEIGHT_MIN = CHUNK_BUDGET // 16
"""Lighter neighbours that are no definitions are one piece: it bounds the work per chunk."""
TINY_WEIGHT_MAX = 48
"""A chunk this light (a closing brace, the head of a class before its first large method) joins a neighbour,
past the budget if need be."""

_CLOSER = re.compile(rb"\s*(?:[\])}]|end\b|</)")


def choose_lines(source: Source, borders: Borders) -> list[int]:
    """The lines with which chunks begin, in order; the first is 0."""
    if not source.line_count:
        return []
    pieces = _pieces(source, borders)
    lines: list[int] = []
    start = 0
    for position in range(1, len(pieces) + 1):
        if position == len(pieces) or pieces[position] in borders.forced:
            end = pieces[position] if position < len(pieces) else source.line_count
            lines += _pack(source, borders, pieces[start:position], end)
            start = position
    return _join_tiny(source, borders, lines)


def _pieces(source: Source, borders: Borders) -> list[int]:
    """First lines of the pieces to pack: at borders, and at lines where borders are too far apart."""
    weights, costs, count = source.weights, borders.costs, source.line_count
    lines = [0, *sorted([line for line in costs if 0 < line < count])]
    pieces: list[int] = []
    for line, end in pairwise([*lines, count]):
        is_light = pieces and weights[end] - weights[pieces[-1]] < PIECE_WEIGHT_MIN
        if is_light and costs[line] > DEFINITION:
            continue
        pieces.append(line)
        if weights[end] - weights[line] > CHUNK_BUDGET + OVERFLOW_WEIGHT_MAX:
            pieces += _add_line_borders(source, borders, line, end)
    return pieces


def _add_line_borders(source: Source, borders: Borders, start: int, end: int) -> list[int]:
    """Pieces of some lines each where nothing says more; a blank line within reach of a border takes its place."""
    added: list[int] = []
    weights = source.weights
    last, last_cost = start, PARAGRAPH
    for line in range(start + 1, end):
        is_after_blank = weights[line] == weights[line - 1] < weights[line + 1]
        is_near = weights[line] - weights[last] < PIECE_WEIGHT_MIN
        if is_near and not (is_after_blank and last_cost == LINE):
            continue
        if is_near:
            added.pop()
        last, last_cost = line, PARAGRAPH if is_after_blank else LINE
        borders.costs[line] = last_cost
        added.append(line)
    return added


def _pack(source: Source, borders: Borders, pieces: list[int], end: int) -> list[int]:
    """The cheapest first lines of chunks for pieces that share no chunk with what is around them."""
    entry = [1 + borders.costs.get(line, DEFINITION) for line in pieces]
    divides = [int(cost <= 1 + DEFINITION) for cost in entry]
    divided = list(accumulate(divides))
    before = [source.weights[line] for line in [*pieces, end]]
    entered, chosen = [entry[0]], [0]  # by start: what all before it costs, and to begin a chunk there
    for stop in range(1, len(pieces) + 1):
        weight_before, last = before[stop], stop - 1
        divided_last = divided[last]
        cheapest, cheapest_start = math.inf, last
        for start in range(last, -1, -1):
            weight = weight_before - before[start]
            if weight > CHUNK_BUDGET and start < last:
                break
            fullness = weight / CHUNK_BUDGET
            share = MIXING if divided_last > divided[start] else FULLNESS
            cost = entered[start] + share * fullness * fullness
            if cost < cheapest:
                cheapest, cheapest_start = cost, start
        entered.append(cheapest + entry[stop] if stop < len(entry) else cheapest)
        chosen.append(cheapest_start)
    return _traced(pieces, chosen)


def _traced(pieces: list[int], chosen: list[int]) -> list[int]:
    """Walks back from the end over the start chosen for each stop."""
    lines: list[int] = []
    stop = len(pieces)
    while stop:
        stop = chosen[stop]
        lines.append(pieces[stop])
    return lines[::-1]


def _join_tiny(source: Source, borders: Borders, lines: list[int]) -> list[int]:
    """Joins a chunk that is too light to be found for itself: backwards if it closes something, else forwards."""
    joined = lines[:1]
    joins_next = False
    for position, (line, end) in enumerate(pairwise([*lines, source.line_count])):
        is_tiny = source.weight(line, end) <= TINY_WEIGHT_MAX and borders.whole.isdisjoint(range(line, end))
        closes = is_tiny and _closes(source, line, end)
        if position and not joins_next and not closes:
            joined.append(line)
        joins_next = is_tiny and not closes
    return joined


def _closes(source: Source, line: int, end: int) -> bool:
    """Whether these lines end what stands before them rather than begin what follows."""
    if end >= source.line_count:
        return True
    line = next((at for at in range(line, end) if source.weight(at, at + 1)), line)
    text = source.text(line)
    return _CLOSER.match(text) is not None or _indent(text) > _indent(source.text(end))


def _indent(text: bytes) -> int:
    return len(text) - len(text.lstrip(b" \t"))
