"""Files that can't be written, told in words the user can act on. Must not know what is in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from scholiast_indexer.errors import StorageError


def unwritable(directory: Path, error: BaseException) -> StorageError:
    """The error to raise when the index can't be written where it lies."""
    way_out = "Free some disk space"
    if (directory / "index.db").is_dir():
        way_out = f"{directory / 'index.db'} is a folder: delete it"
    elif isinstance(error, FileNotFoundError):
        way_out = f"Make the folder {directory.parent}"
    elif isinstance(error, PermissionError):
        way_out = f"Check the permissions of {directory}"
    return StorageError(
        f"the index can't be written at {directory}: {error}. "
        f"{way_out}, or move the index with SCHOLIAST_INDEX_DIR. Nothing indexed so far is lost."
    )


@contextlib.contextmanager
def os_errors_in_words(directory: Path) -> Iterator[None]:
    """Turn the system's errors into the indexer's own.

    Raises:
        StorageError: The disk is full, or does not let us write.
    """
    try:
        yield
    except OSError as error:
        raise unwritable(directory, error) from error
