"""Gives the system memory that this process has freed. Must not know whose it was.

glibc keeps what is freed in an arena a thread, and each writer of tantivy begins threads: after forty updates of one
file that was 65 MB at 100,000 chunks. Other systems' allocators give it back themselves.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import lru_cache


def give_back_memory() -> None:
    """Takes some 2 ms at 300 MB, where there is a way at all."""
    trim = _trim()
    if trim is not None:
        trim(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    return found
