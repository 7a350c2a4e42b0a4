"""Scholiast's index of a codebase: files to chunks to vectors to hits. Knows no editor and no language model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from scholiast_indexer.embedding import Embedder
    from scholiast_indexer.index import Index

__all__ = ["__version__", "open_index"]

__version__ = "0.1.0"


def open_index(root: str | os.PathLike[str], embedder: Embedder | None = None) -> Index:
    """Open the index of the workspace at `root`, creating it when it is missing.

    Args:
        root: The workspace folder.
        embedder: What turns text into vectors; None is the model that ships with Scholiast.

    Raises:
        WorkspaceError: `root` is not a readable folder.
        IndexVersionError: A newer version wrote the index.
        StorageError: No place could be found in which to keep the index.
    """
    from scholiast_indexer.index import Index  # numpy and SQLite load only when an index is opened

    return Index.open(root, embedder=embedder)
