"""Says of each chunk what it is: its definition, the names in it, its header; must not know how it was cut."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from scholiast_indexer.chunking.borders import LineSpan
from scholiast_indexer.chunking.cutting import Cut
from scholiast_indexer.chunking.headers import header
from scholiast_indexer.chunking.owners import owner_of
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.languages.outline import Definition, Outline
from scholiast_indexer.types import Chunk, Kind, Symbol

UNNAMED_KINDS = frozenset(("script", "block"))
"""Parts of a file that hold definitions and are none themselves: the blocks of a component."""
REFERENCES_MAX = 64
"""Names of one chunk; further ones are left out."""


def label(
    source: Source, cuts: Sequence[Cut], outline: Outline, spans: Sequence[LineSpan], loose_kind: Kind
) -> tuple[Chunk, ...]:
    """Chunks with their definition, names and header; `loose_kind` is the kind of those outside any definition."""
    definitions = outline.definitions
    defined = _names_by_cut(
        cuts, [(item.start_byte, item.name) for item in definitions if item.kind not in UNNAMED_KINDS]
    )
    used = _names_by_cut(cuts, [(item.start_byte, item.name) for item in outline.references])
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
        Symbol(item.name, item.path, item.kind, item.signature, item.doc, span.start, span.end)
        for item, span in zip(outline.definitions, spans, strict=True)
        if item.kind not in UNNAMED_KINDS
    )


def _names_by_cut(cuts: Sequence[Cut], names: Sequence[tuple[int, str]]) -> Iterator[tuple[str, ...]]:
    """For each chunk the names that begin in it, each once."""
    at = [start for start, _ in names]
    for cut in cuts:
        inside = names[bisect_left(at, cut.start_byte) : bisect_left(at, cut.end_byte)]
        yield tuple(dict.fromkeys(name for _, name in inside))


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
