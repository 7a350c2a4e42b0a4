"""Brings the lexical index and the vectors in memory to what the catalog holds. Must not know files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scholiast_indexer.lexical import LexicalChunk
from scholiast_indexer.stores.filling import stored_chunks
from scholiast_indexer.stores.served import vectors_served
from scholiast_indexer.stores.stores import Stores
from scholiast_indexer.types import AnalyzedFile


class Fresh(NamedTuple):
    """A blob that was just stored: what is known of it need not be read back."""

    chunk_ids: list[int]
    analyzed: AnalyzedFile


def flush(stores: Stores, fresh: Mapping[int, Fresh]) -> list[int]:
    """Give the caches the blobs that are pending, and take those away that are no longer in use.

    It may be cut short anywhere and done again: what is pending stays so until both caches have it.

    Returns:
        Ids of the chunks added that the embedder which is level has no vector of yet.
    """
    catalog, lexical = stores.writer, stores.lexical
    pending = catalog.pending()
    if not pending:
        return []
    lexical.remove_blobs([blob_id for blob_id, _ in pending if blob_id not in fresh])
    vectors: list[tuple[int, bytes]] = []
    unknown: list[int] = []
    added: list[int] = []
    for blob_id, is_added in pending:
        if is_added and blob_id in fresh:
            chunk_ids, analyzed = fresh[blob_id]
            added.extend(chunk_ids)
            lexical.add(_fresh_chunks(blob_id, fresh[blob_id]))
            for chunk_id, item in zip(chunk_ids, analyzed.chunks, strict=True):
                if item.vector:
                    vectors.append((chunk_id, item.vector))
                else:
                    unknown.append(chunk_id)
        elif is_added:
            chunks = stored_chunks(catalog, blob_id)
            lexical.add(chunks)
            added.extend(chunk.chunk_id for chunk in chunks)
            unknown.extend(chunk.chunk_id for chunk in chunks)
    removed = catalog.chunk_ids_of_blobs([blob_id for blob_id, is_added in pending if not is_added])
    known = dict(catalog.vectors(unknown, stores.model_id)) if unknown else {}
    served = [*vectors, *known.items()] if stores.is_level else vectors_served(catalog, stores.searched_with, added)
    stores.vectors.apply(removed, served, catalog.generation)
    lexical.commit(stores.identity, catalog.generation)
    catalog.clear_pending()
    return [chunk_id for chunk_id in unknown if chunk_id not in known]


def _fresh_chunks(blob_id: int, fresh: Fresh) -> Sequence[LexicalChunk]:
    return [
        LexicalChunk(chunk_id, blob_id, item.terms, item.names, " ".join(item.chunk.references))
        for chunk_id, item in zip(fresh.chunk_ids, fresh.analyzed.chunks, strict=True)
    ]
