"""How long to wait before a server is asked again. Pure; must not know what was asked."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import msgspec


class Patience(msgspec.Struct, frozen=True):
    """How often a server is asked that is busy, broken or away."""

    attempts: int = 4
    first_s: float = 0.5
    """Before the second attempt; it doubles from there."""
    longest_s: float = 8.0
    asked_s_max: float = 30.0
    """A server that asks for a longer wait is not waited for: the user is told how long it would be."""


ONCE = Patience(attempts=1)
"""For what nobody should wait for."""


def delay_s(patience: Patience, attempts: int, asked_s: float | None, chance: float) -> float | None:
    """Seconds to wait before the next attempt; None when there should be none.

    Args:
        patience: How often to ask at all.
        attempts: Made so far.
        asked_s: What the server asked for (`Retry-After`).
        chance: From 0 to 1: spreads clients that failed together over half of the wait.

    Source: exponential backoff with "equal jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    if attempts >= patience.attempts or (asked_s or 0.0) > patience.asked_s_max:
        return None
    longest_s = min(patience.longest_s, patience.first_s * 2.0 ** (attempts - 1))
    return max(asked_s or 0.0, longest_s * (0.5 + 0.5 * chance))


def retry_after_s(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a `Retry-After` header asks for, as a number or as a date; None where it says nothing of the kind.

    Source: RFC 9110, section 10.2.3.
    """
    header = (header or "").strip()
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        until = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=timezone.utc)
    return max(0.0, (until - (now or datetime.now(timezone.utc))).total_seconds())
