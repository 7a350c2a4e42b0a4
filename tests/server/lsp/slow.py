"""A real server with an engine that writes slowly and says what becomes of it. Run as a script.

Asked about `attempts` it writes all at once, about `hex` when it is told to go on; with `garbage` it claims what no
evidence says, and does so again when it is shown that; about a `payload` it does better then, about a `secret` slowly;
with `failure` it fails.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from scholiast_server.lsp.main import serve_stdio
from scholiast_server.lsp.server import Server
from scholiast_server.models.protocol import Request, never

PIECE_S = 0.02
PIECES = 1_000


class SlowEngine:
    """Writes a word every 20 ms for 20 s, unless it is told to stop."""

    name = "slow"
    model = "slow-1"
    is_generative = True

    def __init__(self, told: Callable[[str, float], None]) -> None:
        self._told = told
        self._pause = threading.Event()
        self.go_on = threading.Event()

    def answer(self, request: Request, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        if "failure" in request.question:
            raise RuntimeError("the engine broke")
        if "hex" in request.question:
            self.go_on.clear()
            self._told("waits", time.time())
            self.go_on.wait(PIECE_S * PIECES)
            yield "It is signed [1]."
        elif "garbage" in request.question:
            yield "It calls `made_up_name` 😀 [1]. "
            yield "So says [7]."
        elif "payload" in request.question or "secret" in request.question:
            yield from self._in_two_drafts(request, cancelled)
        elif "attempts" in request.question:
            yield f"Turn {len(request.history)}: "
            yield f"{request.question} [1]."
        else:
            yield from self._slowly(cancelled)

    def _in_two_drafts(self, request: Request, cancelled: Callable[[], bool]) -> Iterator[str]:
        signing = next(piece for piece in request.evidence if "sign" in piece.symbol)
        if request.repair is None:
            yield f"It is signed by 😀 `made_up_name` [{signing.n}]."
        elif "secret" in request.question:
            self._told("again", time.time())
            yield from self._slowly(cancelled)
        else:
            yield f"It is signed by 😀 `{signing.name}` [{signing.n}]."

    def _slowly(self, cancelled: Callable[[], bool]) -> Iterator[str]:
        try:
            for number in range(PIECES):
                if cancelled():
                    return
                yield f"word{number} "
                self._pause.wait(PIECE_S)
        finally:
            self._told("stopped", time.time())


def extend(server: Server) -> None:
    """Have folders answered by the slow engine."""

    def told(what: str, at_s: float) -> None:
        server.protocol.notify("test/engine", {"what": what, "at_s": at_s})

    engine = SlowEngine(told)
    server.sessions.make_engine = lambda _: engine

    @server.feature("test/go")
    async def go(_params: Any) -> None:
        engine.go_on.set()


if __name__ == "__main__":
    sys.exit(serve_stdio(extend))
