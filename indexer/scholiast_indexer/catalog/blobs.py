"""Blobs with their chunks, symbols and bytes, and which of them are in use. Must not know paths' names or files."""

from __future__ import annotations

import contextlib
import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from scholiast_indexer import blocks
from scholiast_indexer.catalog.checksums import blob_checksum, content_checksum, row_checksum
from scholiast_indexer.catalog.outlines import Outline, OutlineReader, SymbolRow
from scholiast_indexer.types import AnalyzedFile


class AddedBlob(NamedTuple):
    """A blob that was just stored."""

    id: int
    chunk_ids: list[int]
    """In the order of the chunks."""


class BlobTables(OutlineReader):
    """The tables `blob`, `content`, `chunk`, `outline`, `symbol` and `pending`."""

    def blob_id(self, content_hash: bytes, language: str) -> int | None:
        row = self._one("SELECT id FROM blob WHERE hash = ? AND language = ?", (content_hash, language))
        return None if row is None else int(row[0])

    def add_blob(self, content_hash: bytes, language: str, size: int, analyzed: AnalyzedFile) -> AddedBlob:
        """Store a blob with its chunks and symbols; nothing points at it yet."""
        blob_id = self._next_id("blob")
        problems = "\n".join(analyzed.problems)
        outline = Outline.of(analyzed)
        packed = outline.packed()
        checksum = blob_checksum(content_hash, language, size, len(analyzed.chunks), problems, packed)
        self._connection.execute(
            "INSERT INTO blob VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (blob_id, content_hash, language, size, len(analyzed.chunks), problems, checksum),
        )
        self._connection.execute(
            "INSERT INTO content VALUES (?, ?, ?)",
            (blob_id, content_checksum(blob_id, analyzed.content), analyzed.content),
        )
        self._connection.execute("INSERT INTO outline VALUES (?, ?, ?)", (blob_id, outline.exported, packed))
        chunk_ids = self._add_chunks(blob_id, language, analyzed)
        self._add_symbols(outline.symbol_rows(blob_id), analyzed, chunk_ids)
        return AddedBlob(blob_id, chunk_ids)

    def _add_chunks(self, blob_id: int, language: str, analyzed: AnalyzedFile) -> list[int]:
        first = self._next_id("chunk")
        rows = []
        for chunk_id, item in enumerate(analyzed.chunks, first):
            c = item.chunk
            values = (
                chunk_id, blob_id, c.start_byte, c.end_byte, c.start_line, c.end_line, c.kind, c.symbol,
                "\n".join(c.defines), item.text_hash,
            )  # fmt: skip
            rows.append((*values, row_checksum((language, *values))))
        self._connection.executemany("INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return list(range(first, first + len(rows)))

    def _add_symbols(self, symbol_rows: list[SymbolRow], analyzed: AnalyzedFile, chunk_ids: list[int]) -> None:
        """Each symbol and re-export with the chunk that it begins in."""
        ends = [item.chunk.end_line for item in analyzed.chunks]
        last = len(chunk_ids) - 1
        rows = [(*row, chunk_ids[min(bisect_right(ends, row[3]), last)]) for row in symbol_rows]
        self._connection.executemany(
            "INSERT INTO symbol (folded, blob_id, place, start_line, name, chunk_id) VALUES (?, ?, ?, ?, ?, ?)", rows
        )

    def content(self, blob_id: int) -> bytes:
        """The bytes that a blob's chunks are cut from.

        Raises:
            IndexDamagedError: They are not what was stored.
        """
        (data, size) = self._packed([blob_id])[blob_id]
        with self._unpacking(blob_id):
            return blocks.unpacked(data, size)

    def pieces(self, wanted: Sequence[tuple[int, int, int]]) -> list[bytes]:
        """Pieces of `content`, given as blob, start and end. Unpacked bytes are remembered within limits.

        Raises:
            IndexDamagedError: A blob's bytes are not what was stored.
        """
        memory, needed = self._memory.blocks, _lengths(wanted)
        known = {key: block for key in needed if (block := memory.get(key)) is not None and len(block) >= needed[key]}
        packed = self._packed({blob_id for blob_id, number in needed if (blob_id, number) not in known})
        for blob_id, number in sorted(needed.keys() - known.keys()):
            with self._unpacking(blob_id):
                block = blocks.unpacked_block(*packed[blob_id], number, needed[blob_id, number])
            known[blob_id, number] = block
            memory.put((blob_id, number), block)
        return [_piece(known, *piece) for piece in wanted]

    def _packed(self, blob_ids: Collection[int]) -> dict[int, tuple[bytes, int]]:
        """The packed bytes of blobs, and how many they were."""
        rows = self._all(
            "SELECT blob_id, data, content.checksum, blob.size FROM json_each(?) j"
            " JOIN content ON blob_id = j.value JOIN blob ON blob.id = blob_id",
            (json.dumps(list(blob_ids)),),
        )
        found = {}
        for blob_id, data, checksum, size in rows:
            if not isinstance(data, bytes) or content_checksum(blob_id, data) != checksum:
                raise self._damaged(f"the bytes of blob {blob_id} have changed")
            found[blob_id] = (data, size)
        gone = set(blob_ids) - found.keys()
        if gone:
            raise self._damaged(f"the bytes of blob {min(gone)} are gone")
        return found

    @contextlib.contextmanager
    def _unpacking(self, blob_id: int) -> Iterator[None]:
        try:
            yield
        except (TypeError, ValueError) as error:
            raise self._damaged(f"the bytes of blob {blob_id} can't be unpacked") from error

    # -- which blobs are in use ---------------------------------------------------------------------------------

    def settle(self, blob_ids: Collection[int], now: float) -> None:
        """Of these blobs, mark those that lost their last path and welcome back those that gained one.

        Each changed blob is pending for the caches until `clear_pending`.
        """
        has_path = "EXISTS (SELECT 1 FROM path WHERE path.blob_id = blob.id)"
        for added, mark, changed in (
            (0, now, f"orphaned_at IS NULL AND NOT {has_path}"),
            (1, None, f"orphaned_at IS NOT NULL AND {has_path}"),
        ):
            rows = self._connection.execute(
                f"UPDATE blob SET orphaned_at = ? WHERE id IN (SELECT value FROM json_each(?)) AND {changed}"
                " RETURNING id",
                (mark, json.dumps(list(blob_ids))),
            ).fetchall()
            self._connection.executemany(
                "INSERT OR REPLACE INTO pending VALUES (?, ?)", [(blob_id, added) for (blob_id,) in rows]
            )

    def live_blobs(self) -> list[int]:
        """Blobs that a path points at."""
        return [row[0] for row in self._all("SELECT id FROM blob WHERE orphaned_at IS NULL")]

    def common_languages(self, share: float) -> frozenset[str]:
        """Languages of at least this share of all live chunks."""
        found = self._memory.languages.get(share) if self._reads_one_generation else None
        if found is None:
            rows = self._all("SELECT language, sum(chunk_count) FROM blob WHERE orphaned_at IS NULL GROUP BY language")
            total = sum(count for _, count in rows)
            found = frozenset(language for language, count in rows if count and count >= share * total)
            if self._reads_one_generation:  # all blobs are looked at: 5 ms of 100,000 chunks
                self._memory.languages[share] = found
        return found

    def pending(self) -> list[tuple[int, bool]]:
        """Blobs that the lexical index has yet to add (True) or to drop (False)."""
        return [(blob_id, bool(added)) for blob_id, added in self._all("SELECT blob_id, added FROM pending")]

    def clear_pending(self) -> None:
        with self._words():
            self._connection.execute("DELETE FROM pending")

    def has_garbage(self, older_than: float) -> bool:
        """Whether there is a blob that has had no path since before `older_than`."""
        return self._one("SELECT 1 FROM blob WHERE orphaned_at < ? LIMIT 1", (older_than,)) is not None

    def collect_garbage(self, older_than: float) -> int:
        """Drop blobs without a path since before `older_than`, and vectors no chunk needs; returns blobs dropped."""
        doomed = self._all("SELECT id FROM blob WHERE orphaned_at < ?", (older_than,))
        for (blob_id,) in doomed:
            rows = [row[:3] for row in self.outline(blob_id).symbol_rows(blob_id)]
            self._connection.executemany("DELETE FROM symbol WHERE folded = ? AND blob_id = ? AND place = ?", rows)
        for statement in (
            "DELETE FROM chunk WHERE blob_id = ?",
            "DELETE FROM outline WHERE blob_id = ?",
            "DELETE FROM content WHERE blob_id = ?",
            "INSERT OR REPLACE INTO pending VALUES (?, 0)",
            "DELETE FROM blob WHERE id = ?",
        ):
            self._connection.executemany(statement, doomed)
        if doomed:
            self._connection.execute("DELETE FROM vector WHERE text_hash NOT IN (SELECT text_hash FROM chunk)")
        return len(doomed)

    def clear_workspace(self) -> None:
        """Forget paths, blobs and chunks but keep vectors: after a change of features they are mostly right."""
        for table in ("path_word", "path", "symbol", "outline", "chunk", "content", "blob", "pending"):
            self._connection.execute(f"DELETE FROM {table}")


def _numbers(start: int, end: int) -> range:
    """Of the blocks that bytes lie in."""
    return range(start // blocks.BLOCK_BYTES, (end - 1) // blocks.BLOCK_BYTES + 1) if start < end else range(0)


def _lengths(wanted: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """How many bytes of which blocks these pieces need, by blob and number."""
    lengths: dict[tuple[int, int], int] = {}
    for blob_id, start, end in wanted:
        for number in _numbers(start, end):
            length = min(blocks.BLOCK_BYTES, end - number * blocks.BLOCK_BYTES)
            lengths[blob_id, number] = max(length, lengths.get((blob_id, number), 0))
    return lengths


def _piece(known: Mapping[tuple[int, int], bytes], blob_id: int, start: int, end: int) -> bytes:
    numbers = _numbers(start, end)
    data = b"".join([known[blob_id, number] for number in numbers])
    return data[start - numbers.start * blocks.BLOCK_BYTES : end - numbers.start * blocks.BLOCK_BYTES]
