"""Threads beside the one that searches, for what spends its time outside Python. Must not know what that is."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

Result = TypeVar("Result")

THREADS_MAX = 4
"""As many searches, of different indexes, get a thread beside their own; others wait for one."""


def begun(act: Callable[[], Result]) -> Callable[[], Result]:
    """Begin it in another thread; what is returned waits for it and gives its result, or raises what it raised."""
    return _threads().submit(act).result


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # small indexes are searched without

    return ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="scholiast-search")
