"""Blocking work beside the event loop, in threads of our own, which a cancelled request tells to stop.

Must not know what the work is. pygls' own pool reads standard input: work there would make the server deaf.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from scholiast_server.lsp.limits import BACKGROUND_THREADS
from scholiast_server.lsp.loading import load

Result = TypeVar("Result")


class Background:
    """A pool of threads; made on the event loop."""

    def __init__(self, threads: int = BACKGROUND_THREADS, name: str = "scholiast-work") -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=load)

    async def run(self, work: Callable[[Callable[[], bool]], Result]) -> Result:
        """What `work` gives back. It is told how to ask whether it was cancelled, and may stop early then.

        Cancelling the awaiting request returns at once; the thread ends as soon as its work asks.
        """
        stop = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, stop.is_set)
        except asyncio.CancelledError:
            stop.set()
            raise

    def close(self) -> None:
        """Take no more work; what is running is left to end by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
