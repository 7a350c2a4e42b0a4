"""One file of the overlay: its bytes and all that is computed from them, ready to be searched.

Must not know other files, nor how its text is scored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from scholiast_indexer.catalog.rows import ChunkRow
from scholiast_indexer.types import AnalyzedChunk, AnalyzedFile, Chunk, Reexport, Symbol

PLACE_BITS = 20
"""Of a chunk's id, for its place in the file: a file of FILE_BYTES_MAX has fewer chunks than that."""


class Field(NamedTuple):
    """One field of all chunks of a file, as BM25 reads it."""

    postings: dict[str, tuple[tuple[int, int], ...]]
    """By term, the places of the chunks that hold it and how often each does."""
    lengths: tuple[int, ...]
    """Terms in each chunk."""


class OverlaidFile(msgspec.Struct, frozen=True, eq=False):
    """A path with text that is not saved yet. Its ids are negative, so that they are nobody else's."""

    path: str
    language: str
    data: bytes
    number: int
    """Never given twice in a process."""
    chunks: tuple[Chunk, ...]
    text_hashes: tuple[bytes, ...]
    vectors: tuple[bytes, ...]
    """Of each chunk, packed; empty where there is none."""
    symbols: tuple[Symbol, ...]
    reexports: tuple[Reexport, ...]
    problems: tuple[str, ...]
    terms: Field
    names: Field
    model: str = ""
    """Fingerprint of the embedder that made the vectors."""

    @property
    def blob_id(self) -> int:
        return -self.number

    def chunk_id(self, place: int) -> int:
        return -((self.number << PLACE_BITS) + place + 1)

    def chunk_row(self, place: int) -> ChunkRow:
        """What a hit is made of, beside the text."""
        c = self.chunks[place]
        return ChunkRow(
            self.chunk_id(place), self.blob_id, self.language, c.start_byte, c.end_byte, c.start_line, c.end_line,
            c.kind, c.symbol, "\n".join(c.defines),
        )  # fmt: skip

    def text(self, place: int) -> str:
        """A chunk's own text (what is not UTF-8 as U+FFFD)."""
        chunk = self.chunks[place]
        return self.data[chunk.start_byte : chunk.end_byte].decode("utf-8", "replace")

    def place_of_line(self, line: int) -> int:
        """The chunk that a line (0-based) lies in; the last one for lines past the end."""
        return next((place for place, chunk in enumerate(self.chunks) if line < chunk.end_line), len(self.chunks) - 1)


def place_of(chunk_id: int) -> tuple[int, int]:
    """The blob id of a negative chunk id, and the chunk's place in its file."""
    number, place = divmod(-chunk_id - 1, 1 << PLACE_BITS)
    return -number, place


def overlaid_file(
    path: str, language: str, data: bytes, number: int, analyzed: AnalyzedFile, *, model: str = ""
) -> OverlaidFile:
    """A file of the overlay from what a worker made of its bytes, with vectors of that model."""
    chunks = analyzed.chunks
    return OverlaidFile(
        path=path,
        language=language,
        data=data,
        number=number,
        chunks=tuple(item.chunk for item in chunks),
        text_hashes=tuple(item.text_hash for item in chunks),
        vectors=tuple(item.vector for item in chunks),
        symbols=_in_order(analyzed.symbols, chunks),
        reexports=analyzed.reexports if chunks else (),
        problems=analyzed.problems,
        terms=_field(item.terms for item in chunks),
        names=_field(item.names for item in chunks),
        model=model,
    )


def _in_order(symbols: Iterable[Symbol], chunks: Sequence[AnalyzedChunk]) -> tuple[Symbol, ...]:
    """As the catalog keeps them: outer definitions before the inner ones that begin with them."""
    return tuple(sorted(symbols, key=lambda symbol: (symbol.start_line, -symbol.end_line))) if chunks else ()


def _field(texts: Iterable[str]) -> Field:
    postings: dict[str, list[tuple[int, int]]] = {}
    lengths = []
    for place, text in enumerate(texts):
        words = text.split()
        lengths.append(len(words))
        for term, count in Counter(words).items():
            postings.setdefault(term, []).append((place, count))
    return Field({term: tuple(entries) for term, entries in postings.items()}, tuple(lengths))
