"""From the lines that chunks begin with to ranges of bytes within the limits; must not know syntax."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from scholiast_indexer.chunking.source import Source
from scholiast_indexer.limits import CHUNK_LINE_BYTES_MAX, CHUNKS_PER_FILE_MAX

CHUNK_BYTES_MAX = 4 * CHUNK_LINE_BYTES_MAX
"""A chunk that is longer, though within the budget, is nearly all white space: it is cut like one long line."""
REACH_BYTES = CHUNK_LINE_BYTES_MAX // 10
"""How far before the limit a place to cut is searched inside a line; what is shorter before a long line joins it."""

_SPACE = re.compile(rb"[ \t]")
_SEPARATOR = re.compile(rb"[;,{}()\[\]<>|]")


class Cut(NamedTuple):
    """One chunk's place in the file."""

    start_byte: int
    end_byte: int
    start_line: int
    end_line: int


def cut(source: Source, lines: list[int]) -> list[Cut]:
    """Ranges that tile the file and begin at the given lines; more of them where a limit asks for it."""
    starts = source.line_starts
    cuts: list[Cut] = []
    for line, end in pairwise([*lines, source.line_count]):
        length = starts[end] - starts[line]
        if length <= CHUNK_LINE_BYTES_MAX or (length <= CHUNK_BYTES_MAX and not _has_long_line(source, line, end)):
            cuts.append(Cut(starts[line], starts[end], line, end))
        else:
            cuts += _cut_long(source, starts[line], starts[end])
    return _within_count(cuts)


def _has_long_line(source: Source, line: int, end: int) -> bool:
    starts = source.line_starts
    return any(starts[at + 1] - starts[at] > CHUNK_LINE_BYTES_MAX for at in range(line, end))


def _cut_long(source: Source, start: int, end: int) -> Iterator[Cut]:
    while start < end:
        stop = end if end - start <= CHUNK_LINE_BYTES_MAX else _border(source, start, start + CHUNK_LINE_BYTES_MAX)
        yield Cut(start, stop, source.line_at(start), source.line_after(stop))
        start = stop


def _border(source: Source, start: int, limit: int) -> int:
    """Where to end a part: at the last line that begins within the limit, or inside it if it is a long one."""
    line = bisect_right(source.line_starts, limit) - 1
    line_start, line_end = source.line_starts[line : line + 2]
    is_long = line_end - line_start > CHUNK_LINE_BYTES_MAX
    if line_start - start > (REACH_BYTES if is_long else 0):
        return line_start
    return _border_inside(source.data, limit)


def _border_inside(data: bytes, limit: int) -> int:
    """The best place at or before the limit: after white space, after a separator, between characters."""
    for pattern in (_SPACE, _SEPARATOR):
        found = [match.end() for match in pattern.finditer(data, limit - REACH_BYTES, limit)]
        if found:
            return found[-1]
    return next((at for at in range(limit, limit - 4, -1) if data[at] & 0xC0 != 0x80), limit)


def _within_count(cuts: list[Cut]) -> list[Cut]:
    """Joins neighbours at the end of the file, two and two, until the file has no more chunks than allowed."""
    kept = CHUNKS_PER_FILE_MAX // 2
    while len(cuts) > CHUNKS_PER_FILE_MAX:
        rest = cuts[kept:]
        pairs = zip(rest[::2], [*rest[1::2], rest[-1]], strict=False)
        joined = [Cut(one.start_byte, two.end_byte, one.start_line, two.end_line) for one, two in pairs]
        cuts = cuts[:kept] + joined
    return cuts
