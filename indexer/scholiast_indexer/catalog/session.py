"""One open connection: transactions, snapshots, values about the index. Must not know the other tables."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scholiast_indexer.catalog.database import DATABASE_NAME, broken_text_in_words, sqlite_errors_in_words
from scholiast_indexer.catalog.memory import Memory
from scholiast_indexer.errors import IndexDamagedError


class Session:
    """What every group of tables builds on. Not for several threads at once: callers hold a lock.

    Writes happen inside `transaction()`; a process killed in the middle of one leaves the state before it.
    """

    def __init__(self, directory: Path, connection: sqlite3.Connection) -> None:
        self.directory = directory
        self._file = directory / DATABASE_NAME
        self._connection = connection
        self._memory = Memory()
        self._reads_one_generation = False
        """Whether what is remembered of the present generation is what a statement would give."""

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def transaction(self, *, of_workspace: bool = True) -> Iterator[None]:
        """All writes inside happen or none does; the generation grows by one.

        Args:
            of_workspace: Whether they say something of the workspace. What does not, such as vectors of a model that
                follows behind, leaves the generation as it is: nothing that was built from it has to be looked at.
        """
        with self._words(), broken_text_in_words(self._file):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                if of_workspace:
                    self._set_meta("generation", self.generation + 1)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside comes from one state, whatever other connections write meanwhile."""
        with self._words():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                self._memory.turn_to(self.generation)  # the first thing read, so the snapshot is of this generation
                self._reads_one_generation = True
                yield
            finally:
                self._reads_one_generation = False
                if self._connection.in_transaction:  # SQLite ends it itself after some errors
                    self._connection.execute("COMMIT")

    # -- meta ---------------------------------------------------------------------------------------------------

    @property
    def generation(self) -> int:
        """Grows with every write; what is built from the catalog carries the generation it was built from."""
        value = self.meta("generation") or 0
        if not isinstance(value, int):
            raise self._damaged("its generation is not a number")
        return value

    @property
    def identity(self) -> str:
        """Random text that no other database has, copies included."""
        return str(self.meta("identity"))

    def meta(self, key: str) -> Any:
        row = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else row[0]

    def set_meta(self, key: str, value: str | float | None) -> None:
        """Set a value outside the generation count: it describes the index, not the workspace."""
        with self._words():
            self._set_meta(key, value)

    def _set_meta(self, key: str, value: str | float | None) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # -- statements ---------------------------------------------------------------------------------------------

    def _next_id(self, table: str) -> int:
        """An id that the table never gave before; the caller inserts it in the same transaction."""
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        if row is not None and not isinstance(row[0], int):
            raise self._damaged(f"the last id of {table} is not a number")
        return (row[0] if row else 0) + 1

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        with self._words(), broken_text_in_words(self._file):
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
            return row

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._words(), broken_text_in_words(self._file):
            return self._connection.execute(sql, values).fetchall()

    def _typed(self, rows: list[tuple[Any, ...]], *kinds: type) -> list[tuple[Any, ...]]:
        """The rows, each value of its column's type: one that was changed may hold anything, and no checksum tells.

        Raises:
            IndexDamagedError: A value is of another type.
        """
        if any(tuple(map(type, row)) != kinds for row in rows):
            raise self._damaged("a value is of another type than its column")
        return rows

    def _words(self) -> contextlib.AbstractContextManager[None]:
        return sqlite_errors_in_words(self._file)

    def _damaged(self, what: str) -> IndexDamagedError:
        return IndexDamagedError(f"the index at {self._file} is damaged: {what}")
