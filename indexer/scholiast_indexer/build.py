"""Bring the catalog and its caches up to date with the files. Must not know answers, editors or ranking.

Only what changed is read, only unseen blobs are parsed, only unseen texts are embedded. Each transaction holds whole
files, so that a kill at any moment leaves a usable index, and the next update goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from scholiast_indexer.catalog import Catalog, PathRow
from scholiast_indexer.embedding import Embedder, checked, worker_factory
from scholiast_indexer.languages import detect
from scholiast_indexer.lexical import LexicalChunk, LexicalIndex
from scholiast_indexer.limits import COMMIT_BYTES, INLINE_BYTES_MAX, ORPHAN_GRACE_S
from scholiast_indexer.text import path_words, text_terms
from scholiast_indexer.types import AnalyzedFile, Progress, SkippedFile, UpdateReport
from scholiast_indexer.vectors import VectorStore
from scholiast_indexer.workers import Job, WorkerPool, analyze
from scholiast_indexer.workers.analysis import name_terms, vector_bytes
from scholiast_indexer.workspace.reading import read_source
from scholiast_indexer.workspace.scan import scan
from scholiast_indexer.workspace.values import FileStat, Scan, Source

ProgressCallback = Callable[[Progress], None]
PROGRESS_INTERVAL_S = 0.1
EMBED_BATCH = 64
_RACY_NS = 20_000_000
"""A file changed this shortly before it was read may change again without its time changing (file systems keep
time in steps of up to 10 ms), so its time is not trusted. Source: git's racy-git.txt."""


class Stores(NamedTuple):
    """Where an update writes to."""

    catalog: Catalog
    lexical: LexicalIndex
    vectors: VectorStore
    embedder: Embedder

    @property
    def model_id(self) -> int:
        return self.catalog.model_id(self.embedder.fingerprint, self.embedder.dimension)


class _Reading(msgspec.Struct):
    """One blob on its way into the catalog, and the paths that wait for it."""

    hash: bytes
    language: str
    size: int
    files: list[FileStat]
    blob_id: int | None = None
    analyzed: AnalyzedFile | None = None


class _Batch(msgspec.Struct):
    """What the next transaction writes."""

    ready: list[_Reading] = []
    skipped: list[tuple[FileStat, str]] = []
    size: int = 0


