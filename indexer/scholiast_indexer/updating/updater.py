"""One update: what changed on disk, read, analyzed and written. Must not know how the caches work."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from scholiast_indexer.catalog import PathRow
from scholiast_indexer.catalog.rows import FileState, file_state
from scholiast_indexer.errors import ScholiastError
from scholiast_indexer.languages import detect
from scholiast_indexer.limits import COMMIT_BYTES, MODEL_GRACE_S, ORPHAN_GRACE_S
from scholiast_indexer.stores.stores import Stores
from scholiast_indexer.types import AnalyzedFile, SkippedFile, UpdateReport
from scholiast_indexer.updating.caches import Fresh, flush
from scholiast_indexer.updating.lanes import language_lanes
from scholiast_indexer.updating.missing import embed_missing
from scholiast_indexer.updating.telling import ProgressCallback, Teller
from scholiast_indexer.workers import Job, WorkerPool
from scholiast_indexer.workspace.reading import read_source
from scholiast_indexer.workspace.scan import scan
from scholiast_indexer.workspace.values import DEFAULT_OPTIONS, FileStat, Scan, ScanOptions, Source

_SEEN_BLOB_COST_BYTES = 1_000
"""What a file whose blob is known costs a transaction, in bytes of source."""
_LAST_COMMITS_BYTES = COMMIT_BYTES // 6
"""Once all files are read, this process has nothing else to do while workers finish: it writes what they have done in
smaller transactions, so that little is left when they end."""
_RACY_NS = 20_000_000
"""A file changed this shortly before it was read may change again without its time changing (file systems keep
time in steps of up to 10 ms), so its time is not trusted. Source: git's racy-git.txt."""
_HEAD_BYTES = 4096
"""What a language is told by beside its name: a `#!` line, or what only a C++ header holds."""


class _Reading(msgspec.Struct):
    """One blob on its way into the catalog, and the paths that wait for it."""

    hash: bytes
    language: str
    size: int
    files: list[FileStat]
    blob_id: int | None = None
    analyzed: AnalyzedFile | None = None


class _Removal(NamedTuple):
    """Paths that are gone, and what the scan left out by name."""

    paths: Sequence[str]
    scan: Scan | None
    """None for a scan of some paths only, which says nothing of the rest."""


