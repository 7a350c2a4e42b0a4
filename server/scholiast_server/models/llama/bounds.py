"""Bounds on time and memory for a program that came with a model: its chat template. Must not know templates.

They hold for the whole process, which is a worker: what goes over the one ends it, what goes over the other fails.
"""

from __future__ import annotations

import contextlib
import faulthandler
from collections.abc import Iterator
from pathlib import Path

TEMPLATE_MEMORY_BYTES_MAX = 256_000_000
"""More than a chat template may take while it lays out a prompt."""
TIMEOUT_MARK = b"Timeout ("
"""What faulthandler's last words begin with."""
_STDERR = 2


@contextlib.contextmanager
def bounded(seconds: float, memory_bytes: int = TEMPLATE_MEMORY_BYTES_MAX) -> Iterator[None]:
    """End this process if what is done within takes longer; fail with MemoryError what takes more memory.

    The watchdog is a thread of C: it needs no lock that a computation without end might hold.
    """
    faulthandler.dump_traceback_later(seconds, exit=True, file=_STDERR)
    try:
        with _less_memory(memory_bytes):
            yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextlib.contextmanager
def _less_memory(further_bytes: int) -> Iterator[None]:
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (ImportError, OSError, ValueError, IndexError):  # other systems have no such limit
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + further_bytes
    lower = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (lower, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
