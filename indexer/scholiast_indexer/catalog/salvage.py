"""Takes vectors over from a database that is given up. Must not know why it is."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from scholiast_indexer.catalog.catalog import Catalog
from scholiast_indexer.catalog.checksums import vector_checksum

_ROWS_PER_TRANSACTION = 2_000


def salvage_vectors(damaged: Path, catalog: Catalog) -> int:
    """Copy vectors whose checksums hold, as far as the old database can be read; returns how many."""
    try:
        old = sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return 0
    salvaged = 0
    with contextlib.closing(old):
        for model_id, fingerprint, dimension in _models(old):
            good = _good_vectors(old, model_id, dimension)
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


def _good_vectors(old: sqlite3.Connection, model_id: int, dimension: int) -> Iterator[tuple[bytes, bytes]]:
    """`(text hash, float16 bytes)`, up to the first place that SQLite can't read."""
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):  # the rest is lost, and embedded again
        statement = "SELECT text_hash, checksum, data FROM vector WHERE model_id = ?"
        for text_hash, checksum, data in old.execute(statement, (model_id,)):
            fits = isinstance(text_hash, bytes) and isinstance(data, bytes) and len(data) == dimension * 2
            if fits and vector_checksum(text_hash, model_id, data) == checksum:
                yield text_hash, data
