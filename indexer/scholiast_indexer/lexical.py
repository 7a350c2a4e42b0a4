"""The lexical index: BM25 over terms, kept by tantivy. Must not know SQLite, paths or ranking.

It is a cache: each commit leaves a stamp (which catalog it belongs to, sizes and checksums of its files), and an
index whose stamp does not hold is thrown away and built again from the catalog. It is long, because it is the only
module that touches tantivy: writing, the stamp and reading are states of one index.
"""

from __future__ import annotations

import contextlib
import shutil
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from scholiast_indexer.limits import REMEMBERED_FREQUENCIES, REMEMBERED_REFERENCES
from scholiast_indexer.storage import os_errors_in_words, unwritable

if TYPE_CHECKING:
    import tantivy

FORMAT = 1
"""Grows when the fields change; an index of another format is built again."""

WRITER_HEAP_BYTES = 15_000_000
"""tantivy's buffer before it writes a segment, its least. Each writer takes a share of it at once and glibc keeps what
it frees: forty small updates with 64 MB left 50 MB more."""

FILLING_HEAP_BYTES = 50_000_000
"""The same while an empty index is filled: fewer segments to write and to merge, .4 of 2.4 s of processor that 20 MB of
source take outside of the workers; the process keeps 4 MB more of it."""

_FEW_BLOBS = 32
"""So many are looked up one by one; more of them as a set, which goes through all that there are."""

_STAMP = "scholiast.json"
_META = "meta.json"
"""What tantivy says of the present state; it puts a new one in its place."""
_SEGMENT_SUFFIXES = (".idx", ".pos", ".term", ".store", ".fast", ".fieldnorm", ".del")
"""Files that tantivy writes once and never changes."""


class LexicalChunk(msgspec.Struct, frozen=True):
    """What the lexical index holds of a chunk."""

    chunk_id: int
    blob_id: int
    terms: str
    names: str
    references: str


class _Stamp(msgspec.Struct, frozen=True):
    format: int
    catalog: str
    generation: int
    files: dict[str, tuple[int, int]]


