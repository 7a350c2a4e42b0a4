"""The front door: open, update, search and read one workspace's index. Must not know editors or answers.

Searches and one update may run at the same time, from different threads: each has its own connection, and the
caches change by swapping whole values.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.catalog.schema import FORMAT_VERSION
from scholiast_indexer.embedding import Embedder
from scholiast_indexer.errors import IndexBusyError, IndexDamagedError, ScholiastError, WorkspaceError
from scholiast_indexer.lexical import LexicalIndex
from scholiast_indexer.limits import LOCK_WAIT_S
from scholiast_indexer.location import index_directory
from scholiast_indexer.search import Filters, Searcher
from scholiast_indexer.search.signals import Weights
from scholiast_indexer.types import Hit, SkippedFile, Symbol, UpdateReport
from scholiast_indexer.vectors import VectorMode, VectorStore

if TYPE_CHECKING:
    from scholiast_indexer.build import ProgressCallback, Stores
    from scholiast_indexer.workers import WorkerPool

Result = TypeVar("Result")
LOCK_NAME = "lock"
LEXICAL_NAME = "lexical"


class Status(msgspec.Struct, frozen=True):
    """What an index holds."""

    root: str
    directory: str
    files: int
    chunks: int
    embedder: str
    dimension: int
    vectors: str
    generation: int
    format_version: int
    features: str
    updated_at: float | None
    size_bytes: int
    skipped: tuple[SkippedFile, ...]


class Health(msgspec.Struct, frozen=True):
    """What a look at an index's database found."""

    problem: str | None
    """What is wrong with it; None when it checks out."""
    format_version: int = FORMAT_VERSION
    features: str = ""
    generation: int = 0
    files: int = 0
    chunks: int = 0


