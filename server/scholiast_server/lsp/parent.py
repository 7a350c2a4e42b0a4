"""Whether the client's process is still there. Must not know the protocol."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from scholiast_server.lsp.limits import CLIENT_POLL_S


async def when_gone(process_id: int | None, act: Callable[[], None], poll_s: float = CLIENT_POLL_S) -> None:
    """Call `act` once a process is gone; a server must not outlive its client, even where another process that the
    client started holds its pipes.

    One that is not there to begin with runs in another container or on another machine: nothing is told of it.
    """
    if process_id is None or process_id <= 0 or not _is_there(process_id):
        return
    while _is_there(process_id):
        await asyncio.sleep(poll_s)
    act()


def _is_there(process_id: int) -> bool:
    if os.name == "nt":  # there signal 0 would end it
        return False
    try:
        os.kill(process_id, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
