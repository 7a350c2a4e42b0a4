"""Rate limits of an API client."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_BURST: int = 20
_clock = time.monotonic  # replaced in tests
type Handler[T] = Callable[[T], Result | None]


class RateLimitError(Exception):
    """Too many calls in too short a time."""

    retry_after_s: float = 1.0


# Not part of the public interface.
@dataclass(frozen=True)
class Bucket[T]:
    """A token bucket.

    Refills at ``rate`` tokens a second:

        bucket = Bucket(5)
    """

    rate: float

    @property
    def is_full(self) -> bool:
        return self.level() >= MAX_BURST

    async def take(
        self,
        count: int = 1,
        *,
        wait: bool = False,
    ) -> Token[T]:
        r'''Take tokens, or raise `RateLimitError`.'''

        def missing() -> float:
            return count - self.level()

        if missing() > 0 and not wait:
            raise RateLimitError
        match await self.refill(count):
            case Token() as token:
                return token
            case _:
                return make_token(count)


# Comment that a blank line parts from the function.

def guard(limit: Bucket) -> Handler:
    #: not a docstring
    return lambda value: limit.take(value)
