"""Keeps a feature's failure to itself: the log says why, and the client gets nothing instead of an error.

Must not know features. What the client asked for wrongly is still answered with an error; a request that it has
cancelled stays cancelled.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from pygls.exceptions import JsonRpcException

log = logging.getLogger(__name__)

Params = TypeVar("Params")
Result = TypeVar("Result")
Handler = Callable[[Params], Coroutine[Any, Any, Result]]


def quietly(fallback: Callable[[], Any]) -> Callable[[Handler[Params, Result]], Handler[Params, Result]]:
    """A handler that gives `fallback()` where it would raise: for what an editor asks without its user's wish."""

    def fence(handler: Handler[Params, Result]) -> Handler[Params, Result]:
        @functools.wraps(handler)
        async def fenced(params: Params) -> Result:
            try:
                return await handler(params)
            except JsonRpcException:
                raise
            except Exception:  # an index that is closed meanwhile, a damaged row: nothing the user could act on here
                log.exception("%s failed", handler.__name__)
                answer: Result = fallback()
                return answer

        return fenced

    return fence


def nothing() -> None:
    """The usual fallback: null."""
