"""A range in a document as what a question points at. Must not know features or the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scholiast_server.lsp.positions import AnyRange, Encoding, Lines

if TYPE_CHECKING:
    from scholiast_server.answering.focus import Focus


def focus_in(path: str, lines: Lines, pointed: AnyRange, encoding: Encoding) -> Focus:
    """The lines of a range, and what exactly is selected.

    Args:
        path: As the index names the document.
        lines: Its text as it is now.
        pointed: In the encoding.
        encoding: Of the range.
    """
    from scholiast_server.answering.anchors import source_lines
    from scholiast_server.answering.focus import Focus

    start, end = lines.offsets(pointed, encoding)
    first = row_of(lines.data, start)
    ends_before_a_line = end > start and lines.data[end - 1 : end] in (b"\n", b"\r")
    last = max(first, row_of(lines.data, end) - ends_before_a_line)
    rows = source_lines(lines.data)[first : last + 1]
    selected = lines.data[start:end].decode("utf-8", "replace")
    return Focus(path, first + 1, last + 1, "\n".join(rows), selected if selected.strip() else "")


def row_of(data: bytes, offset: int) -> int:
    """The 0-based line of a byte as the index counts lines: they end at `\\n`, or at `\\r` in a text without `\\n`.

    Editors end lines at every `\\r` too: in a text that mixes both their numbers differ from these.
    """
    newline = b"\r" if b"\r" in data and b"\n" not in data else b"\n"
    return data.count(newline, 0, offset)


def row_start(data: bytes, row: int) -> int:
    """The byte at which such a line begins; the end of the text for one past the last."""
    newline = b"\r" if b"\r" in data and b"\n" not in data else b"\n"
    offset = 0
    for _ in range(row):
        found = data.find(newline, offset)
        if found < 0:
            return len(data)
        offset = found + 1
    return offset
