"""Fills a gap: the index's finds above it, the model's tokens, and of those what belongs there. Must not know LSP."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from scholiast_indexer.types import Hit
from scholiast_server.completing.context import context_comment, query_of
from scholiast_server.completing.gap import Gap, shortened
from scholiast_server.completing.limits import (
    COMPLETION_TOKENS,
    COMPLETION_TOKENS_INVOKED,
    CONTEXT_SHARE,
    RETRIEVED_HITS,
)
from scholiast_server.completing.trimming import trimmed
from scholiast_server.errors import AdapterError
from scholiast_server.lookup.comment_marks import line_marks
from scholiast_server.models.llama.wire import Adapter, Counted, Done, ModelFacts
from scholiast_server.models.protocol import AdapterUse, without_adapters

log = logging.getLogger(__name__)

_SHRINKS = (1.0, 0.7, 0.5, 0.35, 0.2, 0.1, 0.04)
"""Shares of the text that are tried until it fits the model."""


class Source(Protocol):
    """What completing asks of an index."""

    def search(self, query: str, limit: int = ...) -> Sequence[Hit]:
        """Places like a text, best first."""
        ...


class Filler(Protocol):
    """What completing asks of a model: `models.llama.LlamaProcess` is one."""

    def facts(self) -> ModelFacts: ...

    def count(self, texts: Sequence[str]) -> Counted: ...

    def complete(
        self,
        prefix: str,
        suffix: str,
        max_tokens: int,
        *,
        adapters: Sequence[Adapter],
        cancelled: Callable[[], bool],
    ) -> Iterator[str | Done]: ...


def complete(
    gap: Gap,
    source: Source | None,
    process: Filler,
    cancelled: Callable[[], bool],
    *,
    invoked: bool = False,
    adapters: Sequence[AdapterUse] = (),
) -> str:
    """What to insert at a gap; empty where the model has nothing to say.

    Args:
        gap: The text around the cursor.
        source: Where to look for code that helps.
        process: The fill-in-the-middle model.
        cancelled: Asked before each step and while the model writes.
        invoked: Whether the user asked for it by a key.
        adapters: To write under.

    Raises:
        ModelError: The model can't be loaded, or does not fill in the middle.
    """
    context = process.facts().context_tokens
    wanted = COMPLETION_TOKENS_INVOKED if invoked else COMPLETION_TOKENS
    tokens = min(wanted, int(context * CONTEXT_SHARE))
    above = "" if cancelled() else _above(gap, source)
    fitting = None if cancelled() else _fitting(gap, above, process, context - tokens - 8)
    if fitting is None or cancelled():
        return ""
    loras = [Adapter(use.path, use.scale) for use in adapters]
    try:
        text = _filled(fitting, process, tokens, loras, cancelled)
    except AdapterError as error:  # comes before any text: the model as it is completes instead
        log.warning("%s", without_adapters([use.name for use in adapters], str(error)))
        text = _filled(fitting, process, tokens, (), cancelled)
    return "" if cancelled() else trimmed(text, gap, invoked=invoked)


def _filled(gap: Gap, process: Filler, tokens: int, adapters: Sequence[Adapter], cancelled: Callable[[], bool]) -> str:
    pieces = process.complete(gap.prefix, gap.suffix, tokens, adapters=adapters, cancelled=cancelled)
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _above(gap: Gap, source: Source | None) -> str:
    query = query_of(gap)
    marks = line_marks(gap.language)
    if source is None or not marks or not query.strip():
        return ""
    return context_comment(gap, source.search(query, RETRIEVED_HITS), marks[0])


def _fitting(gap: Gap, above: str, process: Filler, budget: int) -> Gap | None:
    """The gap with the comments above it, in as much as the model takes; the comments go first."""
    for share in _SHRINKS:
        for comment in dict.fromkeys((above, "")) if share == 1.0 else ("",):
            tried = shortened(gap, share) if share < 1.0 else gap
            tried = msgspec.structs.replace(tried, prefix=comment + tried.prefix)
            if sum(process.count([tried.prefix, tried.suffix]).texts) <= budget:
                return tried
    return None
