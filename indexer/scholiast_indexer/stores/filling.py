"""What the lexical index and an embedder are given of a stored chunk, made again from the catalog.

Must not know files, nor when this is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.errors import IndexDamagedError
from scholiast_indexer.lexical import LexicalChunk, LexicalIndex
from scholiast_indexer.text import name_terms, retrieval_text, summary_terms, text_hash, text_terms


class StoredText(NamedTuple):
    """A chunk's retrieval text, and what else the lexical index holds of it."""

    chunk_id: int
    text_hash: bytes
    text: str
    names: str
    summary: str
    references: str


def stored_texts(catalog: Catalog, blob_id: int) -> Iterator[StoredText]:
    """Chunks of a blob with their retrieval texts.

    Raises:
        IndexDamagedError: A text is not the one that was stored.
    """
    data = catalog.content(blob_id)
    for row in catalog.blob_chunks(blob_id):
        text = retrieval_text(row.header, data[row.start_byte : row.end_byte])
        names = name_terms(row.defines.split("\n") if row.defines else (), row.symbol)
        summary = summary_terms(names, row.docs)
        if text_hash(text, summary) != row.text_hash:
            raise IndexDamagedError(f"the index at {catalog.directory} is damaged: chunk {row.id} has changed")
        yield StoredText(row.id, row.text_hash, text, names, summary, row.references.replace("\n", " "))


def stored_chunks(catalog: Catalog, blob_id: int) -> list[LexicalChunk]:
    """What the lexical index holds of a blob. Raises as `stored_texts` does."""
    return [
        LexicalChunk(stored.chunk_id, blob_id, text_terms(stored.text), stored.names, stored.references)
        for stored in stored_texts(catalog, blob_id)
    ]


def fill_lexical(catalog: Catalog, lexical: LexicalIndex) -> None:
    """Fill an empty lexical index. What is pending stays so, and is replaced when its turn comes."""
    for blob_id in catalog.live_blobs():
        lexical.add(stored_chunks(catalog, blob_id))
    lexical.commit(catalog.identity, catalog.generation)