class Updater:
    """One update in progress: what it found so far, and what it tells the user."""

    def __init__(self, stores: Stores, pool: Callable[[], WorkerPool], progress: ProgressCallback | None) -> None:
        self._stores = stores
        self._pool = pool
        self._progress = progress
        self._started = time.monotonic()
        self._reported = 0.0
        self._done = 0
        self._total = 0
        self._chunks = 0
        self._waiting: dict[tuple[bytes, str], _Reading] = {}
        self._batch = _Batch()
        self._embedded = 0

    # -- the verbs ----------------------------------------------------------------------------------------------

    def update(self, root: Path, only: Collection[str] | None) -> UpdateReport:
        """Make the index equal to the files.

        Args:
            root: The workspace folder.
            only: Look at these paths and what lies below them alone; None is the whole workspace.
        """
        catalog = self._stores.catalog
        self._say("scanning", force=True)
        found = scan(root, only=only)
        rows = catalog.paths()
        changed = self._changed(found, rows, whole=only is None)
        present = {file.path for file in found.files}
        removed = [path for path in _spoken_of(rows, only) if path not in present]
        self._read_all(root, changed, rows)
        self._remove(removed, rows, found, whole=only is None)
        self._embed_missing()
        if changed or removed:
            self._collect_garbage()
        self._flush()
        self._say("finishing", force=True)
        files, chunks = catalog.counts()
        embedded = min(self._embedded, chunks)
        seconds = time.monotonic() - self._started
        if only is None:
            catalog.set_meta("reconciled_at", time.time())
        return UpdateReport(
            str(root), files, chunks, embedded, chunks - embedded, len(removed), catalog.skipped(), seconds
        )

    def flush_leftovers(self) -> None:
        """Bring the lexical index up to what an earlier process wrote and did not live to index."""
        self._flush()

    # -- reading ------------------------------------------------------------------------------------------------

    def _changed(self, found: Scan, rows: dict[str, PathRow], *, whole: bool) -> list[FileStat]:
        """Files whose stat differs from the one recorded, or whose rules do."""
        rules_changed = whole and self._stores.catalog.meta("rules") != found.rules.hex()
        changed = []
        for file in found.files:
            row = rows.get(file.path)
            same = row is not None and row.stat == (file.size, file.mtime_ns, file.ctime_ns, file.inode)
            if not same or (rules_changed and row is not None and row.blob_id is None):
                changed.append(file)
        return changed

    def _read_all(self, root: Path, changed: Sequence[FileStat], rows: dict[str, PathRow]) -> None:
        self._total = len(changed)
        by_number: list[_Reading] = []
        jobs = self._jobs(root, changed, rows, by_number)
        try:
            for number, analyzed in self._analyze(jobs, sum(file.size for file in changed)):
                reading = by_number[number]
                reading.analyzed = analyzed
                self._chunks += len(analyzed.chunks)
                self._take(reading)
                self._say("reading")
        finally:
            self._commit(rows)

    def _analyze(self, jobs: Iterator[Job], size: int) -> Iterator[tuple[int, AnalyzedFile]]:
        if size > INLINE_BYTES_MAX:
            return self._pool().analyze(jobs)
        embedder = self._stores.embedder if worker_factory(self._stores.embedder) else None
        return ((job.number, analyze(job, embedder)) for job in jobs)

    def _jobs(
        self, root: Path, changed: Sequence[FileStat], rows: dict[str, PathRow], by_number: list[_Reading]
    ) -> Iterator[Job]:
        """Read changed files; what has been seen before is noted, what has not becomes a job."""
        for file in changed:
            if self._batch.size >= COMMIT_BYTES:
                self._commit(rows)
            self._say("reading")
            self._done += 1
            source = read_source(root, file.path, reinclude=file.reinclude)
            if isinstance(source, SkippedFile):
                self._batch.skipped.append((file, source.reason))
                continue
            reading = self._noted(source)
            if reading is None:
                continue
            by_number.append(reading)
            yield Job(len(by_number) - 1, source.data, reading.language, self._known_texts(rows.get(file.path)))

    def _noted(self, source: Source) -> _Reading | None:
        """Point the path at its blob where that exists or is on its way; otherwise the new reading."""
        language = detect(source.path, source.data[:200].split(b"\n", 1)[0]) or "text"
        key = (source.hash, language)
        trusted = _without_racy_time(source.stat)
        if (waiting := self._waiting.get(key)) is not None:
            waiting.files.append(trusted)
            return None
        reading = self._waiting[key] = _Reading(source.hash, language, len(source.data), [trusted])
        reading.blob_id = self._stores.catalog.blob_id(*key)
        if reading.blob_id is None:
            return reading
        self._take(reading)
        return None

    def _known_texts(self, row: PathRow | None) -> tuple[bytes, ...]:
        if row is None or row.blob_id is None:
            return ()
        return tuple(self._stores.catalog.text_hashes_of_blob(row.blob_id, self._stores.model_id))

    def _take(self, reading: _Reading) -> None:
        self._batch.ready.append(reading)
        self._batch.size += reading.size if reading.blob_id is None else 1000

    # -- writing ------------------------------------------------------------------------------------------------

    def _commit(self, rows: dict[str, PathRow]) -> None:
        """Write the batch in one transaction, then to the caches."""
        batch, self._batch = self._batch, _Batch([], [], 0)
        if not batch.ready and not batch.skipped:
            return
        catalog, model_id = self._stores.catalog, self._stores.model_id
        fresh: dict[int, tuple[list[int], AnalyzedFile]] = {}
        touched: set[int] = set()
        with catalog.transaction():
            for reading in batch.ready:
                if reading.blob_id is None and reading.analyzed is not None:
                    reading.blob_id, chunk_ids, vectors = catalog.add_blob(
                        reading.hash, reading.language, reading.size, reading.analyzed, model_id
                    )
                    self._embedded += vectors
                    fresh[reading.blob_id] = (chunk_ids, reading.analyzed)
                self._waiting.pop((reading.hash, reading.language), None)
                for file in reading.files:
                    self._point(file, reading.blob_id, None, rows, touched)
            for file, reason in batch.skipped:
                self._point(file, None, reason, rows, touched)
            catalog.settle(touched, time.time())
        self._flush(fresh)

    def _point(
        self, file: FileStat, blob_id: int | None, reason: str | None, rows: dict[str, PathRow], touched: set[int]
    ) -> None:
        stat = (file.size, file.mtime_ns, file.ctime_ns, file.inode)
        words = path_words(file.path) if blob_id is not None else ()
        self._stores.catalog.set_path(file.path, stat, blob_id=blob_id, reason=reason, words=words)
        before = rows.get(file.path)
        touched.update(known for known in (blob_id, before.blob_id if before else None) if known is not None)

    def _remove(self, removed: Sequence[str], rows: dict[str, PathRow], found: Scan, *, whole: bool) -> None:
        catalog = self._stores.catalog
        if not removed and (not whole or not catalog.name_skips_differ(found.skipped, found.rules)):
            return
        with catalog.transaction():
            catalog.remove_paths(removed)
            catalog.settle([blob for path in removed if (blob := rows[path].blob_id) is not None], time.time())
            if whole:
                catalog.replace_name_skips(found.skipped, found.rules)
        self._flush()

    def _collect_garbage(self) -> None:
        catalog = self._stores.catalog
        if catalog.has_garbage(time.time() - ORPHAN_GRACE_S):
            with catalog.transaction():
                catalog.collect_garbage(time.time() - ORPHAN_GRACE_S)

    # -- the caches ---------------------------------------------------------------------------------------------

    def _flush(self, fresh: dict[int, tuple[list[int], AnalyzedFile]] | None = None) -> None:
        """Bring the lexical index and the vectors in memory to the catalog's state."""
        catalog, lexical = self._stores.catalog, self._stores.lexical
        pending = catalog.pending()
        if not pending:
            return
        fresh = fresh or {}
        stale = [blob_id for blob_id, _ in pending if blob_id not in fresh]
        added = [blob_id for blob_id, is_added in pending if is_added]
        if stale:
            lexical.remove_blobs(stale)  # also what a killed process may have added already
        vectors: list[tuple[int, bytes]] = []
        to_fetch: list[int] = []
        for blob_id in added:
            if blob_id in fresh:
                chunk_ids, analyzed = fresh[blob_id]
                lexical.add(_fresh_chunks(blob_id, chunk_ids, analyzed))
                for chunk_id, item in zip(chunk_ids, analyzed.chunks, strict=True):
                    if item.vector:
                        vectors.append((chunk_id, item.vector))
                    else:
                        to_fetch.append(chunk_id)
            else:
                stored = stored_chunks(catalog, blob_id)
                lexical.add(stored)
                to_fetch.extend(chunk.chunk_id for chunk in stored)
        removed = catalog.chunk_ids_of_blobs([blob_id for blob_id, is_added in pending if not is_added])
        vectors.extend(catalog.vectors(to_fetch, self._stores.model_id) if to_fetch else ())
        self._stores.vectors.apply(removed, vectors)
        lexical.commit(str(catalog.meta("identity")), catalog.generation)
        catalog.clear_pending()

    def _embed_missing(self) -> None:
        """Embed live chunks without a vector of this model: a model that only this process has, or a new one."""
        catalog, embedder = self._stores.catalog, self._stores.embedder
        done_key = f"embedded:{embedder.fingerprint}"
        if catalog.meta(done_key) == catalog.generation:
            return
        missing = catalog.chunks_without_vector(self._stores.model_id)
        total = sum(map(len, missing.values()))
        done = 0
        for batch in _batched(_texts(catalog, missing), EMBED_BATCH):
            self._say("embedding", done=done, total=total)
            made = checked(embedder.documents([text for _, _, text in batch]), len(batch), embedder.dimension)
            halves = vector_bytes(made)
            with catalog.transaction():
                rows = [(digest, half) for (_, digest, _), half in zip(batch, halves, strict=True)]
                self._embedded += catalog.add_vectors(self._stores.model_id, rows)
            ids = [(chunk_id, half) for (chunk_id, _, _), half in zip(batch, halves, strict=True)]
            self._stores.vectors.apply((), ids)
            done += len(batch)
        catalog.set_meta(done_key, catalog.generation)

    # -- progress -----------------------------------------------------------------------------------------------

    def _say(self, stage: str, *, done: int | None = None, total: int | None = None, force: bool = False) -> None:
        now = time.monotonic()
        if self._progress is None or (not force and now - self._reported < PROGRESS_INTERVAL_S):
            return
        self._reported = now
        done = self._done if done is None else done
        total = self._total if total is None else total
        self._progress(Progress(stage, done, total, self._chunks, now - self._started))  # type: ignore[arg-type]  # callers pass literals