class LexicalIndex:
    """One tantivy index in a folder. Any number of readers; one writer, under the caller's lock."""

    def __init__(self, directory: Path, index: tantivy.Index) -> None:
        self._directory = directory
        self._index = index
        self._writer: tantivy.IndexWriter | None = None
        self._searcher = index.searcher()
        self._reference_counts: dict[int, int] = {}
        """By blob."""
        self._document_frequencies: dict[tuple[str, str], int] = {}
        """By field and term, those of the terms asked for last."""
        self._checksums: dict[str, tuple[int, int]] = {}
        self._last_clauses: tuple[object, list[tuple[tantivy.Occur, tantivy.Query]]] | None = None

    @classmethod
    def open(
        cls, directory: Path, catalog: str, generation: Callable[[], int], *, is_being_written: bool = False
    ) -> LexicalIndex | None:
        """The index in `directory` when it is whole and belongs to that catalog; otherwise None.

        Args:
            directory: Where it lies.
            catalog: Identity of the catalog it was built from.
            generation: The catalog's generation, asked after the stamp is read: a stamp from the future means that
                the catalog was put back to an older state.
            is_being_written: Another process writes it at this moment: it checked the files before, and no stamp
                can hold while they change.
        """
        import tantivy

        try:
            stamp = msgspec.json.decode((directory / _STAMP).read_bytes(), type=_Stamp)
            belongs = stamp.format == FORMAT and stamp.catalog == catalog and stamp.generation <= generation()
            if not is_being_written and not (belongs and _files_hold(directory, stamp.files)):
                return None
            index = tantivy.Index.open(str(directory))
            index.config_reader("manual")
            index.reload()
            opened = cls(directory, index)
            opened._checksums = dict(stamp.files)
        except (OSError, ValueError):  # msgspec's errors are ValueErrors too
            return None
        except BaseException as panic:
            # A Rust panic on a malformed file derives from BaseException only; nothing else of that kind is ours.
            if type(panic).__name__ != "PanicException":
                raise
            return None
        return opened

    @classmethod
    def create(cls, directory: Path) -> LexicalIndex:
        """A new, empty index in place of whatever lies in `directory`, under the writer's lock.

        Raises:
            StorageError: It can't be written here.
        """
        import tantivy

        shutil.rmtree(directory, ignore_errors=True)
        with os_errors_in_words(directory), _tantivy_errors_in_words(directory):
            if (directory / _META).exists():
                raise OSError("the old lexical index can't be deleted; end the process that reads it")
            directory.mkdir(parents=True, exist_ok=True)
            index = tantivy.Index(_schema(), path=str(directory))
            index.config_reader("manual")
            return cls(directory, index)

    def close(self) -> None:
        """Let go of the writer and its lock; what was not committed is dropped."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(OSError, ValueError):  # a writer that has failed has nothing to take back
                writer.rollback()

    # -- writing ------------------------------------------------------------------------------------------------

    def add(self, chunks: Iterable[LexicalChunk]) -> None:
        """Add chunks; `commit` makes them searchable. Raises StorageError."""
        import tantivy

        with self._writing() as writer:
            for chunk in chunks:
                document = tantivy.Document()
                document.add_unsigned("chunk", chunk.chunk_id)
                document.add_unsigned("blob", chunk.blob_id)
                document.add_text("terms", chunk.terms)
                document.add_text("names", chunk.names)
                document.add_text("references", chunk.references)
                writer.add_document(document)

    def remove_blobs(self, blob_ids: Collection[int]) -> None:
        """Drop all chunks of these blobs, those added since the last commit too. Raises StorageError."""
        from tantivy import Query

        if not blob_ids:
            return
        with self._writing() as writer:
            # Not by term: tantivy-py makes a signed one of any number, which equals no unsigned value.
            writer.delete_documents_by_query(Query.term_set_query(self._index.schema, "blob", list(blob_ids)))

    def commit(self, catalog: str, generation: int) -> None:
        """Make what was added searchable and durable, and stamp it. Raises StorageError."""
        with self._writing() as writer:
            writer.commit()
            self._stamp(catalog, generation)
        self.refresh()

    def finish(self, catalog: str, generation: int) -> None:
        """Wait for merges and give the writer back; what was not committed is dropped. Raises StorageError.

        What was committed is searchable before this: merges follow every eighth commit or so.
        """
        if self._writer is None:
            return
        with self._writing() as writer:
            writer.wait_merging_threads()
            self._writer = None
            self._stamp(catalog, generation)
        self.refresh()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[tantivy.IndexWriter]:
        """The writer; one that fails is thrown away, with what it had not committed."""
        with os_errors_in_words(self._directory), _tantivy_errors_in_words(self._directory):
            if self._writer is None:
                _drop_deletions_of_a_killed_commit(self._directory)
                heap_bytes = WRITER_HEAP_BYTES if self.size else FILLING_HEAP_BYTES
                self._writer = self._index.writer(heap_size=heap_bytes, num_threads=1)
            try:
                yield self._writer
            except (OSError, ValueError):
                self.close()
                raise

    def _stamp(self, catalog: str, generation: int) -> None:
        stamp = _Stamp(FORMAT, catalog, generation, self._files_in_use())
        temporary = self._directory / f"{_STAMP}.new"
        temporary.write_bytes(msgspec.json.encode(stamp))
        temporary.replace(self._directory / _STAMP)

    def _files_in_use(self) -> dict[str, tuple[int, int]]:
        """Size and checksum of each file of the present state.

        A merge that ends meanwhile makes another state of it, and deletes files of this one: then those of that are
        looked at. Merges come to an end, as nothing is committed here.
        """
        while True:
            meta = (self._directory / _META).read_bytes()
            try:
                self._checksums = self._checksums_of(_segments_of(meta))
            except FileNotFoundError:
                if (self._directory / _META).read_bytes() == meta:
                    raise
                continue
            if (self._directory / _META).read_bytes() == meta:
                return {**self._checksums, _META: _checksum_of(meta)}

    def _checksums_of(self, segments: Sequence[Any]) -> dict[str, tuple[int, int]]:
        """Of the files of these segments; not of all that lie there: what a merge is writing is not whole yet."""
        used = {segment["segment_id"].replace("-", "") for segment in segments}
        names = [
            path.name
            for path in self._directory.iterdir()
            if path.suffix in _SEGMENT_SUFFIXES and path.name.split(".", 1)[0] in used
        ]
        return {name: self._checksums.get(name) or _checksum(self._directory / name) for name in names}

    # -- reading ------------------------------------------------------------------------------------------------

    def refresh(self) -> bool:
        """See what was committed since, by any process; False when that is not possible at this moment."""
        try:
            self._index.reload()
        except (OSError, ValueError):  # another process is building it anew; what was read before stays usable
            return False
        self._searcher = self._index.searcher()
        self._reference_counts = {}
        self._document_frequencies = {}
        return True

    def search(
        self, weights: Mapping[str, float], name_weight: float, limit: int, *, blob_ids: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """The best chunks by BM25.

        Args:
            weights: Weight of each query term.
            name_weight: Weight of the field of defined names beside the text's 1.
            limit: How many at most.
            blob_ids: Only chunks of these blobs; None is all.

        Returns:
            `(chunk id, score)`, best first.
        """
        if not weights:
            return []
        query = self._query(weights, name_weight, blob_ids)
        searcher = self._searcher  # a commit in another thread gives a new one, whose addresses are others
        hits = searcher.search(query, limit=limit, count=False).hits
        chunk_ids = searcher.fast_field_values("chunk", [address for _, address in hits])
        return [(int(chunk_id or 0), score) for chunk_id, (score, _) in zip(chunk_ids, hits, strict=True) if score > 0]

    def _query(
        self, weights: Mapping[str, float], name_weight: float, blob_ids: Collection[int] | None
    ) -> tantivy.Query:
        from tantivy import Occur, Query

        schema = self._index.schema
        clauses = self._clauses(weights, name_weight)
        if blob_ids is None:
            return Query.boolean_query(clauses)
        if len(blob_ids) <= _FEW_BLOBS:
            allowed = Query.boolean_query([(Occur.Should, Query.term_query(schema, "blob", id_)) for id_ in blob_ids])
        else:
            allowed = Query.term_set_query(schema, "blob", list(blob_ids))
        # Words are looked at where the blob is right, not the other way round: a quarter of the time for eight blobs.
        return Query.boolean_query([(Occur.Must, Query.const_score_query(allowed, 0.0)), *clauses])

    def _clauses(self, weights: Mapping[str, float], name_weight: float) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        """One for each term and field; those of the last query are remembered, as it is asked again of some blobs."""
        from tantivy import Occur, Query

        key, last = (*weights.items(), name_weight), self._last_clauses
        if last is not None and last[0] == key:
            return last[1]
        schema = self._index.schema
        clauses = [
            (Occur.Should, _boosted(Query.term_query(schema, field, term, "freq"), weight * share))
            for term, weight in weights.items()
            for field, share in (("terms", 1.0), ("names", name_weight))
        ]
        self._last_clauses = key, clauses
        return clauses

    def document_frequency(self, term: str, field: Literal["terms", "names"] = "terms") -> int:
        """In how many chunks a term occurs: in their text, or in the names they define."""
        known = self._document_frequencies
        count = known.get((field, term))
        if count is None:
            if len(known) >= REMEMBERED_FREQUENCIES:
                known.clear()
            count = known[field, term] = self._searcher.doc_freq(field, term)
        return count

    def references(
        self, blob_ids: Iterable[int], names_of: Callable[[list[int]], Mapping[int, Iterable[str]]]
    ) -> dict[int, int]:
        """How often the names of each blob are called or used as types, all together: chunks by name, deleted ones too.

        Args:
            blob_ids: Whose. What is counted is remembered until the next commit.
            names_of: Gives the names of those blobs that have to be counted.
        """
        counts, searcher = self._reference_counts, self._searcher
        if len(counts) > REMEMBERED_REFERENCES:
            counts.clear()
        asked = list(blob_ids)
        missing = [blob_id for blob_id in asked if blob_id not in counts]
        for blob_id, names in names_of(missing).items() if missing else ():
            counts[blob_id] = sum(searcher.doc_freq("references", name) for name in names)
        return {blob_id: counts[blob_id] for blob_id in asked if blob_id in counts}

    def reference_count(self, name: str) -> int:
        """In how many chunks a name is called or used as a type."""
        from tantivy import Query

        query = Query.term_query(self._index.schema, "references", name, "basic")
        found = self._searcher.search(query, limit=1, count=True)  # doc_freq would count deleted chunks too
        return int(found.count)  # type: ignore[attr-defined]  # tantivy's stub lacks it

    @property
    def size(self) -> int:
        """Chunks held."""
        return self._searcher.num_docs


def _boosted(query: tantivy.Query, boost: float) -> tantivy.Query:
    from tantivy import Query

    return query if boost == 1.0 else Query.boost_query(query, boost)


@contextlib.contextmanager
def _tantivy_errors_in_words(directory: Path) -> Iterator[None]:
    """tantivy tells errors of the disk as ValueError."""
    try:
        yield
    except ValueError as error:
        raise unwritable(directory, error) from error


def _drop_deletions_of_a_killed_commit(directory: Path) -> None:
    """Delete lists of deletions that no segment uses: the same commit, tried again, would refuse to write them again.

    Source: tantivy names them `SEGMENT.OPSTAMP.del`, and `meta.json` says which are in use.
    """
    used = {
        f"{segment['segment_id'].replace('-', '')}.{segment['deletes']['opstamp']}.del"
        for segment in _segments(directory)
        if segment.get("deletes")
    }
    for path in directory.glob("*.del"):
        if path.name not in used:
            path.unlink(missing_ok=True)


def _segments(directory: Path) -> list[Any]:
    """The segments that are in use, as tantivy describes them."""
    return _segments_of((directory / _META).read_bytes())


def _segments_of(meta: bytes) -> list[Any]:
    found: list[Any] = msgspec.json.decode(meta)["segments"]
    return found


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk", fast=True)
    builder.add_unsigned_field("blob", indexed=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("names", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("references", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def _files_hold(directory: Path, files: Mapping[str, tuple[int, int]]) -> bool:
    return all(_checksum(directory / name) == tuple(expected) for name, expected in files.items())


def _checksum(path: Path) -> tuple[int, int]:
    """Size and CRC-32. A flipped bit in a segment gives wrong results in silence, so it is looked for at opening."""
    return _checksum_of(path.read_bytes())


def _checksum_of(data: bytes) -> tuple[int, int]:
    return len(data), zlib.crc32(data)
