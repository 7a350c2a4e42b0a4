"""Says of each chunk what it is: its definition, the names in it, its header; must not know how it was cut."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from scholiast_indexer.chunking.borders import LineSpan
from scholiast_indexer.chunking.cutting import Cut
from scholiast_indexer.chunking.headers import header
from scholiast_indexer.chunking.owners import owner_of
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.languages.outline import Definition, Outline, Reference
from scholiast_indexer.types import Chunk, Kind, Reexport, Symbol

UNNAMED_KINDS = frozenset(("script", "block"))
"""Parts of a file that hold definitions and are none themselves: the blocks of a component."""
REFERENCES_MAX = 64
"""Names of one chunk; further ones are left out."""


def label(
    source: Source, cuts: Sequence[Cut], outline: Outline, spans: Sequence[LineSpan], loose_kind: Kind
) -> tuple[Chunk, ...]:
    """Chunks with their definition, names and header; `loose_kind` is the kind of those outside any definition."""
    definitions = outline.definitions
    named = [item for item in definitions if item.kind not in UNNAMED_KINDS and not item.extends]
    defined, used = _names_by_cut(cuts, named), _names_by_cut(cuts, outline.references)
    chunks: list[Chunk] = []
    for cut, near, defines, references in zip(cuts, _near_by_cut(cuts, definitions), defined, used, strict=True):
        owner = owner_of(source, cut, definitions, spans, near)
        chunks.append(
            Chunk(
                cut.start_byte,
                cut.end_byte,
                cut.start_line,
                cut.end_line,
                kind=definitions[owner].kind if owner >= 0 else loose_kind,
                symbol=definitions[owner].path if owner >= 0 else "",
                signature=definitions[owner].signature if owner >= 0 else "",
                header=header(definitions, spans, owner, (cut.start_line, cut.end_line)),
                defines=defines,
                references=references[:REFERENCES_MAX],
            )
        )
    return tuple(chunks)


def symbols(outline: Outline, spans: Sequence[LineSpan]) -> tuple[Symbol, ...]:
    """The definitions of a file by line."""
    return tuple(
        Symbol(item.name, item.path, item.kind, item.signature, item.doc, span.start, span.end, item.extends)
        for item, span in zip(outline.definitions, spans, strict=True)
        if item.kind not in UNNAMED_KINDS
    )


def reexports(source: Source, outline: Outline) -> tuple[Reexport, ...]:
    """The names that a file passes on, by line."""
    return tuple(Reexport(item.name, source.line_at(item.start_byte)) for item in outline.reexports)


def _names_by_cut(cuts: Sequence[Cut], items: Sequence[Definition] | Sequence[Reference]) -> Iterator[tuple[str, ...]]:
    """For each chunk the names that begin in it, each once."""
    starts = [item.start_byte for item in items]
    names = [item.name for item in items]
    first = 0
    for cut in cuts:
        end = bisect_left(starts, cut.end_byte, first)
        yield tuple(dict.fromkeys(names[first:end]))
        first = end


def _near_by_cut(cuts: Sequence[Cut], definitions: Sequence[Definition]) -> Iterator[list[int]]:
    """For each chunk the positions of the definitions that share bytes with it, in order."""
    near: list[int] = []
    following = 0
    for cut in cuts:
        while following < len(definitions) and definitions[following].lead_byte < cut.end_byte:
            near.append(following)
            following += 1
        near = [at for at in near if definitions[at].end_byte > cut.start_byte]
        yield near
