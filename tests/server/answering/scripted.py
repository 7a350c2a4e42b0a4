"""An engine that says what it was told to: a real one by its protocol, with canned replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scholiast_server.models.protocol import Outcome, Request, never

Piece = str | Outcome | Exception
Reply = Iterable[Piece] | Callable[[Request], Iterable[Piece]]


class ScriptedEngine:
    """Gives one reply after the other, the last one for ever, and remembers what it was asked."""

    name = "scripted"
    model = "scripted-1"
    is_generative = True

    def __init__(self, *replies: str | Reply) -> None:
        self._replies: list[str | Reply] = list(replies)
        self.requests: list[Request] = []
        self.pieces = 0
        """Pieces given so far."""
        self.is_closed = False

    def answer(self, request: Request, cancelled: Callable[[], bool] = never) -> Iterator[str | Outcome]:
        reply = self._replies[min(len(self.requests), len(self._replies) - 1)]
        self.requests.append(request)
        if callable(reply):
            reply = reply(request)
        self.is_closed = False
        try:
            for piece in words(reply) if isinstance(reply, str) else reply:
                if isinstance(piece, Exception):
                    raise piece
                self.pieces += 1
                yield piece
        finally:
            self.is_closed = True


def words(text: str) -> list[str]:
    """A text as a model gives it: piece by piece, without an outcome."""
    return [f"{word} " for word in text.split(" ")[:-1]] + text.split(" ")[-1:]


def ended(text: str, outcome: Outcome) -> list[Piece]:
    """A text, and how it came about."""
    return [*words(text), outcome]
