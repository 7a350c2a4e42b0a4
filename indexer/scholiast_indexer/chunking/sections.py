"""From the headings of a document to its sections and borders; must not know how a format writes headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scholiast_indexer.chunking.borders import COMMENT, DEFINITION, HEAD, PARAGRAPH, Borders
from scholiast_indexer.chunking.scan import Scan
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.languages.outline import Definition, Outline
from scholiast_indexer.limits import CHUNK_BUDGET

TITLE_CHARACTERS_MAX = 80
"""A longer title is clipped where it stands in a section path."""
_PREAMBLE = -1
"""Stands for the section around all: the document itself."""


class Heading(NamedTuple):
    """One heading of a document."""

    line: int
    body_line: int
    """The line after the heading."""
    level: int
    """1 is outermost."""
    title: str
    signature: str
    """The heading as it stands in a header: `## Install`."""


class _Section(NamedTuple):
    """A heading with its place among the others."""

    heading: Heading
    parent: int
    end_line: int


def scan_sections(source: Source, headings: Sequence[Heading], solid_lines: frozenset[int]) -> Scan:
    """Sections by heading; those over the budget are split at their subsections, then at paragraphs.

    Args:
        headings: in order of lines.
        solid_lines: lines inside code blocks, before which a cut costs more.
    """
    sections = _nested(headings, source.line_count)
    large = {at for at, section in enumerate(sections) if _weight(source, section) > CHUNK_BUDGET}
    if source.weights[-1] > CHUNK_BUDGET:
        large.add(_PREAMBLE)
    costs = {section.heading.line: DEFINITION for section in sections if section.parent in large}
    for body, end in _own_lines(source, sections, large):
        costs.update(_paragraphs(source, body, end, solid_lines))
    return Scan(Borders(costs), Outline(_definitions(source, sections), ()), "text")


def _nested(headings: Sequence[Heading], line_count: int) -> list[_Section]:
    """Sections in order; each ends where a heading of its level or further out begins."""
    parents: list[int] = []
    end_lines = [line_count] * len(headings)
    around: list[int] = []
    for at, heading in enumerate(headings):
        while around and headings[around[-1]].level >= heading.level:
            end_lines[around.pop()] = heading.line
        parents.append(around[-1] if around else _PREAMBLE)
        around.append(at)
    return [_Section(*row) for row in zip(headings, parents, end_lines, strict=True)]


def _weight(source: Source, section: _Section) -> int:
    return source.weight(section.heading.line, section.end_line)


def _own_lines(source: Source, sections: Sequence[_Section], large: set[int]) -> Iterator[tuple[int, int]]:
    """The lines of each section over the budget between its heading and the next, of whatever level."""
    ends = [*(section.heading.line for section in sections), source.line_count]
    bodies = [0, *(section.heading.body_line for section in sections)]
    for at, lines in enumerate(zip(bodies, ends, strict=True), start=_PREAMBLE):
        if at in large:
            yield lines


def _paragraphs(source: Source, body: int, end: int, solid_lines: frozenset[int]) -> Iterator[tuple[int, float]]:
    """Lines after a blank one with what a cut before them costs; the first keeps to its heading."""
    is_first = source.weight(body, body + 1) == 0 if body < end else False
    for line in range(body + 1, end):
        if source.weight(line - 1, line) == 0 < source.weight(line, line + 1):
            continues = line in solid_lines or source.text(line)[:1] in b" \t"
            yield line, HEAD if is_first else COMMENT if continues else PARAGRAPH
            is_first = False


def _definitions(source: Source, sections: Sequence[_Section]) -> tuple[Definition, ...]:
    paths: list[str] = []
    definitions: list[Definition] = []
    for heading, parent, end_line in sections:
        title = heading.title[:TITLE_CHARACTERS_MAX]
        paths.append(title if parent == _PREAMBLE else f"{paths[parent]} > {title}")
        start_byte = source.line_starts[heading.line]
        definitions.append(
            Definition(
                name=title,
                path=paths[-1],
                kind="section",
                signature=heading.signature,
                doc="",
                lead_byte=start_byte,
                start_byte=start_byte,
                end_byte=source.line_starts[end_line],
                body_byte=source.line_starts[heading.body_line],
                parent=parent,
            )
        )
    return tuple(definitions)
