"""The open parts of one index: the catalog and its two caches, and keeping these level. Must not know workspaces.

The caches follow the catalog: what this process writes is applied as it goes; what another one wrote is seen by the
generation, and made up for by comparing ids.
"""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.catalog.database import DATABASE_NAME
from scholiast_indexer.embedding import Embedder
from scholiast_indexer.embedding.joined import served_by
from scholiast_indexer.errors import IndexBusyError, ScholiastError
from scholiast_indexer.lexical import LexicalIndex
from scholiast_indexer.limits import LOCK_WAIT_S, REMEMBERED_REFERENCES, SERVED_MISSING_SHARE_MAX
from scholiast_indexer.location import machine_key
from scholiast_indexer.stores import recovery
from scholiast_indexer.stores.filling import fill_lexical
from scholiast_indexer.stores.freed import give_back_memory
from scholiast_indexer.stores.recovery import Seeds
from scholiast_indexer.stores.served import vectors_served
from scholiast_indexer.stores.writer_lock import WriterLock, busy
from scholiast_indexer.vectors import VectorMode, VectorStore
from scholiast_indexer.vectors.store import Live

_REOPEN_POLL_S = 0.05
_ABSENT = (0, 0)
_COUNTED_AT_ONCE = 500
"""Blobs: a searcher waits for Python's lock no longer than that takes, some 8 ms."""
_CHUNKS_PER_TRIM = 200
"""Chunks written by one update from which the 2 ms for giving memory back are nothing beside it."""
_SETTLED_PER_TRIM = 2
"""Updates, which leave some 2 MB each, between two times that freed memory is given back; the first may be large."""


class Embedders(NamedTuple):
    """Whose vectors an index holds."""

    level: Embedder
    """Embeds whatever is new at once, in every update."""
    upcoming: Embedder | None = None
    """Follows behind, however slow it is, and is searched with in place of the other once it has embedded all."""