class Index:
    """An open index; use it in a `with` block."""

    def __init__(
        self, root: Path, directory: Path, embedder: Embedder, *, vectors: VectorMode, weights: Weights | None
    ) -> None:
        self.root = root
        self.directory = directory
        self.notes: list[str] = []
        """What was rebuilt and why, in lines for the user."""
        self._embedder = embedder
        self._mode = vectors
        self._weights = weights
        self._lock = threading.RLock()
        self._updating = threading.Lock()
        self._pool: WorkerPool | None = None
        self._searches = 0
        self._open_stores()

    @classmethod
    def open(
        cls,
        root: str | os.PathLike[str],
        embedder: Embedder | None = None,
        *,
        vectors: VectorMode = "auto",
        weights: Weights | None = None,
        directory: Path | None = None,
    ) -> Index:
        """Open or create the index of `root`; see `scholiast_indexer.open_index`."""
        folder = Path(os.path.realpath(root))
        if not folder.is_dir():
            what = "is not a folder" if folder.exists() else "does not exist"
            raise WorkspaceError(f"{root} {what}. Give the folder of the code to index.")
        return cls(
            folder,
            directory or index_directory(folder),
            embedder or shipped_embedder(),
            vectors=vectors,
            weights=weights,
        )

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and workers."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
                self._pool = None
            self._close_stores()

    # -- updating -----------------------------------------------------------------------------------------------

    def update(
        self,
        progress: ProgressCallback | None = None,
        *,
        on_wait: Callable[[str], None] | None = None,
        wait_s: float = LOCK_WAIT_S,
    ) -> UpdateReport:
        """Make the index equal to the files.

        Args:
            progress: Told how far it is; an exception it raises ends the update, and what was done stays.
            on_wait: Told once when another process is writing this index.
            wait_s: How long to wait for that process; 0 is not at all.

        Raises:
            StorageError: The disk is full.
            IndexBusyError: Another process wrote for longer than `wait_s`.
        """
        return self._healing(lambda: self._update(None, progress, on_wait, wait_s))

    def update_paths(self, paths: Collection[str], progress: ProgressCallback | None = None) -> UpdateReport:
        """As `update`, for these paths only: files, or folders with all below them."""
        return self._healing(lambda: self._update(paths, progress, None))

    def _update(
        self,
        only: Collection[str] | None,
        progress: ProgressCallback | None,
        on_wait: Callable[[str], None] | None,
        wait_s: float = LOCK_WAIT_S,
    ) -> UpdateReport:
        from scholiast_indexer.build import Updater

        with self._updating, self._writing(on_wait, wait_s):
            self._match_features()
            updater = Updater(self._stores(), self._worker_pool, progress)
            try:
                updater.flush_leftovers()
                report = updater.update(self.root, only)
            finally:
                self._finish_update()
            return report

    def _finish_update(self) -> None:
        self._lexical.finish(self._identity, self._writer.generation)
        if self._vectors_loaded:
            self._vectors.save()
        self._synced = self._writer.generation

    def _worker_pool(self) -> WorkerPool:
        from scholiast_indexer.embedding import worker_factory
        from scholiast_indexer.workers import WorkerPool

        if self._pool is None:
            self._pool = WorkerPool(worker_factory(self._embedder))
        return self._pool

    def _match_features(self) -> None:
        """Chunk everything anew when this code, or a grammar, would cut it otherwise."""
        from scholiast_indexer.features import current_features

        current, stored = current_features(), self._writer.meta("features")
        if stored == current:
            return
        if stored is not None:
            self.notes.append("chunking has changed since this index was made; reading all files again")
            with self._writer.transaction():
                self._writer.clear_workspace()
            self._lexical.close()
            self._lexical = LexicalIndex.create(self.directory / LEXICAL_NAME)
            self._vectors = self._new_vectors()
        self._writer.set_meta("features", current)

    # -- searching ----------------------------------------------------------------------------------------------

    def search(self, query: str, limit: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The best places for a question or a name, best first.

        Args:
            query: Words, a symbol, a path, a sentence.
            limit: How many hits at most.
            filters: Narrows by path, language, kind, tests.
        """
        return self._healing(lambda: self._search(query, limit, filters))

    def _search(self, query: str, limit: int, filters: Filters | None) -> list[Hit]:
        with self._lock:
            self._sync()
            self._searches += 1
            if self._searches == 2 and self._vectors.wants_graph:
                self.warm()  # one question is answered faster without loading the graph
            searcher = Searcher(self._reader, self._lexical, self._vectors, self._embedder, self._weights)
            return searcher.search(query, limit, filters)

    def warm(self) -> None:
        """Load all that searching needs into memory; above the exact size, load or build the vector graph."""
        from scholiast_indexer.workers.pool import default_size

        with self._lock:
            self._sync()
            if self._vectors.wants_graph and self._vectors.searched_by == "exact":
                self._vectors.warm(default_size())
                with self._writing(None):
                    self._vectors.save()
                self.notes.extend(self._vectors.notes)
                self._vectors.notes.clear()

    def _sync(self) -> None:
        """See what another process wrote since the last search."""
        generation = self._reader.generation
        if self._vectors_loaded and (generation == self._synced or self._updating.locked()):
            return
        if generation != self._synced:
            self._lexical.refresh()
        self._load_vectors(self._reader)
        self._synced = generation

    # -- reading ------------------------------------------------------------------------------------------------

    def status(self) -> Status:
        """What the index holds."""
        with self._lock:
            files, chunks = self._reader.counts()
            return Status(
                root=str(self.root),
                directory=str(self.directory),
                files=files,
                chunks=chunks,
                embedder=self._embedder.fingerprint,
                dimension=self._embedder.dimension,
                vectors="hnsw" if self._mode != "exact" and self._beyond_exact(chunks) else "exact",
                generation=self._reader.generation,
                format_version=FORMAT_VERSION,
                features=str(self._reader.meta("features") or ""),
                updated_at=self._reader.meta("reconciled_at"),
                size_bytes=sum(path.stat().st_size for path in self.directory.rglob("*") if path.is_file()),
                skipped=self._reader.skipped(),
            )

    def counts(self) -> tuple[int, int]:
        """Files and chunks held."""
        with self._lock:
            return self._reader.counts()

    def updated_at(self) -> float | None:
        """When the index was last made equal to the files, in seconds since the epoch; None before the first time."""
        with self._lock:
            found: float | None = self._reader.meta("reconciled_at")
            return found

    def is_stale(self) -> bool:
        """Whether an update would find something to do, as far as stats of files and rules tell."""
        from scholiast_indexer.features import current_features
        from scholiast_indexer.workspace.scan import scan

        found = scan(self.root)
        with self._lock:
            embedded = self._reader.meta(f"embedded:{self._embedder.fingerprint}") == self._reader.generation
            if not embedded or self._reader.pending() or self._reader.meta("features") != current_features():
                return True
            if self._reader.name_skips_differ(found.skipped, found.rules):
                return True
            rows = self._reader.paths()
        if len(rows) != len(found.files):
            return True
        return any(
            (row := rows.get(file.path)) is None or row.stat != (file.size, file.mtime_ns, file.ctime_ns, file.inode)
            for file in found.files
        )

    def symbols(self, path: str) -> list[Symbol]:
        """Definitions of an indexed file, in order; none for a path that is not indexed."""
        with self._lock:
            blob_id = self._reader.blob_of_path(path)
            return [] if blob_id is None else self._reader.symbols_of_blob(blob_id)

    def read(self, path: str) -> bytes | None:
        """The indexed bytes of a file; None for a path that is not indexed."""
        with self._lock:
            blob_id = self._reader.blob_of_path(path)
            return None if blob_id is None else self._reader.content(blob_id)

    def paths(self) -> list[str]:
        """All indexed paths, sorted."""
        with self._lock:
            return sorted(path for path, row in self._reader.paths().items() if row.blob_id is not None)

    def document_frequency(self, word: str) -> int:
        """In how many chunks a word occurs, in any of its forms."""
        from scholiast_indexer.text import word_terms

        with self._lock:
            return max((self._lexical.document_frequency(term) for term in word_terms(word)), default=0)

    def check(self) -> str | None:
        """What is wrong with the database, or None. Reads all of it."""
        with self._lock:
            return self._reader.check()

    # -- opening and mending ------------------------------------------------------------------------------------

    def _open_stores(self) -> None:
        try:
            self._connect()
        except IndexDamagedError as error:
            self._set_aside(error)
            self._connect()

    def _connect(self) -> None:
        self._writer = Catalog.open(self.directory)
        try:
            self._reader = Catalog.open(self.directory)
            self._identity = self._own_identity()
            self._lexical = self._opened_lexical()
            self._vectors = self._new_vectors()
        except BaseException:
            self._writer.close()
            raise

    def _new_vectors(self) -> VectorStore:
        self._vectors_loaded = False
        self._synced = -1
        return VectorStore(self.directory, self._embedder.fingerprint, self._embedder.dimension, self._mode)

    def _load_vectors(self, catalog: Catalog) -> None:
        model_id = catalog.model_id(self._embedder.fingerprint, self._embedder.dimension)
        live = np.array(catalog.live_chunk_ids(), dtype=np.int64)
        self._vectors.load(live, lambda ids: catalog.vectors(ids.tolist(), model_id))
        self._vectors_loaded = True
        self.notes.extend(self._vectors.notes)
        self._vectors.notes.clear()

    def _own_identity(self) -> str:
        identity = self._writer.meta("identity")
        if identity is None:
            with self._writer.transaction():
                self._writer.set_meta("identity", self._writer.meta("identity") or uuid.uuid4().hex)
            identity = self._writer.meta("identity")
        return str(identity)

    def _opened_lexical(self) -> LexicalIndex:
        """The lexical index as it is; built again, under the lock, when it is missing or does not hold."""
        directory = self.directory / LEXICAL_NAME
        opened = LexicalIndex.open(directory, self._identity, lambda: self._reader.generation)
        if opened is not None:
            return opened
        from scholiast_indexer.build import rebuild_lexical

        with self._writing(None):
            opened = LexicalIndex.open(directory, self._identity, lambda: self._reader.generation)
            if opened is None:
                if self._reader.counts()[1]:
                    self.notes.append("the lexical index was missing or damaged; it was rebuilt")
                opened = LexicalIndex.create(directory)
                rebuild_lexical(self._writer, opened)
                opened.finish(self._identity, self._writer.generation)
        return opened

    def _stores(self) -> Stores:
        from scholiast_indexer.build import Stores

        if not self._vectors_loaded:
            self._load_vectors(self._writer)
        return Stores(self._writer, self._lexical, self._vectors, self._embedder)

    def _close_stores(self) -> None:
        self._lexical.close()
        self._reader.close()
        self._writer.close()

    def _healing(self, act: Callable[[], Result]) -> Result:
        """Do it; when the database turns out damaged, build a fresh one from the files and do it again, once."""
        try:
            return act()
        except IndexDamagedError as error:
            with self._lock:
                self._close_stores()
                self._set_aside(error)
                self._connect()
            self.update()
            return act()

    def _set_aside(self, error: IndexDamagedError) -> None:
        """Move a damaged database out of the way (one is kept, to look at) and drop the caches."""
        self.notes.append(f"{error}; it was set aside and is built again from the files")
        with self._writing(None):
            for name in ("index.db", "index.db-wal", "index.db-shm"):
                damaged = self.directory / name
                if damaged.exists():
                    damaged.replace(self.directory / f"damaged-{name}")
            remove_caches(self.directory)

    def _writing(
        self, on_wait: Callable[[str], None] | None, wait_s: float = LOCK_WAIT_S
    ) -> contextlib.AbstractContextManager[None]:
        return writing(self.directory, on_wait, wait_s)

    def _beyond_exact(self, chunks: int) -> bool:
        from scholiast_indexer.limits import VECTORS_EXACT_MAX

        return self._mode == "hnsw" or chunks > VECTORS_EXACT_MAX


@contextlib.contextmanager
def writing(directory: Path, on_wait: Callable[[str], None] | None, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
    """Hold the lock that lets one process at a time write the index in `directory`.

    Raises:
        IndexBusyError: Another process held it for longer than `wait_s`.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(directory / LOCK_NAME, is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait is not None and wait_s > 0:
            on_wait("another process is updating this index; waiting for it")
        try:
            lock.acquire(timeout=wait_s)
        except Timeout as error:
            since = f"has been updating the index in {directory} for {wait_s:.0f} s"
            raise IndexBusyError(
                f"another process {since if wait_s else f'is updating the index in {directory}'}. "
                "Wait for it or end it, then try again."
            ) from error
    try:
        yield
    finally:
        lock.release()


def shipped_embedder() -> Embedder:
    """The embedder that comes with Scholiast."""
    from scholiast_indexer.embedding.hashing import HashingEmbedder

    return HashingEmbedder()


def remove_caches(directory: Path) -> None:
    """Delete what can be built again from the database."""
    shutil.rmtree(directory / LEXICAL_NAME, ignore_errors=True)
    for pattern in ("vectors.bin*", "graph.bin*", "graph.json*"):
        for path in directory.glob(pattern):
            path.unlink(missing_ok=True)


def reset_index(directory: Path) -> None:
    """Delete an index with all that belongs to it, but for the lock, which others may wait for.

    Raises:
        IndexBusyError: Another process is writing it.
    """
    with writing(directory, None, wait_s=0.0):
        remove_caches(directory)
        for pattern in ("index.db*", "damaged-*"):
            for path in directory.glob(pattern):
                path.unlink(missing_ok=True)


def examine_index(directory: Path) -> Health:
    """Read the whole database of an index, mending nothing and waiting for nobody."""
    try:
        catalog = Catalog.open(directory, create=False)
    except ScholiastError as error:
        return Health(str(error))
    try:
        problem = catalog.check()
        files, chunks = catalog.counts()
        features = str(catalog.meta("features") or "")
        return Health(problem, FORMAT_VERSION, features, catalog.generation, files, chunks)
    except ScholiastError as error:
        return Health(str(error))
    finally:
        catalog.close()


def age_s(status: Status) -> float | None:
    """Seconds since the last update; None before the first."""
    return None if status.updated_at is None else max(0.0, time.time() - status.updated_at)


def group_reasons(skipped: Sequence[SkippedFile]) -> dict[str, int]:
    """How many files each reason (without its figures) left out, most first."""
    counts: dict[str, int] = {}
    for file in skipped:
        reason = file.reason.split(" (", 1)[0]
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))
