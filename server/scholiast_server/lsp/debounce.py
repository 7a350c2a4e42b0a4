"""Something to be done soon, once, however often it is asked for. Must not know what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Soon:
    """For the event loop."""

    def __init__(self, act: Callable[[], None], wait_s: float) -> None:
        """
        Args:
            act: What is done.
            wait_s: Seconds from the first time it is asked for; what is asked meanwhile is done with it.
        """
        self._act = act
        self._wait_s = wait_s
        self._timer: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Do it soon."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._wait_s, self._do)

    def _do(self) -> None:
        self._timer = None
        self._act()
