"""Chunks as searching and the caches read them. Must not know ranking."""

from __future__ import annotations

import json
from collections.abc import Collection

from scholiast_indexer.catalog.candidates import CandidateTable
from scholiast_indexer.catalog.checksums import row_checksum
from scholiast_indexer.catalog.database import broken_text_in_words
from scholiast_indexer.catalog.outlines import EXTENDING, OutlineReader
from scholiast_indexer.catalog.paths import decoded_path
from scholiast_indexer.catalog.rows import CandidateRow, ChunkRow, TextRow
from scholiast_indexer.text import docs_by_chunk

_CHECKED = (
    "b.language, c.id, c.blob_id, c.start_byte, c.end_byte, c.start_line, c.end_line, c.kind, c.symbol, c.defines,"
    " c.text_hash, c.checksum"
)
"""The columns that a chunk's checksum is made of, in that order, and the checksum."""
_CANDIDATE = "c.id, c.blob_id, b.language, c.start_line, c.kind, c.defines"


class ChunkReader(OutlineReader):
    """Questions about chunks and the blobs and paths they belong to."""

    def counts(self) -> tuple[int, int]:
        """Indexed paths, and chunks of them (a blob under two paths counts once)."""
        files = self._one("SELECT count(*) FROM path WHERE blob_id IS NOT NULL")
        chunks = self._one("SELECT coalesce(sum(chunk_count), 0) FROM blob WHERE orphaned_at IS NULL")
        assert files is not None
        assert chunks is not None
        return int(files[0]), int(chunks[0])

    def chunk_rows(self, chunk_ids: Collection[int]) -> list[ChunkRow]:
        """Rows of those chunks that belong to a path now.

        Raises:
            IndexDamagedError: A row is not what was stored.
        """
        rows = self._all(
            f"SELECT {_CHECKED} FROM json_each(?) j JOIN chunk c ON c.id = j.value"
            " JOIN blob b ON b.id = c.blob_id WHERE b.orphaned_at IS NULL",
            (json.dumps(list(chunk_ids)),),
        )
        found = []
        for row in rows:
            if row_checksum(row[:-1]) != row[-1]:
                raise self._damaged(f"the row of chunk {row[1]} has changed")
            found.append(ChunkRow(row[1], row[2], row[0], *row[3:10]))
        return found

    def blobs_of_chunks(self, chunk_ids: Collection[int]) -> dict[int, int]:
        """The blob of each of those chunks, in their order. It may be one that no path points at."""
        if self._memory.table is None:
            return {row.id: row.blob_id for row in self.candidate_rows(chunk_ids)}
        found, unknown = self._memory.table.blobs(list(chunk_ids))
        return {**found, **{row.id: row.blob_id for row in self.candidate_rows(unknown)}} if unknown else found

    def candidate_rows(self, chunk_ids: Collection[int]) -> list[CandidateRow]:
        """What ranking needs of those chunks. Some may be of blobs that no path points at (`paths_of_blobs` tells)."""
        memory, found, unknown = self._memory, list[CandidateRow](), list(chunk_ids)
        if memory.table is not None:
            found, unknown = memory.table.rows(unknown)
        known = [row for chunk_id in unknown if (row := memory.rows.get(chunk_id)) is not None]
        missing = set(unknown).difference(row.id for row in known)
        fresh = self._read_candidates(missing) if missing else []
        for row in fresh:
            memory.rows.put(row.id, row)
        return [*found, *known, *fresh]

    def descriptions(self, chunk_ids: Collection[int]) -> dict[int, tuple[int, str]]:
        """The first line of each of those chunks, and the names that it defines, one a line."""
        found, unknown = dict[int, tuple[int, str]](), list(chunk_ids)
        if self._memory.table is not None:
            found, unknown = self._memory.table.descriptions(unknown)
        others = self.candidate_rows(unknown) if unknown else ()
        return {**found, **{row.id: (row.start_line, row.defines) for row in others}}

    def _read_candidates(self, chunk_ids: Collection[int]) -> list[CandidateRow]:
        rows = self._all(
            f"SELECT {_CANDIDATE} FROM json_each(?) j JOIN chunk c ON c.id = j.value JOIN blob b ON b.id = c.blob_id",
            (json.dumps(list(chunk_ids)),),
        )
        return [CandidateRow(*row) for row in self._typed(rows, int, int, str, int, str, str)]

    def candidate_table(self) -> CandidateTable:
        """What ranking needs of every chunk that belongs to a path now.

        Raises:
            IndexDamagedError: A value is not of its column's type.
        """
        with self._words(), broken_text_in_words(self._file):
            rows = self._connection.execute(
                f"SELECT {_CANDIDATE} FROM chunk c JOIN blob b ON b.id = c.blob_id WHERE b.orphaned_at IS NULL"
                " ORDER BY c.id"
            )
            try:
                return CandidateTable.of(CandidateRow(*row) for row in rows)
            except ValueError as error:
                raise self._damaged(str(error)) from error

    def remember_candidates(self, table: CandidateTable) -> None:
        """Look candidates up in a table of this catalog, and read only those that came later."""
        self._memory.table = table

    @property
    def remembers_candidates(self) -> bool:
        """Whether there is such a table."""
        return self._memory.table is not None

    def blob_chunks(self, blob_id: int) -> list[TextRow]:
        """Each chunk of a blob, in order, with what its retrieval text is made of."""
        rows = self._all(
            f"SELECT {_CHECKED} FROM chunk c JOIN blob b ON b.id = c.blob_id WHERE c.blob_id = ? ORDER BY c.id",
            (blob_id,),
        )
        outline = self.outline(blob_id)
        if not len(rows) == len(outline.headers) == len(outline.references):
            raise self._damaged(f"blob {blob_id} has not the chunks of its outline")
        docs = docs_by_chunk([row[5] for row in rows], ((symbol.start_line, symbol.doc) for symbol in outline.symbols))
        found = []
        parts = zip(rows, outline.headers, outline.references, docs, strict=True)
        for (*values, checksum), header, references, own in parts:
            if row_checksum(values) != checksum:
                raise self._damaged(f"the row of chunk {values[1]} has changed")
            _, chunk_id, _, start, end, _, _, _, symbol, defines, text_hash = values
            found.append(TextRow(chunk_id, start, end, symbol, header, defines, references, own, text_hash))
        return found

    def live_chunk_ids(self) -> list[int]:
        """Ids of all chunks that belong to a path, in order."""
        rows = self._all(
            "SELECT c.id FROM blob b JOIN chunk c ON c.blob_id = b.id WHERE b.orphaned_at IS NULL ORDER BY c.id"
        )
        return [row[0] for row in rows]

    def chunk_ids_of_blobs(self, blob_ids: Collection[int]) -> list[int]:
        rows = self._all(
            "SELECT c.id FROM json_each(?) j JOIN chunk c ON c.blob_id = j.value", (json.dumps(list(blob_ids)),)
        )
        return [row[0] for row in rows]

    def chunks_defining(self, names: Collection[str], limit: int) -> list[int]:
        """Chunks with live definitions of one of these names, in lower case."""
        in_order = json.dumps(sorted(names))  # past the limit a set's own order differs by process
        rows = self._all(
            "SELECT s.chunk_id FROM json_each(?) j JOIN symbol s ON s.folded = j.value JOIN blob b ON b.id = s.blob_id"
            " WHERE s.place >= 0 AND s.place < ? AND b.orphaned_at IS NULL LIMIT ?",
            (in_order, EXTENDING, limit),
        )
        return [row[0] for row in self._typed(rows, int)]

    def chunks_reexporting(self, names: Collection[str], limit: int) -> list[tuple[int, str]]:
        """Chunks of live files that pass on one of these names, in lower case, without defining it; each with the name
        as it is spelled there."""
        rows = self._all(
            "SELECT s.chunk_id, coalesce(s.name, s.folded) FROM json_each(?) j JOIN symbol s ON s.folded = j.value"
            " JOIN blob b ON b.id = s.blob_id WHERE s.place < 0 AND b.orphaned_at IS NULL LIMIT ?",
            (json.dumps(sorted(names)), limit),
        )
        return [(chunk_id, name) for chunk_id, name in self._typed(rows, int, str)]

    def blob_places(self) -> list[tuple[int, str, str]]:
        """`(blob id, path, language)` of every indexed path."""
        rows = self._all("SELECT b.id, p.path, b.language FROM path p JOIN blob b ON b.id = p.blob_id")
        return [(blob_id, decoded_path(path), language) for blob_id, path, language in rows]
