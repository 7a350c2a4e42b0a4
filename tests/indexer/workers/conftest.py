"""Embedders that worker processes make, and that misbehave as a text tells them to."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Sequence

import numpy as np

from scholiast_indexer.embedding import Vectors
from scholiast_indexer.embedding.static import StaticEmbedder

HERE = "tests.indexer.workers.conftest"


class Misbehaving(StaticEmbedder):
    """Stands in for a parser: it crashes or hangs the process it runs in."""

    documents_from_terms = None  # type: ignore[assignment]  # it wants to read the texts

    def documents(self, texts: Sequence[str]) -> Vectors:
        for text in texts:
            if "PRINT" in text:
                print("a library that prints")
                os.write(1, b"straight to the descriptor\n")
            if "KILL" in text:
                os.kill(os.getpid(), signal.SIGKILL)
            if "SEGFAULT" in text:
                ctypes.string_at(0)
            if "EXIT" in text:
                os._exit(0)
            if "HANG" in text:
                time.sleep(3600)
            if "HOLD" in text:
                hold_the_lock()
            if "RAISE" in text:
                raise RuntimeError("out of memory")
            if "NAN" in text:
                return np.full((len(texts), self.dimension), np.nan, np.float32)
        return StaticEmbedder.documents_from_terms(self, [text.split() for text in texts])


def hold_the_lock() -> None:
    """Hang in C without giving Python's global lock back, as a parser would."""
    ctypes.PyDLL(None).sleep(3600)


def deadly() -> StaticEmbedder:
    """A factory that takes its process down."""
    os.abort()


def unmakeable() -> StaticEmbedder:
    raise FileNotFoundError("no model here")
