"""The lock that lets one process at a time write an index. Must not know what is written.

The system lets go of it when its process ends in whatever way, so there is nothing to clean up after a kill.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from scholiast_indexer.errors import IndexBusyError
from scholiast_indexer.limits import LOCK_WAIT_S
from scholiast_indexer.storage import os_errors_in_words

LOCK_NAME = "lock"
WAITING = "another process is updating this index; waiting for it"


class WriterLock:
    """The lock of the index in one folder. A thread that holds it may take it again; other threads wait."""

    def __init__(self, directory: Path, name: str = LOCK_NAME) -> None:
        from filelock import FileLock

        self._directory = directory
        self._lock = FileLock(directory / name)

    @contextlib.contextmanager
    def held(self, wait_s: float = LOCK_WAIT_S, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
        """Hold the lock.

        Args:
            wait_s: How long to wait for another process; 0 is not at all.
            on_wait: Told once when there is one to wait for.

        Raises:
            IndexBusyError: It could not be had in time.
            StorageError: The lock's file can't be made.
        """
        self._acquire(wait_s, on_wait)
        try:
            yield
        finally:
            self._lock.release()

    def _acquire(self, wait_s: float, on_wait: Callable[[str], None] | None) -> None:
        from filelock import Timeout

        with os_errors_in_words(self._directory):
            # FileLock would make all folders above as well, and so bring a deleted workspace back.
            self._directory.mkdir(exist_ok=True)
            try:
                self._lock.acquire(timeout=0)
                return
            except Timeout:  # a TimeoutError and so an OSError, but no trouble of the disk
                if wait_s <= 0:
                    raise busy(self._directory) from None
            if on_wait is not None:
                on_wait(WAITING)
            try:
                self._lock.acquire(timeout=wait_s)
            except Timeout:
                raise busy(self._directory, wait_s) from None


def busy(directory: Path, waited_s: float = 0.0) -> IndexBusyError:
    """The error to raise when another process, or another thread of this one, writes the index."""
    does = f"has been updating the index in {directory} for {waited_s:.0f} s"
    return IndexBusyError(
        f"another process {does if waited_s else f'is updating the index in {directory}'}. "
        "Wait for it or end it, then try again."
    )
