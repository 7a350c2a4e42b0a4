"""Loads, once an index is complete, what the first hover and the first symbol would wait for. Must not know features.

At 100,000 chunks the table of names takes over a second, in steps that leave room for others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from scholiast_server.errors import ServerError

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_server.lsp.server import Server
    from scholiast_server.lsp.sessions import Session


class Warming:
    """Of one connection; for the event loop."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._warmed: dict[str, Index] = {}

    def changed(self) -> None:
        """An index may be complete now, or another one than before."""
        sessions = list(self._server.sessions)
        self._warmed = {session.uri: index for session in sessions if (index := self._warmed.get(session.uri))}
        for session in sessions:
            index = session.index
            if index is not None and session.condition.state == "ready" and self._warmed.get(session.uri) is not index:
                self._warmed[session.uri] = index
                self._server.spawn(self._server.background.run(_loading(session, index)))


def _loading(session: Session, index: Index) -> Callable[[Callable[[], bool]], None]:
    def load(_is_cancelled: Callable[[], bool]) -> None:
        import scholiast_server.answering.choosing
        import scholiast_server.lookup  # noqa: F401  loaded here, used by hovers

        index.symbols_like("a", 1)
        with contextlib.suppress(ServerError):  # the first question finds the same, and tells
            _ = session.engine  # what talks to a server takes up to seconds to load; nobody is contacted

    return load
