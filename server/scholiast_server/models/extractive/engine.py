"""The engine that needs no model; must not know where its evidence comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scholiast_server.models.extractive.compose import compose
from scholiast_server.models.extractive.question import read_question
from scholiast_server.models.protocol import Request, never


class ExtractiveEngine:
    """Writes two to five sentences; the same request always gives the same text."""

    name = "extractive"
    model = None
    is_generative = False

    def answer(self, request: Request, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """The answer sentence by sentence; nothing at all without evidence."""
        separator = ""
        for sentence in compose(read_question(request.question), request.evidence):
            if cancelled():
                return
            yield separator + sentence
            separator = " "
