"""The verbs of the catalog: open, read and write rows. Must not know ranking, parsing or the file system.

Writes happen inside `transaction()`; a process killed in the middle of one leaves the state before it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from scholiast_indexer.catalog import database
from scholiast_indexer.catalog.database import DATABASE_NAME, sqlite_errors_in_words
from scholiast_indexer.catalog.rows import ChunkRow, PathRow, PathWordMatch
from scholiast_indexer.errors import IndexDamagedError
from scholiast_indexer.types import AnalyzedFile, SkippedFile, Symbol

_CHUNK_COLUMNS = (
    "c.id, c.blob_id, b.language, c.start_byte, c.end_byte, c.start_line, c.end_line, c.kind, c.symbol, c.defines"
)


class Catalog:
    """One open connection. Not for several threads at once: callers hold a lock."""

    def __init__(self, directory: Path, connection: sqlite3.Connection) -> None:
        self.directory = directory
        self._connection = connection
        self._models: dict[str, int] = {}

    @classmethod
    def open(cls, directory: Path, *, create: bool = True) -> Catalog:
        """Open the catalog in `directory`. Raises as `database.connect` does."""
        return cls(directory, database.connect(directory / DATABASE_NAME, create=create))

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen or none does; the generation grows by one."""
        with sqlite_errors_in_words(self.directory / DATABASE_NAME):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._set_meta("generation", self.generation + 1)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def check(self) -> str | None:
        """What is wrong with the database's structure, or None. Reads all of it."""
        with self._words():
            return database.quick_check(self._connection)

    # -- meta ---------------------------------------------------------------------------------------------------

    @property
    def generation(self) -> int:
        """Grows with every write; what is built from the catalog carries the generation it was built from."""
        return int(self.meta("generation") or 0)

    def meta(self, key: str) -> Any:
        row = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else row[0]

    def set_meta(self, key: str, value: str | float | None) -> None:
        """Set a value outside the generation count: it describes the index, not the workspace."""
        with self._words():
            self._set_meta(key, value)

    def _set_meta(self, key: str, value: str | float | None) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # -- paths --------------------------------------------------------------------------------------------------

    def paths(self) -> dict[str, PathRow]:
        """Every path of the workspace, by its name."""
        rows = self._all("SELECT path, id, blob_id, reason, size, mtime_ns, ctime_ns, inode FROM path")
        return {os.fsdecode(row[0]): PathRow(*row[1:]) for row in rows}

    def set_path(
        self,
        path: str,
        stat: tuple[int, int, int, int],
        *,
        blob_id: int | None,
        reason: str | None,
        words: Iterable[tuple[str, int]] = (),
    ) -> None:
        """Point a path at a blob, or say why it is not indexed."""
        name = os.fsencode(path)
        updated = self._connection.execute(
            "UPDATE path SET blob_id = ?, reason = ?, size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?"
            " WHERE path = ? RETURNING id",
            (blob_id, reason, *stat, name),
        ).fetchone()
        if updated is None:
            cursor = self._connection.execute(
                "INSERT INTO path (path, blob_id, reason, size, mtime_ns, ctime_ns, inode) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (name, blob_id, reason, *stat),
            )
            path_id = cursor.lastrowid
        else:
            path_id = updated[0]
            self._connection.execute("DELETE FROM path_word WHERE path_id = ?", (path_id,))
        if blob_id is not None:
            self._connection.executemany(
                "INSERT OR IGNORE INTO path_word VALUES (?, ?, ?)", [(word, path_id, place) for word, place in words]
            )

    def remove_paths(self, paths: Collection[str]) -> None:
        for path in paths:
            row = self._connection.execute("DELETE FROM path WHERE path = ? RETURNING id", (os.fsencode(path),))
            for (path_id,) in row.fetchall():
                self._connection.execute("DELETE FROM path_word WHERE path_id = ?", (path_id,))

    def replace_name_skips(self, skipped: Sequence[SkippedFile], rules: bytes) -> None:
        """Remember what a scan left out by its name alone (`path` rows hold those left out by their content)."""
        self._set_meta("skipped", _encoded_skips(skipped))
        self._set_meta("rules", rules.hex())

    def name_skips_differ(self, skipped: Sequence[SkippedFile], rules: bytes) -> bool:
        """Whether a scan left out other files than the last one did, or by other rules."""
        return self.meta("skipped") != _encoded_skips(skipped) or self.meta("rules") != rules.hex()

    def skipped(self) -> tuple[SkippedFile, ...]:
        """All that is not indexed, in path order."""
        named = [SkippedFile(path, reason) for path, reason in json.loads(self.meta("skipped") or "[]")]
        rows = self._all("SELECT path, reason FROM path WHERE reason IS NOT NULL")
        read = [SkippedFile(os.fsdecode(path), reason) for path, reason in rows]
        return tuple(sorted([*named, *read], key=lambda file: file.path))

    # -- blobs --------------------------------------------------------------------------------------------------

    def blob_id(self, content_hash: bytes, language: str) -> int | None:
        row = self._one("SELECT id FROM blob WHERE hash = ? AND language = ?", (content_hash, language))
        return None if row is None else int(row[0])

    def add_blob(
        self, content_hash: bytes, language: str, size: int, analyzed: AnalyzedFile, model_id: int
    ) -> tuple[int, list[int], int]:
        """Store a blob with its chunks, symbols and vectors.

        Returns:
            Its id, the ids of its chunks in order, and how many vectors were new.
        """
        blob_id = self._connection.execute(
            "INSERT INTO blob (hash, language, size, problems, orphaned_at) VALUES (?, ?, ?, ?, 0)",
            (content_hash, language, size, "\n".join(analyzed.problems)),
        ).lastrowid
        assert blob_id is not None
        self._connection.execute("INSERT INTO content VALUES (?, ?)", (blob_id, analyzed.content))
        chunk_ids = self._add_chunks(blob_id, analyzed)
        self._add_symbols(blob_id, analyzed, chunk_ids)
        rows = [(c.text_hash, model_id, c.vector) for c in analyzed.chunks if c.vector]
        before = self._connection.total_changes
        self._connection.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?, ?)", rows)
        return blob_id, chunk_ids, self._connection.total_changes - before

    def _add_chunks(self, blob_id: int, analyzed: AnalyzedFile) -> list[int]:
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunk'").fetchone()
        first = (row[0] if row else 0) + 1
        self._connection.executemany(
            "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    first + place, blob_id, c.start_byte, c.end_byte, c.start_line, c.end_line, c.kind, c.symbol,
                    c.signature, c.header, "\n".join(c.defines), "\n".join(c.references), analyzed.chunks[place].text_hash,
                )
                for place, c in enumerate(item.chunk for item in analyzed.chunks)
            ],
        )  # fmt: skip
        return list(range(first, first + len(analyzed.chunks)))

    def _add_symbols(self, blob_id: int, analyzed: AnalyzedFile, chunk_ids: list[int]) -> None:
        if not chunk_ids:
            return
        rows: list[tuple[Any, ...]] = []
        place, ends = 0, [item.chunk.end_line for item in analyzed.chunks]
        for s in sorted(analyzed.symbols, key=lambda symbol: symbol.start_line):
            while place + 1 < len(ends) and ends[place] <= s.start_line:
                place += 1
            rows.append(
                (chunk_ids[place], blob_id, s.name.lower(), s.name, s.path, s.kind, s.signature, s.doc,
                 s.start_line, s.end_line)
            )  # fmt: skip
        self._connection.executemany("INSERT INTO symbol VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def settle(self, blob_ids: Collection[int], now: float) -> None:
        """Of these blobs, mark those that lost their last path and welcome back those that gained one.

        Each changed blob is pending for the lexical index until `clear_pending`.
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

    def has_garbage(self, older_than: float) -> bool:
        """Whether there is a blob that has had no path since before `older_than`."""
        return self._one("SELECT 1 FROM blob WHERE orphaned_at < ? LIMIT 1", (older_than,)) is not None

    def collect_garbage(self, older_than: float) -> int:
        """Drop blobs without a path since before `older_than`, and vectors no chunk needs; returns blobs dropped."""
        doomed = [row[0] for row in self._all("SELECT id FROM blob WHERE orphaned_at < ?", (older_than,))]
        for blob_id in doomed:
            for statement in (
                "DELETE FROM chunk WHERE blob_id = ?",
                "DELETE FROM symbol WHERE blob_id = ?",
                "DELETE FROM content WHERE blob_id = ?",
                "INSERT OR REPLACE INTO pending VALUES (?, 0)",
                "DELETE FROM blob WHERE id = ?",
            ):
                self._connection.execute(statement, (blob_id,))
        if doomed:
            self._connection.execute(
                "DELETE FROM vector WHERE text_hash NOT IN (SELECT text_hash FROM chunk)"
            )
        return len(doomed)

    def clear_workspace(self) -> None:
        """Forget paths, blobs and chunks but keep vectors: after a change of features they are mostly right."""
        for table in ("path_word", "path", "symbol", "chunk", "content", "blob", "pending"):
            self._connection.execute(f"DELETE FROM {table}")

    # -- pending for the lexical index --------------------------------------------------------------------------

    def pending(self) -> list[tuple[int, bool]]:
        """Blobs that the lexical index has yet to add (True) or to drop (False)."""
        return [(blob_id, bool(added)) for blob_id, added in self._all("SELECT blob_id, added FROM pending")]

    def clear_pending(self) -> None:
        with self._words():
            self._connection.execute("DELETE FROM pending")

    def live_blobs(self) -> list[int]:
        return [row[0] for row in self._all("SELECT id FROM blob WHERE orphaned_at IS NULL")]

    def blob_chunks(self, blob_id: int) -> list[tuple[int, int, int, str, str, str, str]]:
        """`(id, start_byte, end_byte, symbol, header, defines, refs)` of each chunk, in order."""
        return self._all(
            "SELECT id, start_byte, end_byte, symbol, header, defines, refs FROM chunk WHERE blob_id = ? ORDER BY id",
            (blob_id,),
        )

    # -- reading chunks -----------------------------------------------------------------------------------------

    def counts(self) -> tuple[int, int]:
        """Indexed paths, and chunks of them (a blob under two paths counts once)."""
        files = self._one("SELECT count(*) FROM path WHERE blob_id IS NOT NULL")
        chunks = self._one("SELECT count(*) FROM chunk c JOIN blob b ON b.id = c.blob_id WHERE b.orphaned_at IS NULL")
        assert files is not None and chunks is not None
        return int(files[0]), int(chunks[0])

    def chunk_rows(self, chunk_ids: Collection[int]) -> list[ChunkRow]:
        """Rows of those chunks that belong to a path now."""
        rows = self._all(
            f"SELECT {_CHUNK_COLUMNS} FROM json_each(?) j JOIN chunk c ON c.id = j.value"
            " JOIN blob b ON b.id = c.blob_id WHERE b.orphaned_at IS NULL",
            (json.dumps(list(chunk_ids)),),
        )
        return [ChunkRow(*row) for row in rows]

    def live_chunk_ids(self) -> list[int]:
        rows = self._all(
            "SELECT c.id FROM blob b JOIN chunk c ON c.blob_id = b.id WHERE b.orphaned_at IS NULL ORDER BY c.id"
        )
        return [row[0] for row in rows]

    def chunk_ids_of_blobs(self, blob_ids: Collection[int]) -> list[int]:
        rows = self._all(
            "SELECT c.id FROM json_each(?) j JOIN chunk c ON c.blob_id = j.value", (json.dumps(list(blob_ids)),)
        )
        return [row[0] for row in rows]

    def paths_of_blobs(self, blob_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
        """`(path id, path)` of every path of each blob, in path order."""
        found: dict[int, list[tuple[int, str]]] = {}
        rows = self._all(
            "SELECT p.blob_id, p.id, p.path FROM json_each(?) j JOIN path p ON p.blob_id = j.value ORDER BY p.path",
            (json.dumps(list(blob_ids)),),
        )
        for blob_id, path_id, path in rows:
            found.setdefault(blob_id, []).append((path_id, os.fsdecode(path)))
        return found

    def blob_places(self) -> list[tuple[int, str, str]]:
        """`(blob id, path, language)` of every indexed path."""
        rows = self._all("SELECT b.id, p.path, b.language FROM path p JOIN blob b ON b.id = p.blob_id")
        return [(blob_id, os.fsdecode(path), language) for blob_id, path, language in rows]

    def content(self, blob_id: int) -> bytes:
        """The bytes that a blob's chunks are cut from.

        Raises:
            IndexDamagedError: The bytes stored don't unpack, or not to their size.
        """
        row = self._one("SELECT data, size FROM content JOIN blob ON id = blob_id WHERE id = ?", (blob_id,))
        try:
            data = zlib.decompress(row[0]) if row else b""
        except zlib.error as error:
            raise IndexDamagedError(f"the index in {self.directory} is damaged: blob {blob_id}: {error}") from error
        if row is None or len(data) != row[1]:
            raise IndexDamagedError(f"the index in {self.directory} is damaged: blob {blob_id} has another size")
        return data

    def blob_of_path(self, path: str) -> int | None:
        row = self._one("SELECT blob_id FROM path WHERE path = ?", (os.fsencode(path),))
        return None if row is None or row[0] is None else int(row[0])

    # -- names and words ----------------------------------------------------------------------------------------

    def symbols_of_blob(self, blob_id: int) -> list[Symbol]:
        rows = self._all(
            "SELECT name, path, kind, signature, doc, start_line, end_line FROM symbol WHERE blob_id = ?"
            " ORDER BY start_line, end_line DESC",
            (blob_id,),
        )
        return [Symbol(*row) for row in rows]

    def chunks_defining(self, folded_names: Collection[str], limit: int) -> list[tuple[int, str, str]]:
        """`(chunk id, folded name, symbol path)` of live definitions with one of these names."""
        return self._all(
            "SELECT s.chunk_id, s.folded, s.path FROM json_each(?) j JOIN symbol s ON s.folded = j.value"
            " JOIN blob b ON b.id = s.blob_id WHERE b.orphaned_at IS NULL LIMIT ?",
            (json.dumps(list(folded_names)), limit),
        )

    def path_words_with_prefix(self, prefix: str, limit: int) -> list[PathWordMatch]:
        """Path words that begin with `prefix`, at most `limit` of them."""
        rows = self._all(
            "SELECT path_id, word, place FROM path_word WHERE word >= ? AND word < ? LIMIT ?",
            (prefix, prefix + "\U0010ffff", limit),
        )
        return [PathWordMatch(*row) for row in rows]

    def blobs_of_path_ids(self, path_ids: Collection[int]) -> dict[int, int]:
        """Blob of each path, by path id."""
        rows = self._all(
            "SELECT p.id, p.blob_id FROM json_each(?) j JOIN path p ON p.id = j.value WHERE p.blob_id IS NOT NULL",
            (json.dumps(list(path_ids)),),
        )
        return dict(rows)

    # -- vectors ------------------------------------------------------------------------------------------------

    def model_id(self, fingerprint: str, dimension: int) -> int:
        """The number of a model, given when it is first seen."""
        if fingerprint not in self._models:
            with self._words():
                self._connection.execute(
                    "INSERT OR IGNORE INTO model (fingerprint, dimension) VALUES (?, ?)", (fingerprint, dimension)
                )
            row = self._one("SELECT id FROM model WHERE fingerprint = ?", (fingerprint,))
            assert row is not None
            self._models[fingerprint] = int(row[0])
        return self._models[fingerprint]

    def add_vectors(self, model_id: int, rows: Iterable[tuple[bytes, bytes]]) -> int:
        """Store `(text hash, float16 bytes)`; returns how many were new."""
        before = self._connection.total_changes
        self._connection.executemany(
            "INSERT OR IGNORE INTO vector VALUES (?, ?, ?)", [(text_hash, model_id, data) for text_hash, data in rows]
        )
        return self._connection.total_changes - before

    def text_hashes_of_blob(self, blob_id: int, model_id: int) -> list[bytes]:
        """Retrieval texts of a blob that have a vector of this model."""
        rows = self._all(
            "SELECT c.text_hash FROM chunk c JOIN vector v ON v.text_hash = c.text_hash AND v.model_id = ?"
            " WHERE c.blob_id = ?",
            (model_id, blob_id),
        )
        return [row[0] for row in rows]

    def chunks_without_vector(self, model_id: int) -> dict[int, list[int]]:
        """Live chunks that this model has not embedded, by blob."""
        rows = self._all(
            "SELECT c.blob_id, c.id FROM blob b JOIN chunk c ON c.blob_id = b.id WHERE b.orphaned_at IS NULL AND NOT"
            " EXISTS (SELECT 1 FROM vector v WHERE v.text_hash = c.text_hash AND v.model_id = ?)",
            (model_id,),
        )
        found: dict[int, list[int]] = {}
        for blob_id, chunk_id in rows:
            found.setdefault(blob_id, []).append(chunk_id)
        return found

    def chunk_text_hash(self, chunk_id: int) -> bytes:
        row = self._one("SELECT text_hash FROM chunk WHERE id = ?", (chunk_id,))
        assert row is not None
        return bytes(row[0])

    def vectors(self, chunk_ids: Sequence[int], model_id: int) -> Iterator[tuple[int, bytes]]:
        """`(chunk id, float16 bytes)` of those chunks that have a vector of this model."""
        with self._words():
            yield from self._connection.execute(
                "SELECT c.id, v.data FROM json_each(?) j JOIN chunk c ON c.id = j.value"
                " JOIN vector v ON v.text_hash = c.text_hash AND v.model_id = ?",
                (json.dumps(list(chunk_ids)), model_id),
            )

    # -- helpers ------------------------------------------------------------------------------------------------

    def _words(self) -> contextlib.AbstractContextManager[None]:
        return sqlite_errors_in_words(self.directory / DATABASE_NAME)

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        with self._words():
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
            return row

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._words():
            return self._connection.execute(sql, values).fetchall()


def _encoded_skips(skipped: Sequence[SkippedFile]) -> str:
    return json.dumps([[file.path, file.reason] for file in skipped])
