"""Chunks Jupyter notebooks by cell: the bytes stay the file's JSON, the retrieval text is the cell's plain source.

Must not know kernels. The code of all cells is parsed as one program, whose offsets are led back to the JSON strings
that they come from.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec

from scholiast_indexer.chunking.assembly import assemble
from scholiast_indexer.chunking.borders import DEFINITION, STATEMENT, Borders
from scholiast_indexer.chunking.cells import Cell, Line, read_notebook
from scholiast_indexer.chunking.code import parsed, scan_code, scan_lines
from scholiast_indexer.chunking.markdown import find_headings
from scholiast_indexer.chunking.scan import Scan
from scholiast_indexer.chunking.source import Source, measure
from scholiast_indexer.languages.outline import Outline
from scholiast_indexer.limits import CHUNK_BUDGET
from scholiast_indexer.types import Chunk, ChunkedFile

HEADER_CHARACTERS_MAX = 2 * CHUNK_BUDGET
"""Of the plain source before a cell's JSON; more is there only where one line of JSON holds a whole long cell."""
OUTPUTS_WEIGHT_MAX = CHUNK_BUDGET // 4
"""Outputs heavier than this are chunks of their own, without retrieval text."""
_COMMAND = ("%", "!")
"""What a line begins with that speaks to the notebook and is no code."""


class _Section(NamedTuple):
    """A heading in a cell of prose."""

    level: int
    title: str


class _Written(NamedTuple):
    """A line of a cell, ended even if it is the last, and the heading that begins with it."""

    start_byte: int
    text: str
    heading: _Section | None


def chunk_notebook(source: Source, parse_budget_s: float) -> ChunkedFile:
    """Chunks by cell; JSON that is no notebook is cut as JSON."""
    tree, problems = parsed(source.data, "json", parse_budget_s)
    if tree is None:
        return assemble(source, scan_lines(*problems))
    cells, language = read_notebook(tree.root_node, source.data)
    if not any(cell.lines for cell in cells):
        return assemble(source, scan_code(source, "json", parse_budget_s))
    outline, troubles = _code_outline(cells, language, parse_budget_s)
    chunked = assemble(source, Scan(_borders(source, cells), outline, "text", troubles))
    written = [line for cell in cells for line in _written(cell)]
    return msgspec.structs.replace(chunked, chunks=tuple(_as_cells(chunked.chunks, written)))


def _borders(source: Source, cells: Sequence[Cell]) -> Borders:
    """Between cells, always so after one of code; around heavy outputs; and between the lines of a cell."""
    borders = Borders()
    for cell in cells:
        start, end = source.line_at(cell.start_byte), source.line_after(cell.end_byte)
        for line in cell.lines[1:]:
            is_blank = not line.text.strip()
            borders.costs[source.line_at(line.start_byte)] = STATEMENT * 2 if is_blank else STATEMENT
        borders.costs[start] = borders.costs[end] = DEFINITION
        if cell.is_code:  # the prose before it stays with it
            borders.forced.add(end)
        written, shown = source.line_at(cell.source_byte), source.line_at(cell.outputs[0])
        if source.weight(shown, source.line_after(cell.outputs[1])) > OUTPUTS_WEIGHT_MAX:
            # The short fields that stand before the outputs go with them.
            apart = {start, written} if shown < written else {shown, end}
            borders.costs.update(dict.fromkeys(apart, DEFINITION))
            borders.forced |= apart
    return borders


def _code_outline(cells: Sequence[Cell], language: str, parse_budget_s: float) -> tuple[Outline, tuple[str, ...]]:
    """What the code cells define and use, in offsets of the file."""
    from scholiast_indexer.languages import extract  # loads tree-sitter

    lines = [line for cell in cells if cell.is_code for line in _program(cell.lines)]
    texts = [line.text.encode() for line in lines]
    starts = [0, *accumulate(map(len, texts))]
    tree, problems = parsed(b"".join(texts), language, parse_budget_s)
    if tree is None or not lines:
        return Outline((), ()), problems

    def home(byte: int) -> int:
        """Where in the file a byte of the program comes from; near it where the JSON has escapes."""
        at = min(bisect_right(starts, byte), len(lines)) - 1
        return min(lines[at].start_byte + 1 + byte - starts[at], lines[at].end_byte - 1)

    outline = extract.outline(tree, b"".join(texts), language)
    definitions = [
        msgspec.structs.replace(
            item,
            lead_byte=home(item.lead_byte),
            start_byte=home(item.start_byte),
            end_byte=home(max(item.start_byte, item.end_byte - 1)) + 1,
            body_byte=home(item.body_byte),
        )
        for item in outline.definitions
    ]
    references = [msgspec.structs.replace(item, start_byte=home(item.start_byte)) for item in outline.references]
    return Outline(tuple(definitions), tuple(references)), problems


def _program(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of a cell as code: commands made comments, the last line ended."""
    for at, line in enumerate(lines, start=1):
        text = f"#{line.text[1:]}" if line.text.startswith(_COMMAND) else line.text
        yield line._replace(text=_ended(text) if at == len(lines) else text)


def _written(cell: Cell) -> Iterator[_Written]:
    """The lines of a cell as a person wrote them, with the headings of prose."""
    headings: dict[int, _Section] = {}
    prose = measure("".join(line.text for line in cell.lines).encode())
    if not cell.is_code and prose.line_count == len(cell.lines):
        headings = {one.line: _Section(one.level, one.title) for one in find_headings(prose)[0]}
    for at, line in enumerate(cell.lines):
        is_last = at + 1 == len(cell.lines)
        yield _Written(line.start_byte, _ended(line.text) if is_last else line.text, headings.get(at))


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _as_cells(chunks: Sequence[Chunk], written: Sequence[_Written]) -> Iterator[Chunk]:
    """Chunks as cells: the plain source is the header, and the headings above it the name of what defines nothing."""
    starts = [line.start_byte for line in written]
    around: list[_Section] = []
    for chunk in chunks:
        mine = written[bisect_left(starts, chunk.start_byte) : bisect_left(starts, chunk.end_byte)]
        if not mine:
            yield msgspec.structs.replace(chunk, kind="text", symbol="", signature="", header="")
            continue
        above = _path(around)
        header = f"{above}\n{''.join(line.text for line in mine)}".strip()[:HEADER_CHARACTERS_MAX]
        paths = []
        for heading in filter(None, (line.heading for line in mine)):
            around = [section for section in around if section.level < heading.level] + [heading]
            paths.append(_path(around))
        name = chunk.symbol or (paths[0] if paths else above)
        yield msgspec.structs.replace(chunk, kind="cell", symbol=name, header=header)


def _path(sections: Sequence[_Section]) -> str:
    return " > ".join(section.title for section in sections)
