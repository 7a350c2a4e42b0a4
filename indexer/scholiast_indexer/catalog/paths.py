"""Paths of the workspace: what each points at, or why it is not indexed. Must not know the file system."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from scholiast_indexer.catalog.checksums import row_checksum
from scholiast_indexer.catalog.memory import WordValue
from scholiast_indexer.catalog.rows import FileState, PathRow
from scholiast_indexer.catalog.session import Session
from scholiast_indexer.text import path_words
from scholiast_indexer.types import SkippedFile

_COLUMNS = "id, path, blob_id, reason, size, mtime_ns, ctime_ns, inode, checksum"

_PLACES = range(3)  # of `path_words`


class PathTables(Session):
    """The tables `path` and `path_word`, and what a scan left out by name."""

    def paths(self, only: Collection[str] | None = None) -> dict[str, PathRow]:
        """Paths of the workspace by name: all, or `only` these and what lies below them."""
        if only is None:
            return dict(map(self._path_row, self._all(f"SELECT {_COLUMNS} FROM path")))
        found: dict[str, PathRow] = {}
        for name in map(encoded_path, only):
            rows = self._all(
                f"SELECT {_COLUMNS} FROM path WHERE path = ? OR (path > ? AND path < ?)",
                (name, name + b"/", name + b"0"),  # "0" comes right after "/"
            )
            found.update(map(self._path_row, rows))
        return found

    def set_path(self, path: str, state: FileState, *, blob_id: int | None, reason: str | None) -> None:
        """Point a path at a blob, or say why it is not indexed."""
        name = encoded_path(path)
        known = self._connection.execute("SELECT id, blob_id FROM path WHERE path = ?", (name,)).fetchone()
        path_id = self._next_id("path") if known is None else known[0]
        values = (path_id, name, blob_id, reason, *state)
        row = (*values, row_checksum(values))
        if known is None:
            self._connection.execute("INSERT INTO path VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        else:
            self._connection.execute(
                "UPDATE path SET blob_id = ?, reason = ?, size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?,"
                " checksum = ? WHERE id = ?",
                (*row[2:], path_id),
            )
        had_words, has_words = known is not None and known[1] is not None, blob_id is not None
        if has_words and not had_words:
            self._connection.executemany("INSERT OR IGNORE INTO path_word VALUES (?, ?, ?)", _word_rows(path, path_id))
        elif had_words and not has_words:
            self._drop_words(path, path_id)

    def remove_paths(self, paths: Collection[str]) -> None:
        for name in map(encoded_path, paths):
            gone = self._connection.execute("DELETE FROM path WHERE path = ? RETURNING id", (name,)).fetchall()
            for (path_id,) in gone:
                self._drop_words(decoded_path(name), path_id)

    def _drop_words(self, path: str, path_id: int) -> None:
        self._connection.executemany(
            "DELETE FROM path_word WHERE word = ? AND path_id = ? AND place = ?", _word_rows(path, path_id)
        )

    def blob_of_path(self, path: str) -> int | None:
        """The blob that a path points at; None for a path that is not indexed."""
        rows = self._all(f"SELECT {_COLUMNS} FROM path WHERE path = ?", (encoded_path(path),))
        return self._path_row(rows[0])[1].blob_id if rows else None

    def paths_of_blobs(self, blob_ids: Collection[int], *, checked: bool = True) -> dict[int, list[str]]:
        """Every path of each blob, in path order.

        Args:
            blob_ids: Whose.
            checked: Hold each row against its checksum; not for candidates, of which few are shown.
        """
        if not self._reads_one_generation:
            return self._read_paths(blob_ids, checked=checked)
        memory = self._memory.checked_paths if checked else self._memory.paths
        found = {blob_id: paths for blob_id in blob_ids if (paths := memory.get(blob_id)) is not None}
        missing = [blob_id for blob_id in blob_ids if blob_id not in found]
        if missing:
            fresh = self._read_paths(missing, checked=checked)
            for blob_id in missing:
                memory.put(blob_id, fresh.get(blob_id, []))
            found.update(fresh)
        return {blob_id: paths for blob_id, paths in found.items() if paths}

    def _read_paths(self, blob_ids: Collection[int], *, checked: bool) -> dict[int, list[str]]:
        columns = ", ".join(f"p.{name}" for name in _COLUMNS.split(", ")) if checked else "p.blob_id, p.path"
        rows = self._all(
            f"SELECT {columns} FROM json_each(?) j JOIN path p ON p.blob_id = j.value",
            (json.dumps(list(blob_ids)),),
        )
        if checked:
            pairs = [(row.blob_id, path) for path, row in map(self._path_row, rows) if row.blob_id is not None]
        else:
            pairs = [(blob_id, decoded_path(path)) for blob_id, path in rows]
        found: dict[int, list[str]] = {}
        for blob_id, path in sorted(pairs):
            found.setdefault(blob_id, []).append(path)
        return found

    def _path_row(self, row: tuple[Any, ...]) -> tuple[str, PathRow]:
        *values, checksum = row
        if row_checksum(values) != checksum:
            raise self._damaged(f"the row of path {row[0]} has changed")
        return decoded_path(row[1]), PathRow(row[0], *row[2:-1])

    # -- words of paths -----------------------------------------------------------------------------------------

    def paths_with_word(self, prefix: str, limit: int, value: WordValue) -> dict[int, float]:
        """For each path with words that begin with `prefix`, the best value of them; none when `limit` words do.

        Args:
            prefix: What the words begin with.
            limit: Words of so many places are too common to be looked at.
            value: Of a word, by whether it is no longer than `prefix` and by its place. A constant: what it said is
                remembered.
        """
        key = (prefix, limit, value)
        found = self._memory.words.get(key) if self._reads_one_generation else None
        if found is None:
            rows = self._all(
                "SELECT path_id, word, place FROM path_word WHERE word >= ? AND word < ? LIMIT ?",
                (prefix, prefix + "\U0010ffff", limit),
            )
            found = {}
            for path_id, word, place in rows if len(rows) < limit else ():
                if not isinstance(path_id, int) or not isinstance(place, int) or place not in _PLACES:
                    raise self._damaged("the words of a path have changed")
                found[path_id] = max(found.get(path_id, 0.0), value(word == prefix, place))
            if self._reads_one_generation:
                self._memory.words.put(key, found)
        return found

    def blobs_of_path_ids(self, path_ids: Collection[int]) -> dict[int, int]:
        """Blob of each path, by path id."""
        rows = self._all(
            "SELECT p.id, p.blob_id FROM json_each(?) j JOIN path p ON p.id = j.value WHERE p.blob_id IS NOT NULL",
            (json.dumps(list(path_ids)),),
        )
        if any(blob_id < 0 for _, blob_id in self._typed(rows, int, int)):
            raise self._damaged("the row of a path has changed")
        return dict(rows)

    # -- what is left out ---------------------------------------------------------------------------------------

    def replace_name_skips(self, skipped: Sequence[SkippedFile], rules: bytes) -> None:
        """Remember what a scan left out by its name alone (`path` rows hold those left out by their content)."""
        self._set_meta("skipped", _encoded_skips(skipped))
        self._set_meta("rules", rules.hex())

    def name_skips_differ(self, skipped: Sequence[SkippedFile], rules: bytes) -> bool:
        """Whether a scan left out other files than the last one did, or by other rules."""
        return (self.meta("skipped"), self.meta("rules")) != (_encoded_skips(skipped), rules.hex())

    def skipped(self) -> tuple[SkippedFile, ...]:
        """All that is not indexed, in path order."""
        try:
            named = [SkippedFile(path, reason) for path, reason in json.loads(self.meta("skipped") or "[]")]
        except (TypeError, ValueError) as error:
            raise self._damaged("the list of skipped files has changed") from error
        rows = self._all("SELECT path, reason FROM path WHERE reason IS NOT NULL")
        read = [SkippedFile(decoded_path(path), reason) for path, reason in rows]
        return tuple(sorted([*named, *read], key=lambda file: file.path))


def _word_rows(path: str, path_id: int) -> list[tuple[str, int, int]]:
    return [(word, path_id, place) for word, place in path_words(path)]


def encoded_path(path: str) -> bytes:
    """The bytes of a path; any name a file system gives goes there and back."""
    return path.encode("utf-8", "surrogateescape")


def decoded_path(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _encoded_skips(skipped: Sequence[SkippedFile]) -> str:
    return json.dumps([[file.path, file.reason] for file in skipped])
