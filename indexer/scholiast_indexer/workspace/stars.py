"""Patterns of many stars, matched in a time that only adds up; must not know what a line of an ignore file looks like.

A regular expression goes back and forth between stars: `a*a*a*a*a*b` takes it minutes over a name of 200 letters, and
a repository's patterns may be anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

NAME_STAR, PATH_STAR, FOLDER_STAR = b"[^/]*", b".*", b"(?:.*/)?"
STARS_EXPRESSED_MAX = 2
"""Stars up to which a regular expression is quick: the square of a name's length at most."""


class _Star(NamedTuple):
    """What may stand for any number of bytes, or none."""

    over: bytes
    """The bytes that it goes over."""
    end: bytes
    """The byte that it ends with; none where it may end anywhere."""


_STARS = {NAME_STAR: _Star(b"[^/]", b""), PATH_STAR: _Star(b".", b""), FOLDER_STAR: _Star(b".", b"/")}


def is_quick(parts: Sequence[bytes]) -> bool:
    """Whether these parts in a row are a regular expression that does not go back and forth for long."""
    return sum(part in _STARS for part in parts) <= STARS_EXPRESSED_MAX


class Steps:
    """Parts in a row, of one byte each or stars, matched by keeping track of all places between them at once.

    Bit `n` of a state says that the parts before `n` have been matched. Source: Shift-And (Baeza-Yates, Gonnet 1992).
    """

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._taking, self._staying = [0] * 256, [0] * 256
        self._omitted = self._left = 0
        for at, part in enumerate(parts):
            bit, star = 1 << at, _STARS.get(part)
            if star is not None:
                self._omitted |= bit
                self._left |= 0 if star.end else bit
                for byte in _bytes_of(star.over):
                    self._staying[byte] |= bit
            for byte in _bytes_of(star.end if star is not None else part):
                self._taking[byte] |= bit
        self._end = 1 << len(parts)

    def fullmatch(self, text: bytes) -> bool:
        """Whether the whole text matches."""
        state = self._entered(1)
        for byte in text:
            stayed = state & self._staying[byte]
            state = stayed | self._entered((state & self._taking[byte] | stayed & self._left) << 1)
            if not state:
                return False
        return bool(state & self._end)

    def _entered(self, places: int) -> int:
        """These places, and those behind the stars that stand there and are omitted."""
        while (further := places | (places & self._omitted) << 1) != places:
            places = further
        return places


@lru_cache(maxsize=1_000)
def _bytes_of(expression: bytes) -> tuple[int, ...]:
    """The bytes that an expression of one byte matches."""
    compiled = re.compile(expression, re.DOTALL)
    return tuple(code for code in range(256) if compiled.fullmatch(bytes((code,))))
