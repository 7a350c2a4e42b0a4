"""Work-done progress in the editor: begins when work takes long, and can be cancelled there. Must not know the work."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from scholiast_server.lsp.limits import PROGRESS_AFTER_S

if TYPE_CHECKING:
    from pygls.progress import Progress

log = logging.getLogger(__name__)


class WorkProgress:
    """One piece of work as the user sees it. For the event loop."""

    def __init__(
        self,
        progress: Progress,
        title: str,
        cancel: Callable[[], None],
        *,
        token: str | int | None = None,
        is_counted: bool = False,
        after_s: float = PROGRESS_AFTER_S,
    ) -> None:
        """
        Args:
            progress: The connection's.
            title: What is being done.
            cancel: Called when the user wants it to end.
            token: What the client asked to be told under; without one a token is made first, some time later.
            is_counted: Whether there will be percentages: editors show none unless they are told so at once.
            after_s: Work that takes less is not shown, where no token is given.
        """
        self._progress = progress
        self._title = title
        self._cancel = cancel
        self._token = token
        self._is_counted = is_counted
        self._latest: tuple[str, int | None] = ("", None)
        self._is_begun = False
        self._ended = False
        if token is not None:
            self._begin()
        else:
            self._making: asyncio.Task[None] | None = asyncio.ensure_future(self._make(after_s))

    async def _make(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        if self._ended:
            return
        token = f"scholiast-{uuid.uuid4()}"
        try:
            await self._progress.create_async(token)
        except (JsonRpcException, asyncio.CancelledError) as error:
            log.debug("no progress is shown: %s", error)
            return
        self._token = token
        if self._ended:
            self._forget()
        else:
            self._begin()

    def _begin(self) -> None:
        assert self._token is not None, "only what has a token begins"
        message, percent = self._latest
        if self._is_counted and percent is None:
            percent = 0
        self._is_begun = True
        self._progress.begin(
            self._token,
            types.WorkDoneProgressBegin(self._title, cancellable=True, message=message or None, percentage=percent),
        )
        wanted: Future[Any] = self._progress.tokens[self._token]
        wanted.add_done_callback(lambda future: self._cancel() if future.cancelled() else None)

    def report(self, message: str, percent: int | None = None) -> None:
        """How far it is."""
        if self._ended or (message, percent) == self._latest:
            return
        self._latest = (message, percent)
        if self._is_begun and self._token is not None:
            self._progress.report(
                self._token, types.WorkDoneProgressReport(message=message, percentage=percent, cancellable=True)
            )

    def end(self, message: str = "") -> None:
        """It is done, or was cancelled."""
        if self._ended:
            return
        self._ended = True
        if self._is_begun and self._token is not None:
            self._progress.end(self._token, types.WorkDoneProgressEnd(message=message or None))
            self._forget()

    def _forget(self) -> None:
        if self._token is not None:
            self._progress.tokens.pop(self._token, None)
