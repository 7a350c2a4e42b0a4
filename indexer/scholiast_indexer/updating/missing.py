"""Embeds chunks that have no vector of the present model: one that only this process has, or a new one.

Must not know files or worker processes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from scholiast_indexer.embedding import Embedder, embed
from scholiast_indexer.stores.filling import StoredText, stored_texts
from scholiast_indexer.stores.served import vectors_served
from scholiast_indexer.stores.stores import Stores
from scholiast_indexer.updating.telling import Teller
from scholiast_indexer.vectors.packing import packed_vectors

EMBED_BATCH = 64
"""Texts given to an embedder at once, and committed at once."""


def embed_missing(stores: Stores, among: Collection[int] | None, teller: Teller) -> int:
    """Embed live chunks, of `among` these, that lack a vector, each text once.

    Returns:
        How many texts were embedded.

    Raises:
        EmbedderError: The embedder failed; what it made before stays.
    """
    catalog, model_id = stores.writer, stores.model_id
    missing = catalog.chunks_without_vector(model_id, among)
    total = sum(map(len, missing.values()))
    done = embedded = 0
    known: set[bytes] = set()
    for batch in _batches(_texts(stores, missing)):
        teller.embedding(done, total)
        fresh = {item.text_hash: item for item in batch if item.text_hash not in known}
        made = vectors_of(stores.embedder, list(fresh.values()))
        with catalog.transaction():
            embedded += catalog.add_vectors(model_id, zip(fresh, made, strict=True))
        known.update(fresh)
        pairs = vectors_served(catalog, stores.searched_with, [item.chunk_id for item in batch])
        stores.vectors.apply((), pairs, catalog.generation)
        done += len(batch)
    return embedded


def vectors_of(embedder: Embedder, items: Sequence[StoredText]) -> list[bytes]:
    """The vector of each text, as it is stored. Raises EmbedderError."""
    if not items:
        return []
    return packed_vectors(embed(embedder, [item.text for item in items], [item.summary for item in items]))


def _texts(stores: Stores, missing: dict[int, list[int]]) -> Iterator[StoredText]:
    for blob_id, chunk_ids in missing.items():
        wanted = frozenset(chunk_ids)
        yield from (item for item in stored_texts(stores.writer, blob_id) if item.chunk_id in wanted)


def _batches(items: Iterator[StoredText]) -> Iterator[Sequence[StoredText]]:
    while batch := list(islice(items, EMBED_BATCH)):
        yield batch
