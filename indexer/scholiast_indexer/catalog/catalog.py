"""The catalog: all tables behind one connection. Must not know ranking, parsing or the file system."""

from __future__ import annotations

import uuid
from pathlib import Path

from scholiast_indexer.catalog import database
from scholiast_indexer.catalog.blobs import BlobTables
from scholiast_indexer.catalog.chunks import ChunkReader
from scholiast_indexer.catalog.integrity import Integrity
from scholiast_indexer.catalog.paths import PathTables
from scholiast_indexer.catalog.symbols import SymbolReader
from scholiast_indexer.catalog.vectors import VectorTables


class Catalog(PathTables, BlobTables, ChunkReader, SymbolReader, VectorTables, Integrity):
    """One open connection to the whole catalog. Not for several threads at once: callers hold a lock."""

    @classmethod
    def open(cls, directory: Path) -> Catalog:
        """Open the catalog that lies in `directory`. Raises as `database.connect` does."""
        return cls(directory, database.connect(directory / database.DATABASE_NAME))

    @classmethod
    def create(cls, directory: Path, seed: Path | None = None) -> None:
        """Make a catalog where none is, empty or as a copy of `seed`. Raises as `database.create` does."""
        path = directory / database.DATABASE_NAME
        database.create(path, seed, identity=uuid.uuid4().hex)
