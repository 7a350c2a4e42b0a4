"""Numbers, sizes and times in words; pure, and must not know what they count."""

from __future__ import annotations

from collections.abc import Mapping


def counted(number: int, noun: str) -> str:
    """`1 file`, `1,204 files`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """`38 ms`, `0.4 s`, `12 s`, `3 min`, `5 h`, `9 days`: short, to be felt rather than computed with."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    for limit, size, unit in ((100, 1, "s"), (6_000, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"


def age(seconds: float | None) -> str:
    """`just now`, `12 s ago`; `never` for None."""
    if seconds is None:
        return "never"
    return "just now" if seconds < 2 else f"{duration(seconds)} ago"


def size(number: int) -> str:
    """`812 bytes`, `4.1 MB`."""
    if number < 1_000:
        return counted(number, "byte")
    value = number / 1_000
    for unit in ("KB", "MB"):
        if value < 999.5:
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
        value /= 1_000
    return f"{value:.1f} GB"


def reasons(counts: Mapping[str, int]) -> str:
    """`10: 5 binary, 3 data, 1 secrets`."""
    return f"{sum(counts.values()):,}: " + ", ".join(f"{count:,} {reason}" for reason, count in counts.items())


def part(done: int, total: int, noun: str) -> str:
    """`12 %, 120 of 1,032 chunks`; `all 1,032 chunks`."""
    if done >= total:
        return f"all {counted(total, noun)}"
    return f"{100 * done // total} %, {done:,} of {counted(total, noun)}"


def ordinal(number: int) -> str:
    """`first`, `second`, `third`, then `4th`."""
    names = ("first", "second", "third")
    return names[number - 1] if 1 <= number <= len(names) else f"{number}th"


def share(value: float) -> str:
    """`.91`, `1.00`: a signal's share."""
    return f"{value:.2f}".removeprefix("0")


def shortened(text: str, width: int) -> str:
    """At most `width` characters, the end cut off with `…`."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
