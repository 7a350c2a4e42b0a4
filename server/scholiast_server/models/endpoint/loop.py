"""A thread that runs coroutines for threads that have none. Must not know what they do.

Waiting for a network in a coroutine can be broken off at any point, while a name is looked up, a key is exchanged or
headers are awaited; a thread that waits in the system can't be woken in a way that holds on every system.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
_Running = tuple[asyncio.AbstractEventLoop, asyncio.Event]

JOIN_S_MAX = 5.0
"""How long closing waits for the thread."""


class Loop:
    """Begins with the first coroutine, ends when it is closed."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._running: _Running | None = None
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._running is not None

    def run(self, work: Coroutine[object, object, T]) -> Future[T]:
        """Begin a coroutine; cancelling the future cancels it."""
        with self._changing:
            return asyncio.run_coroutine_threadsafe(work, self._begun()[0])

    def close(self) -> None:
        """Cancel what runs, and end the thread. It may be begun again."""
        with self._changing:
            running, thread = self._running, self._thread
            self._running = self._thread = None
        if running is not None and thread is not None:
            loop, stopping = running
            loop.call_soon_threadsafe(stopping.set)
            thread.join(JOIN_S_MAX)

    def _begun(self) -> _Running:
        if self._running is None:
            ready: Future[_Running] = Future()
            self._thread = threading.Thread(target=_serve, args=(ready,), daemon=True, name="scholiast-endpoint")
            self._thread.start()
            self._running = ready.result()
        return self._running


def _serve(ready: Future[_Running]) -> None:
    async def main() -> None:
        stopping = asyncio.Event()
        ready.set_result((asyncio.get_running_loop(), stopping))
        await stopping.wait()

    try:
        asyncio.run(main())  # cancels at its end what still runs
    except OSError as error:  # no more files may be opened, say
        ready.set_exception(error)
