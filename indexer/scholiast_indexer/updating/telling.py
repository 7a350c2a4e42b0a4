"""What an update tells about how far it is. Must not know what it does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from scholiast_indexer.types import Progress

ProgressCallback = Callable[[Progress], None]
Stage = Literal["scanning", "reading", "embedding", "linking", "finishing"]

_INTERVAL_S = 0.1


class Teller:
    """Counts, and calls back at most some ten times a second. An exception of the callback ends the update."""

    def __init__(self, callback: ProgressCallback | None) -> None:
        self._callback = callback
        self._started = time.monotonic()
        self._told_at = 0.0
        self.files = 0
        self.files_done = 0
        self.chunks = 0

    @property
    def seconds(self) -> float:
        """Since the update began."""
        return time.monotonic() - self._started

    def stage(self, stage: Stage) -> None:
        """Tell that a stage begins."""
        self._tell(stage, self.files_done, self.files)

    def reading(self) -> None:
        """Tell, when it is time to, how many files are read."""
        if time.monotonic() - self._told_at >= _INTERVAL_S:
            self._tell("reading", self.files_done, self.files)

    def embedding(self, done: int, total: int) -> None:
        """Tell, when it is time to, how many chunks are embedded."""
        if time.monotonic() - self._told_at >= _INTERVAL_S:
            self._tell("embedding", done, total)

    def _tell(self, stage: Stage, done: int, total: int) -> None:
        if self._callback is not None:
            self._told_at = time.monotonic()
            self._callback(Progress(stage, done, total, self.chunks, self.seconds))
