"""Lays what is open in the editor over the index, some keystrokes later. Must not know features or protocols.

Each round takes the document as it is then, so rounds may be skipped, doubled or late without harm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from scholiast_server.lsp.documents import Documents
from scholiast_server.lsp.limits import DEBOUNCE_S, SETTLE_WAIT_S
from scholiast_server.lsp.loading import load
from scholiast_server.lsp.sessions import Place, Session, Sessions

log = logging.getLogger(__name__)


class LiveText:
    """For the event loop; the work itself runs on one thread, in order."""

    def __init__(
        self,
        documents: Documents,
        sessions: Sessions,
        debounce_s: float = DEBOUNCE_S,
        on_leveled: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Args:
            documents: What is open.
            sessions: The folders.
            debounce_s: Seconds without a keystroke before a round.
            on_leveled: Told after each round, on its thread.
        """
        self._documents = documents
        self._sessions = sessions
        self._debounce_s = debounce_s
        self._on_leveled = on_leveled
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._laid: dict[str, Place] = {}
        """Where the text of a document is laid; folders that come and go give it another place."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="scholiast-live", initializer=load)

    def touched(self, uri: str) -> None:
        """The text of a document has changed."""
        self._cancel(uri)
        self._timers[uri] = asyncio.get_running_loop().call_later(self._debounce_s, self.level, uri)

    def level(self, uri: str) -> None:
        """Make the index see a document as it is now: its text while it is open, the file once it is closed."""
        self._cancel(uri)
        place = self._sessions.place(uri)
        if place is not None or uri in self._laid:
            self._pool.submit(self._level, uri, place)

    async def settle(self, uri: str) -> None:
        """Wait, for a moment at most, until the index sees a document as it is now."""
        if uri in self._timers:
            self.level(uri)
        rounds_before = asyncio.get_running_loop().run_in_executor(self._pool, lambda: None)
        await asyncio.wait([rounds_before], timeout=SETTLE_WAIT_S)

    def level_all(self, session: Session, paths: frozenset[str] | None = None) -> None:
        """The same for all open documents of a folder, or for those that are or lie below one of `paths`."""
        for uri in self._documents.uris():
            place = self._sessions.place(uri)
            if place is None or place.session is not session:
                continue
            if paths is None or place.path in paths or any(place.path.startswith(f"{p.rstrip('/')}/") for p in paths):
                self.level(uri)

    def folders_changed(self) -> None:
        """Documents may belong to other folders now."""
        for uri in self._documents.uris():
            self.level(uri)

    def close(self) -> None:
        for uri in list(self._timers):
            self._cancel(uri)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _cancel(self, uri: str) -> None:
        timer = self._timers.pop(uri, None)
        if timer is not None:
            timer.cancel()

    def _level(self, uri: str, place: Place | None) -> None:
        laid = self._laid.pop(uri, None)
        if laid is not None and laid != place and laid.session.index is not None:
            laid.session.index.lift(laid.path)
        index = None if place is None else place.session.index
        if place is None or index is None:
            return  # when it opens, all documents are laid over it
        document = self._documents.get(uri)
        try:
            if document is None or document.too_large:
                index.lift(place.path)
            elif index.lay_over(place.path, document.lines.data):
                self._laid[uri] = place
        except Exception:  # the index is as it was, and the next change tries again
            log.exception("%s can't be laid over the index", place.path)
        self._on_leveled()
