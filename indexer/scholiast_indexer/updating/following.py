"""Embeds all chunks with an embedder that follows behind, however slow it is, and has it serve when it is done.

Searches and updates go on meanwhile: a lock is held to read texts and to write vectors, never while they are made. Each
batch is written at once, so that whatever ends it, the next run goes on from there. Must not know files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.embedding import Embedder, embed_query
from scholiast_indexer.limits import EMBED_SLICE_S, LOCK_WAIT_S
from scholiast_indexer.stores.filling import StoredText, stored_texts
from scholiast_indexer.stores.keeper import Keeper
from scholiast_indexer.stores.served import vectors_served
from scholiast_indexer.stores.writer_lock import WriterLock
from scholiast_indexer.updating.missing import vectors_of
from scholiast_indexer.updating.telling import Teller

LOCK_NAME = "embedding.lock"
"""Held by the one process that embeds what is missing: two would both make the same vectors."""
BATCH_MIN, BATCH_MAX = 4, 64
"""Texts given to an embedder at once: as many as take about EMBED_SLICE_S."""
_TRIED_QUERY = "where is it"
_NO_MODEL = -1
"""No model's number: all chunks are without a vector of it."""


class _Pace:
    """How many texts to give an embedder at once."""

    def __init__(self) -> None:
        self.size = BATCH_MIN

    def took(self, count: int, seconds: float) -> None:
        """So many texts took so long: the next ones should take a slice, and be at most twice as many."""
        if count >= self.size:
            wanted = int(count * EMBED_SLICE_S / max(seconds, 1e-6))
            self.size = max(BATCH_MIN, min(BATCH_MAX, wanted, self.size * 2))


class _Missing(NamedTuple):
    """What an embedder lacked at one moment."""

    generation: int
    chunks: dict[int, list[int]]
    """By blob."""

    @property
    def total(self) -> int:
        return sum(map(len, self.chunks.values()))


def follow(
    keeper: Keeper, embedder: Embedder, teller: Teller, cancelled: Callable[[], bool], at_most: int | None
) -> bool:
    """See `Index.embed_upcoming`.

    Raises:
        EmbedderError: The embedder failed; what it made before stays.
        IndexBusyError: Another process is at it.
    """
    if keeper.serving is embedder and not _missing(keeper, embedder).chunks:
        return True
    with WriterLock(keeper.directory, LOCK_NAME).held(wait_s=0.0):
        missing = _missing(keeper, embedder)
        if at_most is not None and missing.total > at_most:
            return False
        if not _embed_all(keeper, embedder, missing, teller, cancelled):
            return False
        if keeper.serving is not embedder:
            embed_query(embedder, _TRIED_QUERY)  # one that can't take a question must not serve
        keeper.serve(embedder)
        return True


def _embed_all(
    keeper: Keeper, embedder: Embedder, missing: _Missing, teller: Teller, cancelled: Callable[[], bool]
) -> bool:
    """Embed what is missing, and what becomes so meanwhile; False when it was cancelled."""
    done, total, pace = 0, missing.total, _Pace()
    while missing.chunks:
        for batch in _batches(keeper, missing, pace):
            if cancelled():
                return False
            teller.embedding(done, total)
            began_s = time.monotonic()
            _embed_batch(keeper, embedder, batch)
            pace.took(len(batch), time.monotonic() - began_s)
            done += len(batch)
        missing = _missing(keeper, embedder)
        total = done + missing.total
    return True


def _embed_batch(keeper: Keeper, embedder: Embedder, batch: Sequence[StoredText]) -> None:
    items = {item.text_hash: item for item in batch}
    with keeper.reading() as catalog:
        model_id = catalog.model_id(embedder.fingerprint)
        known = catalog.vectors_of_texts(items, model_id) if model_id is not None else {}
    fresh = {text_hash: item for text_hash, item in items.items() if text_hash not in known}
    made = vectors_of(embedder, list(fresh.values()))
    with keeper.updating(LOCK_WAIT_S, None) as stores:
        catalog = stores.writer
        model_id = catalog.register_model(embedder.fingerprint, embedder.dimension)
        with catalog.transaction(of_workspace=False):
            catalog.add_vectors(model_id, zip(fresh, made, strict=True))
        if stores.serving is embedder:
            pairs = vectors_served(catalog, stores.searched_with, [item.chunk_id for item in batch])
            stores.vectors.apply((), pairs, catalog.generation)


def _missing(keeper: Keeper, embedder: Embedder) -> _Missing:
    with keeper.reading() as catalog:
        model_id = catalog.model_id(embedder.fingerprint) or _NO_MODEL
        return _Missing(catalog.generation, catalog.chunks_without_vector(model_id))


def _batches(keeper: Keeper, missing: _Missing, pace: _Pace) -> Iterator[Sequence[StoredText]]:
    """The missing texts, until the workspace has changed: then the rest may be gone, and is looked for again."""
    waiting: list[StoredText] = []
    for blob_id, chunk_ids in missing.chunks.items():
        with keeper.reading() as catalog:
            if catalog.generation != missing.generation:
                break
            waiting += _texts(catalog, blob_id, chunk_ids)
        while len(waiting) >= pace.size:
            batch, waiting = waiting[: pace.size], waiting[pace.size :]
            yield batch
    if waiting:
        yield waiting


def _texts(catalog: Catalog, blob_id: int, chunk_ids: Sequence[int]) -> list[StoredText]:
    wanted = frozenset(chunk_ids)
    return [item for item in stored_texts(catalog, blob_id) if item.chunk_id in wanted]