class Stores:
    """What an update writes to and a search reads.

    The thread that updates has `writer`, the threads that search share `reader` under a lock of theirs; the caches
    may be used by both at once.
    """

    def __init__(self, directory: Path, embedders: Embedders, mode: VectorMode, lock: WriterLock, seeds: Seeds) -> None:
        """Raises as `recovery.connect` does."""
        self.directory = directory
        self.embedder = embedders.level
        """Makes vectors of all that an update finds new."""
        self.serving = embedders.level
        """The one of them that is searched with, beside the other where that pays (`searched_with`)."""
        self.embedders = embedders
        self._mode: VectorMode = mode
        self._lock = lock
        self._notes: list[str] = []
        self._followed = -1
        self._settled = 0
        self.is_written_here = False
        """Whether an update of this process is at work, which brings the caches along itself."""
        self.writer, self.reader = recovery.connect(directory, lock, seeds, self._notes)
        try:
            self._file = _file_identity(directory)
            self.identity = self.reader.identity
            self.lexical = self._opened_lexical()
            if embedders.upcoming is not None and may_serve(self.reader, embedders.upcoming):
                self.serving = embedders.upcoming
            self.vectors = self._new_vectors(self.searched_with)
        except BaseException:
            self._disconnect()
            raise

    def close(self) -> None:
        self.lexical.close()
        self._disconnect()

    def _disconnect(self) -> None:
        self.reader.close()
        self.writer.close()

    @property
    def model_id(self) -> int:
        """The number of `embedder` in the catalog, for the thread that writes."""
        return self.writer.register_model(self.embedder.fingerprint, self.embedder.dimension)

    @property
    def used_models(self) -> list[str]:
        """Fingerprints of the embedders whose vectors are wanted."""
        upcoming = self.embedders.upcoming
        return [self.embedder.fingerprint, *([upcoming.fingerprint] if upcoming is not None else [])]

    @property
    def searched_with(self) -> Embedder:
        """Whose vectors `vectors` holds, and questions are compared with."""
        return served_by(self.serving, self.embedder)

    @property
    def is_level(self) -> bool:
        """Whether what an update embeds is what is searched."""
        return self.serving is self.embedder

    @property
    def is_replaced(self) -> bool:
        """Whether another process has put a new database in the place of the open one, or deleted it."""
        return _file_identity(self.directory) != self._file

    def taken_notes(self) -> list[str]:
        """Lines for the user that were not taken yet: what was mended or rebuilt."""
        notes = [*self._notes, *self.vectors.notes]
        self._notes.clear()
        self.vectors.notes.clear()
        return notes

    # -- following the catalog ----------------------------------------------------------------------------------

    def follow(self, catalog: Catalog) -> None:
        """Bring the caches in memory to the catalog's present state, whoever wrote it.

        Args:
            catalog: The caller's own connection; no snapshot may be open on it.
        """
        generation = catalog.generation
        if self.vectors.is_loaded and (generation == self._followed or self.is_written_here):
            return
        is_fresh = self.lexical.refresh()
        self.vectors.follow(lambda: _live(catalog, self.searched_with))
        if is_fresh:
            self._followed = generation

    def vectors_of(self, embedder: Embedder) -> VectorStore:
        """All that is searched when this embedder serves, ready for it; for the thread that writes."""
        searched_with = served_by(embedder, self.embedder)
        vectors = self._new_vectors(searched_with)
        vectors.follow(lambda: _live(self.writer, searched_with))
        return vectors

    def serve(self, embedder: Embedder, vectors: VectorStore) -> None:
        """Search these from now on; while nobody searches."""
        self.serving, self.vectors = embedder, vectors

    def warm(self, threads: int, stop: threading.Event) -> None:
        """Load what makes many searches fast: the vector graph, and what ranking needs of each chunk.

        Searches go on meanwhile, with the thread that calls this reading by a connection of its own.
        """
        # Trouble is left to searches, which find the same and mend it.
        with contextlib.suppress(ScholiastError), contextlib.closing(Catalog.open(self.directory)) as catalog:
            if catalog.identity == self.identity:  # else another process has put a new database in its place
                self._load_ranking(catalog, stop)
        self.vectors.warm(threads, stop)
        give_back_memory()

    def _load_ranking(self, catalog: Catalog, stop: threading.Event) -> None:
        """What ranking needs of each chunk, and how often each file's names are referred to."""
        if not self.reader.remembers_candidates:
            self.reader.remember_candidates(catalog.candidate_table())
        blob_ids = catalog.live_blobs()[:REMEMBERED_REFERENCES]
        for start in range(0, len(blob_ids), _COUNTED_AT_ONCE):
            if stop.is_set():
                return
            self.lexical.references(blob_ids[start : start + _COUNTED_AT_ONCE], catalog.names_of_blobs)

    def settle(self, chunks_written: int = 0) -> None:
        """At the end of an update, under the writer's lock: let go of what only writing needs, save the caches.

        Args:
            chunks_written: By the update: after many of them memory is given back at once.

        Raises:
            StorageError: The disk is full.
        """
        self.lexical.finish(self.identity, self.writer.generation)
        self.vectors.save()
        self._followed = self.writer.generation
        if self._settled % _SETTLED_PER_TRIM == 0 or chunks_written >= _CHUNKS_PER_TRIM:
            give_back_memory()
        self._settled += 1

    def abandon(self) -> None:
        """At the end of an update that failed: drop what the lexical index has not committed; it comes again."""
        self.lexical.close()

    def empty_caches(self) -> None:
        """Begin with empty caches, under the writer's lock: the catalog was emptied."""
        self.lexical.close()
        self.lexical = LexicalIndex.create(self.directory / recovery.LEXICAL_NAME)
        self.lexical.commit(self.identity, self.writer.generation)
        self.vectors = self.vectors_of(self.serving)

    # -- opening ------------------------------------------------------------------------------------------------

    def _new_vectors(self, embedder: Embedder) -> VectorStore:
        return VectorStore(
            self.directory, self.identity, embedder.fingerprint, embedder.dimension, self._mode, key=machine_key
        )

    def _opened_lexical(self) -> LexicalIndex:
        """The lexical index as it is; built again when it is missing or does not hold.

        While another process writes it, no stamp holds; then it is taken as it is, as soon as there is one.
        """
        waited_s = 0.0
        while waited_s <= LOCK_WAIT_S:
            opened = self._open_lexical()
            if opened is not None:
                return opened
            try:
                with self._lock.held(wait_s=0.0):
                    return self._open_lexical() or self._rebuilt_lexical()
            except IndexBusyError:
                opened = self._open_lexical(is_being_written=True)
                if opened is not None:
                    return opened
            time.sleep(_REOPEN_POLL_S)
            waited_s += _REOPEN_POLL_S
        raise busy(self.directory, waited_s)

    def _open_lexical(self, *, is_being_written: bool = False) -> LexicalIndex | None:
        return LexicalIndex.open(
            self.directory / recovery.LEXICAL_NAME,
            self.identity,
            lambda: self.reader.generation,
            is_being_written=is_being_written,
        )

    def _rebuilt_lexical(self) -> LexicalIndex:
        directory = self.directory / recovery.LEXICAL_NAME
        is_expected = directory.exists() or self.writer.counts()[1] > 0
        if is_expected and not self._notes:  # else it is known why there is none
            self._notes.append("the lexical index was missing or damaged; it was rebuilt from the database")
        lexical = LexicalIndex.create(directory)
        fill_lexical(self.writer, lexical)
        lexical.finish(self.identity, self.writer.generation)
        return lexical


def may_serve(catalog: Catalog, upcoming: Embedder) -> bool:
    """Whether an embedder that follows behind is searched with: it had all chunks once, and lacks few of them now."""
    if not catalog.was_complete(upcoming.fingerprint):
        return False
    done, total = catalog.coverage(upcoming.fingerprint)
    return total - done <= total * SERVED_MISSING_SHARE_MAX


def _live(catalog: Catalog, embedder: Embedder) -> Live:
    with catalog.snapshot():
        generation, ids = catalog.generation, np.array(catalog.live_chunk_ids(), dtype=np.int64)
    return Live(generation, ids, lambda wanted: vectors_served(catalog, embedder, wanted.tolist()))


def _file_identity(directory: Path) -> tuple[int, int]:
    try:
        described = (directory / DATABASE_NAME).stat()
    except OSError:
        return _ABSENT
    return (described.st_dev, described.st_ino)
