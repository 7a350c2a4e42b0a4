"""One request under way, between the coroutine that talks and the thread that waits. Must not know what is said."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from scholiast_server.models.endpoint.connection import Response
from scholiast_server.models.endpoint.faults import Fault
from scholiast_server.models.endpoint.limits import POLL_S, REQUEST_S_MAX, RESPONSE_BYTES_MAX

T = TypeVar("T")


class Stopped(Exception):  # noqa: N818  (no error: it is what was wanted)
    """Whoever asked does not want to know any more."""


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Exchange(Generic[T]):
    """What arrived so far, and how long the server may still be silent."""

    def __init__(self, timeout_s: float) -> None:
        self.response: Response | None = None
        """Once its headers are there."""
        self.has_arrivals = False
        """Whether anything was handed on: what was shown can't be asked for again."""
        self._timeout_s = timeout_s
        self._heard_until_s = math.inf
        self._ends_s = time.monotonic() + REQUEST_S_MAX
        self._seen_bytes = 0
        self._arrivals: SimpleQueue[T | _End] = SimpleQueue()

    # -- for the coroutine ------------------------------------------------------------------------------------------

    def asked(self, wait_s: float = 0.0) -> None:
        """The server is asked, in so many seconds; from then on it may be silent for so long."""
        self.response = None
        self._heard(wait_s)

    def begun(self, response: Response) -> None:
        """Headers of its answer are there."""
        self.response = response
        self._heard()

    def arrived(self, item: T) -> None:
        """Something to hand on."""
        self.has_arrivals = True
        self._heard()
        self._arrivals.put(item)

    def ended(self, future: Future[None]) -> None:
        """Nothing more comes, for this reason if it is a bad one."""
        self._arrivals.put(_End(Fault("cut", "closed here") if future.cancelled() else future.exception()))

    # -- for the thread -----------------------------------------------------------------------------------------------

    def items(self, cancelled: Callable[[], bool]) -> Iterator[T]:
        """What arrives, until the end.

        Args:
            cancelled: Asked between items, and every `POLL_S` while there is none.

        Raises:
            Stopped: `cancelled` said so.
            Fault: The server is silent, or sends without end; or the error that the coroutine ended with.
        """
        while True:
            if cancelled():
                raise Stopped
            self._check()
            try:
                item = self._arrivals.get(timeout=POLL_S)
            except Empty:
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item

    def _check(self) -> None:
        received = self.response.num_bytes_downloaded if self.response is not None else 0
        if received > RESPONSE_BYTES_MAX:
            raise Fault("too_large", f"over {RESPONSE_BYTES_MAX:,} bytes")
        if received != self._seen_bytes:  # be it only a sign of life, such as a comment between events
            self._seen_bytes = received
            self._heard()
        now_s = time.monotonic()
        if now_s > self._ends_s:
            raise Fault("endless", f"{REQUEST_S_MAX:,.0f} s")
        if now_s > self._heard_until_s and self._arrivals.empty():
            raise Fault("silent", f"{self._timeout_s:g} s")

    def _heard(self, wait_s: float = 0.0) -> None:
        self._heard_until_s = time.monotonic() + self._timeout_s + wait_s
