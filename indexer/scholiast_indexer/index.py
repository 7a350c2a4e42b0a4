"""The front door: open, update, search and read one workspace's index. Must not know editors or answers.

Searches and one update may run at the same time, from different threads: each has its own connection to the catalog,
and the caches change by swapping whole values. It is long, because it is one class whose methods are the whole of the
Python interface: most of it says what each promises, and the work is done in the parts below.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import msgspec

from scholiast_indexer import lookup
from scholiast_indexer.catalog import Catalog
from scholiast_indexer.embedding import Embedder
from scholiast_indexer.errors import ScholiastError, TooManyFilesError, WorkspaceError
from scholiast_indexer.inspection.status import Health, Status, age_s, examine_index, group_reasons, status_of
from scholiast_indexer.limits import LOCK_WAIT_S
from scholiast_indexer.location import index_directory
from scholiast_indexer.lookup.definitions import Definition
from scholiast_indexer.search import Filters, Searcher
from scholiast_indexer.search.signals import Weights
from scholiast_indexer.stores.keeper import Keeper
from scholiast_indexer.stores.recovery import reset_index
from scholiast_indexer.stores.served import vectors_served_of_texts
from scholiast_indexer.stores.stores import Embedders, Stores
from scholiast_indexer.stores.worktrees import sibling_indexes
from scholiast_indexer.types import Hit, Symbol, UpdateReport
from scholiast_indexer.unsaved import Held, Unsaved
from scholiast_indexer.updating.upcoming import Upcoming
from scholiast_indexer.vectors import VectorMode
from scholiast_indexer.workspace.values import ScanOptions

if TYPE_CHECKING:
    from scholiast_indexer.updating.telling import ProgressCallback
    from scholiast_indexer.workers import WorkerPool

__all__ = ["Health", "Index", "Status", "age_s", "examine_index", "group_reasons", "reset_index", "shipped_embedder"]

Result = TypeVar("Result")


class Index:
    """An open index; use it in a `with` block."""

    def __init__(
        self,
        root: Path,
        directory: Path | None,
        embedder: Embedder,
        upcoming: Embedder | None = None,
        *,
        vectors: VectorMode = "auto",
        weights: Weights | None = None,
        niceness: int = 0,
        pool: WorkerPool | None = None,
    ) -> None:
        """See `open`."""
        self.files_max = 0
        """Of more files, updates index none and raise TooManyFilesError; 0 goes by the kind of folder."""
        self.root = root
        self.directory = index_directory(root) if directory is None else directory
        self._embedder = embedder
        self._mode: VectorMode = vectors
        self._weights = weights
        self._niceness = niceness
        self._pool = pool
        self._searches = 0
        self._upcoming = Upcoming(upcoming, embedder)
        held = Held(self._stored, lambda: self._keeper.searched_with, self._vectors_of_texts)
        self._unsaved = Unsaved(root, embedder, held)
        self._definitions = lookup.Definitions()
        self._names = lookup.SymbolNames(self._definitions)
        self._warming: threading.Thread | None = None
        self._closing = threading.Event()
        seeds = (lambda: sibling_indexes(root)) if directory is None else (lambda: ())
        self._keeper = Keeper(self.directory, Embedders(embedder, self._upcoming.known()), vectors, seeds)

    @classmethod
    def open(
        cls,
        root: str | os.PathLike[str],
        embedder: Embedder | None = None,
        upcoming: Embedder | None = None,
        *,
        vectors: VectorMode = "auto",
        weights: Weights | None = None,
        niceness: int = 0,
        directory: Path | None = None,
        pool: WorkerPool | None = None,
    ) -> Index:
        """Open or create the index of `root`; see `scholiast_indexer.open_index`.

        Args:
            root: The workspace folder.
            embedder: What turns text into vectors; None is the model that ships with Scholiast. Every update embeds
                with it, so one that is slow makes updates slow.
            upcoming: Another, which may be slow or fail: `embed_upcoming` lets it follow behind, and once it has
                embedded all, it is searched with in place of the first.
            vectors: How vectors are compared; `auto` goes by their number.
            weights: Of the signals of ranking.
            niceness: How far the processes that an update starts stand back behind others; 0 is not at all.
            directory: Where the index lies, in place of what `location` finds.
            pool: Workers that were started ahead (`workers.ahead`), for the embedder that ships; the index closes them.
        """
        folder = Path(os.path.realpath(root))
        if not folder.is_dir():
            what = "is not a folder" if folder.exists() else "does not exist"
            raise WorkspaceError(f"{root} {what}. Give the folder of the code to index.")
        embedder = embedder or shipped_embedder()
        return cls(
            folder, directory, embedder, upcoming, vectors=vectors, weights=weights, niceness=niceness, pool=pool
        )

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and workers, after an update that is under way in another thread."""
        self._closing.set()
        self._unsaved.close()
        if self._warming is not None:
            self._warming.join()
        self._keeper.close()
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    @property
    def notes(self) -> list[str]:
        """What was rebuilt and why, in lines for the user; whoever shows them may clear them."""
        return self._keeper.notes

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
            TooManyFilesError: There are more than `files_max`; the index is as it was.
            StorageError: The disk is full; what was done stays.
            IndexBusyError: Another process, or thread, wrote for longer than `wait_s`.
            EmbedderError: The embedder failed; what was done stays.
        """
        return self._updated(None, progress, wait_s, on_wait)

    def update_paths(
        self,
        paths: Collection[str],
        progress: ProgressCallback | None = None,
        *,
        on_wait: Callable[[str], None] | None = None,
        wait_s: float = LOCK_WAIT_S,
    ) -> UpdateReport:
        """As `update`, for these paths only: files, or folders with all below them, relative to the root."""
        wanted = {path.removeprefix("./").rstrip("/") for path in paths}
        return self._updated(None if wanted & {"", "."} else wanted, progress, wait_s, on_wait)

    def _updated(
        self,
        only: Collection[str] | None,
        progress: ProgressCallback | None,
        wait_s: float,
        on_wait: Callable[[str], None] | None,
    ) -> UpdateReport:
        """A fresh index in the place of a damaged one has to be filled whole, whatever was asked for."""
        asked = [only]

        def act() -> UpdateReport:
            return self._update(asked[0], progress, wait_s, on_wait)

        return self._keeper.healing(act, lambda: asked.__setitem__(0, None))

    def _update(
        self,
        only: Collection[str] | None,
        progress: ProgressCallback | None,
        wait_s: float,
        on_wait: Callable[[str], None] | None,
    ) -> UpdateReport:
        from scholiast_indexer.updating.updater import Updater

        with self._keeper.updating(wait_s, on_wait) as stores:
            self._match_features(stores)
            try:
                options = ScanOptions(files_max=self.files_max)
                report = Updater(self.root, stores, self._worker_pool, progress, options=options).update(only)
            except ScholiastError:
                stores.abandon()
                raise
            except BaseException:  # the callback's, or Ctrl-C
                stores.settle()
                raise
            stores.settle(report.embedded)
            return report

    def embed_upcoming(
        self,
        progress: ProgressCallback | None = None,
        *,
        cancelled: Callable[[], bool] = lambda: False,
        at_most: int | None = None,
    ) -> bool:
        """Let the embedder that follows behind embed what it lacks; when it has all, it is searched with.

        Searches and updates go on meanwhile. What is made is written every half second or so, and whatever ends this,
        the next call goes on from there. A failure is no error: what served goes on, and `notes` say why.

        Args:
            progress: Told how many of the chunks that were missing are done.
            cancelled: Asked between batches.
            at_most: Do nothing when more chunks are missing.

        Returns:
            Whether nothing is missing any more, which is so too where there is no such embedder.
        """

        def is_ended() -> bool:
            return cancelled() or self._closing.is_set()

        is_done = self._keeper.healing(
            lambda: self._upcoming.embed(self._keeper, progress, is_ended, at_most), self.update
        )
        self._note_problem()
        self._unsaved.lay_again()
        return is_done

    def _note_problem(self) -> None:
        problem = self._upcoming.problem
        if problem:
            self._note(f"searching goes on with {self._keeper.serving.fingerprint}: {problem}")

    def _note(self, line: str) -> None:
        """Once, however often it is so before the notes are shown."""
        if line not in self._keeper.notes:
            self._keeper.notes.append(line)

    def _worker_pool(self) -> WorkerPool:
        from scholiast_indexer.embedding import worker_factory
        from scholiast_indexer.workers import WorkerPool

        if self._pool is None:
            self._pool = WorkerPool(worker_factory(self._embedder), niceness=self._niceness)
        return self._pool

    def _match_features(self, stores: Stores) -> None:
        """Chunk everything anew when this code, or a grammar, would cut it otherwise."""
        from scholiast_indexer.features import current_features

        current, stored = current_features(), stores.writer.meta("features")
        if stored == current:
            return
        if stored is not None:
            self._keeper.notes.append("chunking has changed since this index was made; reading all files again")
            with stores.writer.transaction():
                stores.writer.clear_workspace()
            self._keeper.empty_caches(stores)
        stores.writer.set_meta("features", current)

    # -- unsaved text -------------------------------------------------------------------------------------------

    def start_workers(self) -> None:
        """Start the process that analyzes unsaved text; returns when it is ready, after a fifth of a second.

        An embedder that takes long to load begins to.
        """
        begin = getattr(self._keeper.serving, "start", None)
        if callable(begin):
            begin()
        self._unsaved.start()

    def lay_over(self, path: str, data: bytes) -> bool:
        """Search and read this text in place of what is indexed of a path, until it is lifted or the index closes.

        It needs no writer's lock and works during an update. Whether the path belongs is asked once, until `lift`.

        Args:
            path: Relative to the root; the file need not be there yet.
            data: Its whole text, UTF-8.

        Returns:
            Whether it is laid over now: not where the workspace's rules leave the file out or it is too large, and
            not where it equals what is indexed.

        Raises:
            EmbedderError: The embedder failed.
        """
        return self._unsaved.lay_over(path, data)

    def lift(self, path: str) -> None:
        """See what is indexed of a path again. After a save, update the path first: else the text before comes back."""
        self._unsaved.lift(path)

    def overlaid(self) -> frozenset[str]:
        """Paths with text that is laid over them."""
        return frozenset(self._unsaved.overlay.files)

    def _stored(self, path: str) -> bytes | None:
        """The indexed bytes, as far as they can be read now: an unsaved text does not wait for anything mended."""
        try:
            with self._keeper.reading() as catalog:
                blob_id = catalog.blob_of_path(path)
                return None if blob_id is None else catalog.content(blob_id)
        except ScholiastError:
            return None

    def _vectors_of_texts(self, embedder: Embedder, text_hashes: Collection[bytes]) -> Mapping[bytes, bytes]:
        """As far as they can be read now."""
        try:
            with self._keeper.reading() as catalog:
                return vectors_served_of_texts(catalog, embedder, text_hashes)
        except ScholiastError:
            return {}

    # -- searching ----------------------------------------------------------------------------------------------

    def search(
        self, query: str, limit: int = 10, filters: Filters | None = None, *, saturation: float | None = None
    ) -> list[Hit]:
        """The best places for a question or a name, best first.

        Args:
            query: Words, a symbol, a path, a sentence.
            limit: How many hits at most.
            filters: Narrows by path, language, kind, tests.
            saturation: Factor for each further chunk of a file: 1 ranks chunks alone, 0 gives one for each file;
                None is what was measured best for a list of hits.

        Where the embedder fails, words alone decide, and `notes` say so.
        """
        return self._keeper.healing(lambda: self._search(query, limit, filters, saturation), self.update)

    def _search(self, query: str, limit: int, filters: Filters | None, saturation: float | None) -> list[Hit]:
        with self._keeper.searching() as stores:
            self._searches += 1
            if self._searches > 1:  # one question is answered faster without the graph
                self._start_warming(stores)
            embedder = stores.searched_with
            weights = self._weights or Weights.of(embedder)
            if saturation is not None:
                weights = msgspec.structs.replace(weights, saturation=saturation)
            overlay = self._unsaved.overlay.of_model(embedder.fingerprint, embedder.dimension)
            searcher = Searcher(stores.reader, stores.lexical, stores.vectors, embedder, weights, overlay)
            hits = searcher.search(query, limit, filters)
        if searcher.problem:
            self._note(searcher.problem)
        return hits

    def warm(self) -> None:
        """Load all that searching needs into memory; above the exact size, load or build the vector graph."""
        self._keeper.healing(self._warm_up, self.update)

    def _warm_up(self) -> None:
        with self._keeper.searching() as stores:
            pass  # being handed them, they are loaded
        self._warm(stores)

    def _start_warming(self, stores: Stores) -> None:
        """In a thread of its own: until the graph is there, searches compare all vectors."""
        is_warming = self._warming is not None and self._warming.is_alive()
        if stores.vectors.wants_graph and not is_warming and not self._closing.is_set():
            self._warming = threading.Thread(target=self._warm, args=(stores,), daemon=True, name="scholiast-warming")
            self._warming.start()

    def _warm(self, stores: Stores) -> None:
        from scholiast_indexer.workers.pool import default_size

        stores.warm(default_size(), self._closing)
        self._keeper.save_caches()

    # -- reading ------------------------------------------------------------------------------------------------

    def status(self) -> Status:
        """What the index holds."""
        serving, upcoming = self._keeper.serving, self._upcoming.known()
        return self._read(lambda catalog: status_of(catalog, self.root, self.directory, serving, self._mode, upcoming))

    def counts(self) -> tuple[int, int]:
        """Files and chunks held."""
        return self._read(lambda catalog: catalog.counts())

    def updated_at(self) -> float | None:
        """When the index was last made equal to the files, in seconds since the epoch; None before the first time."""
        found: float | None = self._read(lambda catalog: catalog.meta("reconciled_at"))
        return found

    def is_stale(self) -> bool:
        """Whether an update would find something to do, as far as stats of files and rules tell."""
        from scholiast_indexer.inspection.staleness import is_behind
        from scholiast_indexer.workspace.scan import scan

        try:
            found = scan(self.root, ScanOptions(files_max=self.files_max))
        except TooManyFilesError:
            return True
        return self._read(lambda catalog: is_behind(catalog, found, self._embedder.fingerprint))

    def check_files(self) -> None:
        """Raise TooManyFilesError where a folder that holds all of a user's, or a machine's, files has too many.

        Of others an update says so: they cost less to watch and are rarely too large.
        """
        from scholiast_indexer.workspace.bound import bound_of
        from scholiast_indexer.workspace.scan import scan

        if bound_of(self.root, 0).what:
            scan(self.root, ScanOptions(files_max=self.files_max))

    def symbols(self, path: str) -> list[Symbol]:
        """Definitions of a file, in order; none for a path that is not indexed."""
        return self._read(lambda catalog: lookup.file_symbols(catalog, self._unsaved.overlay, path))

    def read(self, path: str) -> bytes | None:
        """The text of a file, as UTF-8 where it was UTF-16; None for a path that is not indexed."""
        return self._read(lambda catalog: lookup.file_bytes(catalog, self._unsaved.overlay, path))

    def paths(self) -> list[str]:
        """All indexed paths, sorted."""
        return self._read(lambda catalog: lookup.indexed_paths(catalog, self._unsaved.overlay))

    def document_frequency(self, word: str) -> int:
        """In how many chunks a word occurs, in any of its forms; unsaved text counts where no other has it."""
        from scholiast_indexer.text import word_terms

        overlay = self._unsaved.overlay
        with self._keeper.searching() as stores:
            found = max((stores.lexical.document_frequency(term) for term in word_terms(word)), default=0)
        return found or max(map(overlay.document_frequency, word_terms(word)), default=0)

    def definitions(self, name: str, limit: int = 10) -> list[Definition]:
        """Path and symbol of each definition of a name: spelled so before another case, source before tests.

        Args:
            name: Without what encloses it: `method`, not `Class.method`.
            limit: How many at most.
        """
        return self._read(lambda catalog: self._definitions.of(catalog, self._unsaved.overlay, name, limit))

    def reference_count(self, name: str) -> int:
        """In how many places (chunks) a name is called or used as a type; case counts."""

        def count() -> int:
            with self._keeper.searching() as stores:
                return lookup.place_count(stores.reader, stores.lexical, self._unsaved.overlay, name)

        return self._keeper.healing(count, self.update)

    def symbols_like(self, typed: str, limit: int = 50) -> list[Definition]:
        """Path and symbol of definitions by what someone types of their names, best first.

        Args:
            typed: A name, its beginning, words of it (`url rule`), their initials (`aur`), or a part; `Class.meth`
                narrows to what lies in `Class`.
            limit: How many at most.
        """
        self._names.follow(self._read)
        return self._read(lambda catalog: self._names.like(catalog, self._unsaved.overlay, typed, limit))

    def check(self) -> str | None:
        """What is wrong with the database, or None. Reads all of it, and mends nothing."""
        return examine_index(self.directory).problem

    def _read(self, read: Callable[[Catalog], Result]) -> Result:
        """Ask the catalog, in one snapshot."""

        def act() -> Result:
            with self._keeper.reading() as catalog:
                return read(catalog)

        return self._keeper.healing(act, self.update)


def shipped_embedder() -> Embedder:
    """The embedder that comes with Scholiast."""
    from scholiast_indexer.embedding.static import StaticEmbedder

    return StaticEmbedder()
