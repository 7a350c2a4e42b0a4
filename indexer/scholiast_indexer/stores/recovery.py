"""Making an index's files, and making them again when they are damaged. Must not know workspaces or searching.

The truth is in the files of the workspace; of what an index holds only vectors take long to make again, so these are
taken over from the old database as far as their checksums hold.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from scholiast_indexer.catalog import Catalog, database
from scholiast_indexer.catalog.salvage import salvage_vectors
from scholiast_indexer.errors import IndexDamagedError, ScholiastError
from scholiast_indexer.storage import os_errors_in_words
from scholiast_indexer.stores.writer_lock import WriterLock
from scholiast_indexer.vectors.caches import remove_cache_files
from scholiast_indexer.vectors.packing import packed_again

LEXICAL_NAME = "lexical"

Seeds = Callable[[], Iterable[Path]]
"""Gives folders of other indexes that a new one may begin as a copy of."""


def connect(directory: Path, lock: WriterLock, seeds: Seeds, notes: list[str]) -> tuple[Catalog, Catalog]:
    """Two connections, to write and to read by, to the catalog in `directory`, which is made when there is none.

    Args:
        directory: Where the index lies.
        lock: Its writer's lock, taken to make it.
        seeds: Asked when there is no catalog; the new one begins as a copy of the first good one.
        notes: Told what was done.

    Raises:
        IndexVersionError: A newer version wrote it.
        IndexDamagedError: `replace_damaged` is needed.
        StorageError: It can't be written.
    """
    path = directory / database.DATABASE_NAME
    if not path.exists():
        with lock.held():
            if not path.exists():  # no other process made it meanwhile
                _make(directory, seeds, notes)
    writer = Catalog.open(directory)
    try:
        return writer, Catalog.open(directory)
    except BaseException:
        writer.close()
        raise


def _make(directory: Path, seeds: Seeds, notes: list[str]) -> None:
    if (directory / LEXICAL_NAME).exists():
        notes.append("the database of the index was gone; it is built again from the files")
        remove_caches(directory)
    for seed in seeds():
        with contextlib.suppress(ScholiastError):  # damaged, of another version, busy: not needed
            Catalog.create(directory, seed / database.DATABASE_NAME)
            notes.append(f"the index began as a copy of the one in {seed}, a worktree of the same repository")
            return
    Catalog.create(directory)


def replace_damaged(directory: Path, error: IndexDamagedError, notes: list[str]) -> None:
    """Set a damaged database aside (one is kept, to look at), drop the caches, begin anew. Under the writer's lock."""
    notes.append(f"{error}; it was set aside and is built again from the files")
    with os_errors_in_words(directory):
        damaged = database.set_aside(directory / database.DATABASE_NAME)
        remove_caches(directory)
    Catalog.create(directory)
    catalog = Catalog.open(directory)
    try:
        salvage_vectors(damaged, catalog, packed_again)
    finally:
        catalog.close()


def remove_caches(directory: Path) -> None:
    """Delete what can be built again from the database."""
    shutil.rmtree(directory / LEXICAL_NAME, ignore_errors=True)
    remove_cache_files(directory)


def reset_index(directory: Path) -> None:
    """Delete an index with all that belongs to it, but for the lock, which others may wait for.

    Raises:
        IndexBusyError: Another process is writing it.
        StorageError: It can't be deleted.
    """
    with WriterLock(directory).held(wait_s=0.0), os_errors_in_words(directory):
        remove_caches(directory)
        for pattern in ("index.db*", "damaged-*"):
            for path in sorted(directory.glob(pattern), reverse=True):  # SQLite's logs before their database
                path.unlink(missing_ok=True)
