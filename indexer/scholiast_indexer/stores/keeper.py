"""Keeps the stores of one index open for several threads; opens and mends them anew when they are gone or damaged.

Must not know what is searched or how an update works. Three locks, taken in this order: one update at a time in this
process; the writer's lock, one writer among all processes; and one for the connection that reads and for swapping
the stores. (Who opens stores anew holds the first, so it may take the other two in any order.)
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.embedding import Embedder
from scholiast_indexer.errors import IndexBusyError, IndexClosedError, IndexDamagedError, StorageError
from scholiast_indexer.limits import LOCK_WAIT_S
from scholiast_indexer.storage import os_errors_in_words
from scholiast_indexer.stores.recovery import Seeds, replace_damaged
from scholiast_indexer.stores.stores import Embedders, Stores, may_serve
from scholiast_indexer.stores.writer_lock import WriterLock, busy
from scholiast_indexer.vectors import VectorMode

Result = TypeVar("Result")


class Keeper:
    """The stores in one folder, whatever happens to them there."""

    def __init__(self, directory: Path, embedders: Embedders, mode: VectorMode, seeds: Seeds) -> None:
        """Raises as `recovery.connect` does.

        Args:
            directory: Where the index lies.
            embedders: Whose vectors are held.
            mode: How vectors are compared.
            seeds: Asked for other indexes when there is none here; it begins as a copy of the first good one.
        """
        self.notes: list[str] = []
        """What was rebuilt and why, in lines for the user."""
        self._directory = directory
        self._embedders = embedders
        self._mode: VectorMode = mode
        self._seeds = seeds
        self._updating = threading.Lock()
        self._updating_thread: int | None = None
        self._writing = WriterLock(directory)
        self._reading = threading.RLock()
        self._is_closed = False
        self._stores = self._opened()

    @property
    def directory(self) -> Path:
        """Where the index lies."""
        return self._directory

    def close(self) -> None:
        """Let go of all files, after an update that is under way in another thread; a second time it does nothing."""
        with self._updating, self._reading:
            if self._is_closed:
                return
            self.save_caches()
            self._is_closed = True
            self._stores.close()

    def _check_open(self) -> None:
        """Under a lock that `close` takes as well."""
        if self._is_closed:
            raise IndexClosedError(f"the index in {self._directory} is closed. Open it again.")

    def save_caches(self) -> None:
        """They save time at the next start; where they can't be written now, they are made again."""
        self._take_notes()
        with contextlib.suppress(IndexBusyError, StorageError), self._writing.held(wait_s=0.0):
            if not self._stores.is_replaced:
                self._stores.vectors.save()

    # -- using the stores ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def updating(self, wait_s: float, on_wait: Callable[[str], None] | None) -> Iterator[Stores]:
        """The stores, level with the catalog, for the one thread and process that may write now.

        Raises:
            IndexBusyError: Another process, or thread, wrote for longer than `wait_s`.
        """
        if not self._updating.acquire(timeout=wait_s):
            raise busy(self._directory, wait_s)
        try:
            self._check_open()
            with self._writing.held(wait_s, on_wait):
                self._updating_thread = threading.get_ident()
                if self._stores.is_replaced:
                    self._reopen()
                self._stores.follow(self._stores.writer)
                self._stores.is_written_here = True
                yield self._stores
        finally:
            self._stores.is_written_here = False
            self._updating_thread = None
            self._take_notes()
            self._updating.release()

    @property
    def serving(self) -> Embedder:
        """See `Stores.serving`."""
        return self._stores.serving

    @property
    def searched_with(self) -> Embedder:
        """See `Stores.searched_with`."""
        return self._stores.searched_with

    def expect(self, upcoming: Embedder) -> None:
        """Have an embedder follow behind from now on; where it has embedded enough before, it serves at once.

        Raises:
            IndexBusyError: As `serve`.
        """
        if self._embedders.upcoming is upcoming:
            return
        with self.reading() as catalog:
            serves = may_serve(catalog, upcoming)
        with self._reading:
            self._embedders = self._stores.embedders = self._embedders._replace(upcoming=upcoming)
        if serves:
            self.serve(upcoming)

    def serve(self, embedder: Embedder) -> None:
        """Search with this embedder from now on, which has vectors of all chunks. Searches go on until it is ready.

        Raises:
            IndexBusyError: Another process, or thread, wrote for too long.
        """
        with self.updating(LOCK_WAIT_S, None) as stores:
            catalog, fingerprint = stores.writer, embedder.fingerprint
            catalog.note_served(fingerprint)
            if catalog.coverage(fingerprint).is_complete:
                catalog.note_complete(fingerprint)
            if stores.serving is not embedder:
                vectors = stores.vectors_of(embedder)
                with self._reading:
                    stores.serve(embedder, vectors)

    def empty_caches(self, stores: Stores) -> None:
        """For the thread that writes, after it emptied the catalog."""
        with self._reading:
            stores.empty_caches()

    @contextlib.contextmanager
    def searching(self) -> Iterator[Stores]:
        """The stores, level with the catalog, for one thread that searches."""
        self._reopen_if_replaced()
        with self._reading:
            self._check_open()
            self._stores.follow(self._stores.reader)
            self._take_notes()
            with self._stores.reader.snapshot():
                yield self._stores

    @contextlib.contextmanager
    def reading(self) -> Iterator[Catalog]:
        """The catalog in one snapshot, for one thread."""
        self._reopen_if_replaced()
        with self._reading:
            self._check_open()
            with self._stores.reader.snapshot():
                yield self._stores.reader

    # -- opening and mending ------------------------------------------------------------------------------------

    def healing(self, act: Callable[[], Result], refill: Callable[[], object]) -> Result:
        """Do it; when the database turns out damaged, put a fresh one in its place and do it again, once.

        Args:
            act: What to do.
            refill: Fills the fresh one from the files; called before `act` is called again.
        """
        stores = self._stores
        try:
            return act()
        except IndexDamagedError as error:
            if self._updating_thread == threading.get_ident():  # a callback of an update reads: the update mends
                raise
            self._replace(stores, error)
        refill()
        return act()

    def _replace(self, damaged: Stores, error: IndexDamagedError) -> None:
        """Once, however many threads and processes find the damage."""
        with self._updating, self._writing.held(), self._reading:
            self._check_open()
            if self._stores is not damaged:
                return
            is_replaced = damaged.is_replaced
            damaged.close()
            if not is_replaced:
                replace_damaged(self._directory, error, self.notes)
            self._stores = self._opened()

    def _reopen_if_replaced(self) -> None:
        """An update under way in this process holds the writer's lock, so it is not kept waiting: it looks itself."""
        if self._stores.is_replaced and self._updating.acquire(blocking=False):
            try:
                self._reopen()
            finally:
                self._updating.release()

    def _reopen(self) -> None:
        with self._reading:
            self._check_open()
            self._stores.close()
            with os_errors_in_words(self._directory):
                # The folder itself may have been deleted; what it lies in, such as the workspace, is not brought back.
                self._directory.mkdir(exist_ok=True)
            self._stores = self._opened()

    def _opened(self) -> Stores:
        try:
            stores = self._open()
        except IndexDamagedError:
            with self._writing.held():
                try:
                    stores = self._open()  # another process may have mended it meanwhile
                except IndexDamagedError as error:
                    replace_damaged(self._directory, error, self.notes)
                    stores = self._open()
        self.notes.extend(stores.taken_notes())
        return stores

    def _open(self) -> Stores:
        return Stores(self._directory, self._embedders, self._mode, self._writing, self._seeds)

    def _take_notes(self) -> None:
        self.notes.extend(self._stores.taken_notes())
