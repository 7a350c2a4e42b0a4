"""One SQLite connection as Scholiast uses it: settings, versions, and SQLite's errors in words.

Must not know tables beyond `meta`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from scholiast_indexer.catalog.schema import FORMAT_VERSION, TABLES
from scholiast_indexer.errors import IndexBusyError, IndexDamagedError, IndexVersionError, StorageError
from scholiast_indexer.limits import DATABASE_CACHE_KIB

DATABASE_NAME = "index.db"
_BUSY_WAIT_S = 30.0
_DAMAGE = ("malformed", "not a database", "disk i/o error", "unsupported file format")
_FULL = ("disk is full", "disk full", "unable to open", "readonly", "read-only", "no space")


@contextlib.contextmanager
def sqlite_errors_in_words(database: Path) -> Iterator[None]:
    """Turn SQLite's errors into the indexer's own.

    Raises:
        IndexDamagedError: The file's bytes are wrong.
        StorageError: The disk is full or does not let us write.
        IndexBusyError: Another process held the database for too long.
    """
    try:
        yield
    except sqlite3.Error as error:
        said = str(error).lower()
        if any(sign in said for sign in _FULL):
            raise StorageError(
                f"the index can't be written at {database.parent}: {error}. "
                "Free some disk space, or move the index with SCHOLIAST_INDEX_DIR. Nothing indexed so far is lost."
            ) from error
        if "locked" in said or "busy" in said:
            raise IndexBusyError(
                f"another process is using the index at {database.parent}. Try again when it is done."
            ) from error
        if isinstance(error, sqlite3.DatabaseError) and _means_damage(error, said):
            raise IndexDamagedError(f"the index at {database} is damaged: {error}") from error
        raise


def _means_damage(error: sqlite3.Error, said: str) -> bool:
    missing = isinstance(error, sqlite3.OperationalError) and said.startswith(("no such table", "no such column"))
    return missing or any(sign in said for sign in _DAMAGE) or type(error) is sqlite3.DatabaseError


def connect(database: Path, *, create: bool) -> sqlite3.Connection:
    """Open the database, laying out its tables when it is new.

    Raises:
        IndexVersionError: A newer version wrote it.
        IndexDamagedError: It is not a database, or its tables are missing.
        StorageError: It can't be created or written here.
    """
    with sqlite_errors_in_words(database):
        mode = "rwc" if create else "rw"
        location = f"{database.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(
            location, uri=True, timeout=_BUSY_WAIT_S, isolation_level=None, check_same_thread=False
        )
    try:
        with sqlite_errors_in_words(database):
            _prepare(connection, database, create=create)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, database: Path, *, create: bool) -> None:
    connection.execute("PRAGMA busy_timeout = 30000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{DATABASE_CACHE_KIB}")
    connection.execute("PRAGMA temp_store = MEMORY")
    if create and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        connection.execute("BEGIN IMMEDIATE")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('format_version', ?)", (FORMAT_VERSION,))
        connection.execute("COMMIT")
    row = connection.execute("SELECT value FROM meta WHERE key = 'format_version'").fetchone()
    if row is None or not isinstance(row[0], int):
        raise IndexDamagedError(f"the index at {database} is damaged: it does not say its version")
    if row[0] > FORMAT_VERSION:
        raise IndexVersionError(
            f"the index was written by a newer version (format {row[0]}; this one reads {FORMAT_VERSION}). "
            "It is untouched.\n  Upgrade Scholiast, or build a fresh one: scholiast reset"
        )
    if row[0] < FORMAT_VERSION:
        raise IndexDamagedError(f"the index at {database} has the old format {row[0]}")


def quick_check(connection: sqlite3.Connection) -> str | None:
    """What SQLite finds wrong with the file's structure, or None. Reads the whole database."""
    said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    return None if said == "ok" else said
