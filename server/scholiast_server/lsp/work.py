"""What takes long, as progress that the user can cancel. Must not know what the work is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from scholiast_server.lsp.progress import WorkProgress

if TYPE_CHECKING:
    from scholiast_server.lsp.server import Server


@contextlib.contextmanager
def shown_work(server: Server, title: str, token: str | int | None = None) -> Iterator[Callable[[str], None]]:
    """Shows the running request as work, and cancels it when the user cancels that.

    Args:
        server: The connection's.
        title: What is being done.
        token: Where the client wants to be told; without one it is shown when it takes long, where the client can.

    Yields:
        What to tell how far it is.
    """
    task = asyncio.current_task()
    assert task is not None, "requests are tasks"
    if token is None and not server.client.has_progress:
        yield lambda _: None
        return
    progress = WorkProgress(server.work_done_progress, title, lambda: _cancel(task), token=token)
    try:
        yield progress.report
    finally:
        progress.end()


def _cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
