"""The database file as Scholiast uses it: made, opened, its versions, and SQLite's errors in words.

Must not know tables beyond `meta`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from scholiast_indexer.catalog.schema import FORMAT_VERSION, TABLES
from scholiast_indexer.errors import IndexBusyError, IndexDamagedError, IndexVersionError
from scholiast_indexer.limits import DATABASE_CACHE_KIB
from scholiast_indexer.storage import os_errors_in_words, unwritable

DATABASE_NAME = "index.db"
NEW_DATABASE_NAME = "index.db.new"
_BUSY_WAIT_S = 30.0
_FULL = ("disk is full", "disk full", "unable to open", "readonly", "read-only", "no space", "disk i/o error")
"""A full quota or a file size limit is told as "disk I/O error"; bytes missing from the file are not."""
_DAMAGED_OPERATIONS = (
    "no such table", "no such column", "could not decode", "malformed", "unsupported file format", "integer overflow",
)  # fmt: skip
"""What an OperationalError says of wrong bytes; its other reasons are mistakes in a statement."""


_MAGIC = b"SQLite format 3\x00"


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
    except sqlite3.DatabaseError as error:
        said = str(error).lower()
        if "readonly" in said and _header_says_read_only(database):
            raise IndexDamagedError(f"the index at {database} is damaged: its header says it is read-only") from error
        if any(sign in said for sign in _FULL):
            raise unwritable(database.parent, error) from error
        if "locked" in said or "busy" in said:
            raise IndexBusyError(
                f"another process is using the index at {database.parent}. Try again when it is done."
            ) from error
        if _means_damage(error, said):
            raise IndexDamagedError(f"the index at {database} is damaged: {error}") from error
        raise


@contextlib.contextmanager
def broken_text_in_words(database: Path) -> Iterator[None]:
    """For statements alone: text that is not UTF-8, in a row or in a name that SQLite's own message quotes.

    Raises:
        IndexDamagedError: There is such text.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        raise IndexDamagedError(f"the index at {database} is damaged: a text in it is not UTF-8") from error


def _means_damage(error: sqlite3.DatabaseError, said: str) -> bool:
    """No statement of ours breaks a constraint, so an IntegrityError too says that rows have changed."""
    if isinstance(error, sqlite3.OperationalError):
        return any(sign in said for sign in _DAMAGED_OPERATIONS)
    return not isinstance(error, (sqlite3.ProgrammingError, sqlite3.NotSupportedError))


def create(database: Path, seed: Path | None = None, *, identity: str) -> None:
    """Make the database, whole or not at all. The caller holds the writer's lock.

    Args:
        database: Where; nothing must be there.
        seed: A database of the same format to begin as a copy of.
        identity: Random text that sets it apart from every other, the seed included.

    Raises:
        StorageError: It can't be written here.
        IndexDamagedError: The seed can't be read.
    """
    new = database.with_name(NEW_DATABASE_NAME)
    with os_errors_in_words(database.parent), sqlite_errors_in_words(database):
        remove(new)
        connection = sqlite3.connect(new, isolation_level=None)
        try:
            if seed is None:
                _lay_out(connection)
            else:
                _copy(seed, connection)
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('identity', ?)", (identity,))
            connection.execute("PRAGMA journal_mode = WAL")  # kept in the file's header
        finally:
            connection.close()
        new.replace(database)


def _lay_out(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    for statement in TABLES.split(";\n"):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('format_version', ?)", (FORMAT_VERSION,))
    connection.execute("COMMIT")


def _copy(seed: Path, connection: sqlite3.Connection) -> None:
    source = connect(seed)
    try:
        source.backup(connection)  # one read transaction: a process that writes there meanwhile changes nothing
    finally:
        source.close()


def connect(database: Path) -> sqlite3.Connection:
    """Open a database that exists.

    Raises:
        IndexVersionError: A newer version wrote it.
        IndexDamagedError: It is not a database, its tables are not ours, or an older version wrote it.
        StorageError: It can't be opened here.
    """
    with os_errors_in_words(database.parent):
        database.stat()
    with sqlite_errors_in_words(database):
        connection = sqlite3.connect(
            f"{database.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_BUSY_WAIT_S,
            isolation_level=None,
            check_same_thread=False,
        )
    try:
        with sqlite_errors_in_words(database), broken_text_in_words(database):
            _check_versions(connection, database)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA cache_size = -{DATABASE_CACHE_KIB}")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA trusted_schema = OFF")  # a repository may bring an index along
    except BaseException:
        connection.close()
        raise
    return connection


def _header_says_read_only(database: Path) -> bool:
    """Whether one damaged byte makes SQLite say that the disk can't be written.

    Only after it said so: closing a file lets go of all locks that this process has on it, SQLite's too. Another
    process would then take itself for the last one, and delete the log that this one goes on writing to.

    Sources: https://www.sqlite.org/fileformat.html, 1.3.3: 1 or 2, and all higher ones are read-only;
    https://www.sqlite.org/howtocorrupt.html, 2.2.
    """
    try:
        with database.open("rb") as file:
            header = file.read(20)
    except OSError:
        return False
    return len(header) == 20 and header.startswith(_MAGIC) and header[18] not in (1, 2)


def _check_versions(connection: sqlite3.Connection, database: Path) -> None:
    """Whatever a newer version says it wrote is left alone, even if that is only a flipped bit."""
    layout = {row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    if not layout:
        raise IndexDamagedError(f"the index at {database} is damaged: it is empty")
    row = connection.execute("SELECT value FROM meta WHERE key = 'format_version'").fetchone()
    named = row[0] if row else None
    if not isinstance(named, int):
        raise IndexDamagedError(f"the index at {database} is damaged: it does not say its version")
    if named > FORMAT_VERSION:
        raise IndexVersionError(
            f"the index was written by a newer version (format {named}; this one reads {FORMAT_VERSION}). "
            "It is untouched.\n  Upgrade Scholiast, or build a fresh one: scholiast reset"
        )
    if named < FORMAT_VERSION:
        raise IndexDamagedError(f"the index at {database} has the old format {named}")
    if layout != _expected_layout():  # a table too few; or a trigger too many, in an index that someone else made
        raise IndexDamagedError(f"the index at {database} is damaged: its tables are not those of format {named}")


@lru_cache(maxsize=1)
def _expected_layout() -> frozenset[str]:
    """What SQLite keeps of the statements that made the tables."""
    scratch = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _lay_out(scratch)
        return frozenset(row[0] for row in scratch.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    finally:
        scratch.close()


def remove(database: Path) -> None:
    """Delete a database with what SQLite keeps beside it. The log first: alone it would be taken for a newer one's."""
    for end in ("-wal", "-shm", "-journal", ""):
        database.with_name(database.name + end).unlink(missing_ok=True)


def set_aside(database: Path) -> Path:
    """Move a database out of the way, keeping it to look at; returns where it lies now."""
    kept = database.with_name(f"damaged-{database.name}")
    remove(kept)
    for end in ("-wal", "-shm", ""):
        part = database.with_name(database.name + end)
        if part.exists():
            part.replace(kept.with_name(kept.name + end))
    return kept