def rebuild_lexical(catalog: Catalog, lexical: LexicalIndex) -> None:
    """Fill an empty lexical index from the catalog."""
    for blob_id in catalog.live_blobs():
        lexical.add(stored_chunks(catalog, blob_id))
    lexical.commit(str(catalog.meta("identity")), catalog.generation)
    catalog.clear_pending()


def stored_chunks(catalog: Catalog, blob_id: int) -> list[LexicalChunk]:
    """What the lexical index holds of a blob, made again from what is stored."""
    data = catalog.content(blob_id)
    return [
        LexicalChunk(
            chunk_id,
            blob_id,
            text_terms(_retrieval_text(header, data[start:end])),
            name_terms(defines.split("\n") if defines else (), symbol),
            refs.replace("\n", " "),
        )
        for chunk_id, start, end, symbol, header, defines, refs in catalog.blob_chunks(blob_id)
    ]


def _fresh_chunks(blob_id: int, chunk_ids: Sequence[int], analyzed: AnalyzedFile) -> Iterable[LexicalChunk]:
    return (
        LexicalChunk(chunk_id, blob_id, item.terms, item.names, " ".join(item.chunk.references))
        for chunk_id, item in zip(chunk_ids, analyzed.chunks, strict=True)
    )


def _texts(catalog: Catalog, missing: dict[int, list[int]]) -> Iterator[tuple[int, bytes, str]]:
    """`(chunk id, text hash, retrieval text)` of chunks, by blob."""
    for blob_id, chunk_ids in missing.items():
        data, wanted = catalog.content(blob_id), set(chunk_ids)
        for chunk_id, start, end, _, header, _, _ in catalog.blob_chunks(blob_id):
            if chunk_id in wanted:
                yield chunk_id, catalog.chunk_text_hash(chunk_id), _retrieval_text(header, data[start:end])


def _retrieval_text(header: str, body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return f"{header}\n{text}" if header else text


def _spoken_of(rows: Iterable[str], only: Collection[str] | None) -> list[str]:
    """The known paths that an update looks at."""
    if only is None:
        return list(rows)
    names = {path.rstrip("/") for path in only}
    folders = tuple(f"{name}/" for name in names)
    return [path for path in rows if path in names or path.startswith(folders)]


def _without_racy_time(file: FileStat) -> FileStat:
    recent = time.time_ns() - max(file.mtime_ns, file.ctime_ns) < _RACY_NS
    return msgspec.structs.replace(file, mtime_ns=0) if recent else file


def _batched(items: Iterable[tuple[int, bytes, str]], size: int) -> Iterator[list[tuple[int, bytes, str]]]:
    batch: list[tuple[int, bytes, str]] = []
    for item in items:
        batch.append(item)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