class Updater:
    """One update in progress, of one thread that holds the writer's lock."""

    def __init__(
        self,
        root: Path,
        stores: Stores,
        pool: Callable[[], WorkerPool],
        progress: ProgressCallback | None,
        *,
        options: ScanOptions = DEFAULT_OPTIONS,
    ) -> None:
        self._root = root
        self._options = options
        self._stores = stores
        self._pool = pool
        self._teller = Teller(progress)
        self._rows: dict[str, PathRow] = {}
        self._is_first = False
        self._waiting: dict[tuple[bytes, str], _Reading] = {}
        self._ready: list[_Reading] = []
        self._skipped: list[tuple[FileStat, str]] = []
        self._size = 0
        self._jobs_made = 0
        self._embedded = 0
        self._without_vector: list[int] = []

    def update(self, only: Collection[str] | None) -> UpdateReport:
        """Make the index equal to the files: all, or `only` these paths and what lies below them.

        Raises as `Index.update` does. What the callback raises, or Ctrl-C, ends it after writing what was read.
        """
        catalog = self._stores.writer
        fingerprint = self._stores.embedder.fingerprint
        was_complete = catalog.is_complete(fingerprint)
        self._without_vector += flush(self._stores, {})  # what an earlier process wrote and did not live to index
        self._teller.stage("scanning")
        self._rows = catalog.paths(only)
        self._is_first = only is None and not self._rows
        if self._is_first:  # there will be work
            self._pool().start(1)
        found = scan(self._root, self._options, only=only)
        present = {file.path for file in found.files}
        removed = [path for path in self._rows if path not in present]
        self._read(self._changed(found, is_whole=only is None))
        self._commit(_Removal(removed, found if only is None else None))
        self._embedded += embed_missing(self._stores, self._without_vector if was_complete else None, self._teller)
        self._teller.stage("finishing")
        catalog.note_complete(fingerprint)
        if only is None:
            catalog.set_meta("reconciled_at", time.time())
            catalog.tend_models(self._stores.used_models, time.time(), MODEL_GRACE_S)
        return self._report(len(removed))

    def _report(self, removed: int) -> UpdateReport:
        catalog = self._stores.writer
        files, chunks = catalog.counts()
        embedded = min(self._embedded, chunks)  # texts of files that were gone again at the end are not in `chunks`
        return UpdateReport(
            root=str(self._root),
            files=files,
            chunks=chunks,
            embedded=embedded,
            reused=chunks - embedded,
            removed=removed,
            skipped=catalog.skipped(),
            seconds=self._teller.seconds,
        )

    # -- reading ------------------------------------------------------------------------------------------------

    def _changed(self, found: Scan, *, is_whole: bool) -> list[FileStat]:
        """Files that differ from their row; when the rules do, also those that were left out by content."""
        rules_changed = is_whole and self._stores.writer.meta("rules") != found.rules.hex()
        changed = []
        for file in found.files:
            row = self._rows.get(file.path)
            is_same = row is not None and row.state == _state(file)
            if not is_same or (rules_changed and row is not None and row.blob_id is None):
                changed.append(file)
        return changed

    def _read(self, changed: Sequence[FileStat]) -> None:
        self._teller.files = len(changed)
        analyzing: dict[int, _Reading] = {}
        pool = self._pool()
        lanes = language_lanes(changed, pool.size)
        if self._is_first:
            pool.start(len(lanes))
        jobs = (self._jobs(lane, analyzing) for lane in lanes)
        try:
            with contextlib.closing(pool.analyze(*jobs)) as results:
                for number, analyzed in results:
                    reading = analyzing.pop(number)
                    reading.analyzed = analyzed
                    self._teller.chunks += len(analyzed.chunks)
                    self._take(reading)
                    self._teller.reading()
                    if self._teller.files_done == self._teller.files and self._size >= _LAST_COMMITS_BYTES:
                        self._commit()
        except ScholiastError:
            raise
        except BaseException:  # the callback's, or Ctrl-C: what was read so far stays
            self._commit()
            raise

    def _jobs(self, changed: Sequence[FileStat], analyzing: dict[int, _Reading]) -> Iterator[Job]:
        """Read changed files; what has been seen before is noted, what has not becomes a job."""
        for file in changed:
            if self._size >= COMMIT_BYTES:
                self._commit()
            self._teller.reading()
            self._teller.files_done += 1
            source = read_source(self._root, file.path, reinclude=file.reinclude)
            if isinstance(source, SkippedFile):
                self._skipped.append((_without_racy_time(file), source.reason))
                continue
            reading = self._noted(source)
            if reading is not None:
                self._jobs_made += 1
                analyzing[self._jobs_made] = reading
                yield Job(self._jobs_made, source.data, reading.language, self._known_texts(file.path))

    def _noted(self, source: Source) -> _Reading | None:
        """Point the path at its blob where that exists or is on its way; otherwise the new reading."""
        language = detect(source.path, source.data[:_HEAD_BYTES]) or "text"
        key = (source.hash, language)
        trusted = _without_racy_time(source.stat)
        if (waiting := self._waiting.get(key)) is not None:
            waiting.files.append(trusted)
            return None
        reading = self._waiting[key] = _Reading(source.hash, language, len(source.data), [trusted])
        reading.blob_id = self._stores.writer.blob_id(*key)
        if reading.blob_id is None:
            return reading
        self._take(reading)
        return None

    def _known_texts(self, path: str) -> tuple[bytes, ...]:
        """Texts of the file as it was before, most of which it still has."""
        row = self._rows.get(path)
        if row is None or row.blob_id is None:
            return ()
        return tuple(self._stores.writer.text_hashes_of_blob(row.blob_id, self._stores.model_id))

    def _take(self, reading: _Reading) -> None:
        self._ready.append(reading)
        self._size += reading.size if reading.blob_id is None else _SEEN_BLOB_COST_BYTES

    # -- writing ------------------------------------------------------------------------------------------------

    def _commit(self, removal: _Removal | None = None) -> None:
        """Write what is ready in one transaction, then to the caches."""
        ready, self._ready = self._ready, []
        skipped, self._skipped = self._skipped, []
        self._size = 0
        if not ready and not skipped and not self._has_work(removal):
            return
        catalog = self._stores.writer
        fresh: dict[int, Fresh] = {}
        touched: set[int] = set()
        with catalog.transaction():
            for reading in ready:
                blob_id = self._stored(reading, fresh)
                touched.add(blob_id)
                for file in reading.files:
                    self._point(file, blob_id, None, touched)
            for file, reason in skipped:
                self._point(file, None, reason, touched)
            self._embedded += catalog.add_vectors(self._stores.model_id, _vectors(fresh.values()))
            if removal is not None:
                self._remove(removal, touched)
            catalog.settle(touched, time.time())
            if removal is not None and catalog.has_garbage(time.time() - ORPHAN_GRACE_S):
                catalog.collect_garbage(time.time() - ORPHAN_GRACE_S)
        for reading in ready:
            self._waiting.pop((reading.hash, reading.language), None)
        self._without_vector += flush(self._stores, fresh)

    def _has_work(self, removal: _Removal | None) -> bool:
        if removal is None:
            return False
        found = removal.scan
        skips_differ = found is not None and self._stores.writer.name_skips_differ(found.skipped, found.rules)
        return bool(removal.paths) or skips_differ

    def _stored(self, reading: _Reading, fresh: dict[int, Fresh]) -> int:
        """The id of a reading's blob, stored when it is new."""
        if reading.blob_id is not None:
            return reading.blob_id
        assert reading.analyzed is not None, "only what was analyzed or is known is taken"
        catalog, analyzed = self._stores.writer, reading.analyzed
        blob_id, chunk_ids = catalog.add_blob(reading.hash, reading.language, reading.size, analyzed)
        fresh[blob_id] = Fresh(chunk_ids, analyzed)
        return blob_id

    def _point(self, file: FileStat, blob_id: int | None, reason: str | None, touched: set[int]) -> None:
        self._stores.writer.set_path(file.path, _state(file), blob_id=blob_id, reason=reason)
        before = self._rows.get(file.path)
        if before is not None and before.blob_id is not None:
            touched.add(before.blob_id)

    def _remove(self, removal: _Removal, touched: set[int]) -> None:
        self._stores.writer.remove_paths(removal.paths)
        touched.update(blob for path in removal.paths if (blob := self._rows[path].blob_id) is not None)
        if removal.scan is not None:
            self._stores.writer.replace_name_skips(removal.scan.skipped, removal.scan.rules)


def _vectors(fresh: Iterable[Fresh]) -> list[tuple[bytes, bytes]]:
    """In the order in which the table holds them: SQLite then fills one page after the other."""
    return sorted((item.text_hash, item.vector) for one in fresh for item in one.analyzed.chunks if item.vector)


def _state(file: FileStat) -> FileState:
    return file_state(file.size, file.mtime_ns, file.ctime_ns, file.inode)


def _without_racy_time(file: FileStat) -> FileStat:
    recent = time.time_ns() - max(file.mtime_ns, file.ctime_ns) < _RACY_NS
    return msgspec.structs.replace(file, mtime_ns=0) if recent else file
