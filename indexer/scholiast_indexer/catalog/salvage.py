"""Takes vectors over from a database that is given up. Must not know why it is."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from scholiast_indexer.catalog.catalog import Catalog
from scholiast_indexer.catalog.checksums import vector_checksum
from scholiast_indexer.catalog.schema import FORMAT_VERSION

_ROWS_PER_TRANSACTION = 2_000
PackedAgain = Callable[[bytes, int, int], bytes]
"""A vector as it is stored now, from its bytes, its dimension and the format of the index that it lay in; empty when it
is none."""


def salvage_vectors(damaged: Path, catalog: Catalog, packed_again: PackedAgain) -> int:
    """Copy vectors whose checksums hold, as far as the old database can be read; returns how many.

    Args:
        damaged: The old database.
        catalog: The new one.
        packed_again: Makes of a vector of the old database what is stored now.
    """
    try:
        old = sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return 0
    salvaged = 0
    with contextlib.closing(old):
        had = _format(old)
        for model_id, fingerprint, dimension in _models(old):
            packed = ((text, packed_again(data, dimension, had)) for text, data in _whole_vectors(old, model_id))
            good = ((text, data) for text, data in packed if data)
            new_id = catalog.register_model(fingerprint, dimension)
            while rows := list(islice(good, _ROWS_PER_TRANSACTION)):
                with catalog.transaction():
                    salvaged += catalog.add_vectors(new_id, rows)
    return salvaged


def _models(old: sqlite3.Connection) -> list[tuple[int, str, int]]:
    try:
        rows = old.execute("SELECT id, fingerprint, dimension FROM model").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):  # the latter for a broken name in SQLite's own message
        return []
    return [row for row in rows if tuple(map(type, row)) == (int, str, int)]


def _format(old: sqlite3.Connection) -> int:
    """The format that a database says it has; the present one where it does not."""
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
        row = old.execute("SELECT value FROM meta WHERE key = 'format_version'").fetchone()
        if row is not None and isinstance(row[0], int):
            return row[0]
    return FORMAT_VERSION


def _whole_vectors(old: sqlite3.Connection, model_id: int) -> Iterator[tuple[bytes, bytes]]:
    """Text hash and data of vectors that are as they were stored, up to the first place that SQLite can't read."""
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):  # the rest is lost, and embedded again
        statement = "SELECT text_hash, checksum, data FROM vector WHERE model_id = ?"
        for text_hash, checksum, data in old.execute(statement, (model_id,)):
            are_bytes = isinstance(text_hash, bytes) and isinstance(data, bytes)
            if are_bytes and vector_checksum(text_hash, model_id, data) == checksum:
                yield text_hash, data
