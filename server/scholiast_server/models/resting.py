"""A pause after a failure, in which the same is refused at once: nobody should wait for the same failure again."""

from __future__ import annotations

import threading
import time

from scholiast_indexer.errors import EmbedderError

REST_S = 30.0
"""How long it is, where nothing else is said."""


class Rest:
    """Of one embedder, for any threads."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._until_s = 0.0
        self._failure = ""

    def begin(self, failure: str, seconds: float | None = None) -> None:
        """Refuse, with this message, for so long; for `REST_S` where nothing else is said."""
        with self._changing:
            self._until_s, self._failure = time.monotonic() + (REST_S if seconds is None else seconds), failure

    def end(self) -> None:
        """Refuse nothing any more."""
        self.begin("", 0)

    def check(self) -> None:
        """Raises EmbedderError during the pause."""
        with self._changing:
            if time.monotonic() < self._until_s:
                raise EmbedderError(self._failure)
