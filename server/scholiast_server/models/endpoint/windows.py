"""Texts of any length for a server that takes so many characters at once. Pure; must not know the server."""

from __future__ import annotations

RULE = 1
"""Grows when texts are cut otherwise: vectors of another rule are not compared with these."""

_SEARCHED_SHARE = 4
"""A border is moved back to the end of a line, or of a word, within this part of a window."""


def windows(text: str, room: int) -> list[str]:
    """The text in windows of at most `room` characters, all of about the same length, cut between lines where lines
    end near enough; at least one. Nothing is left out.
    """
    made: list[str] = []
    start = 0
    while len(text) - start > room:
        left = len(text) - start
        target = start + -(-left // -(-left // room))
        end = _border(text, target - (target - start) // _SEARCHED_SHARE, target)
        made.append(text[start:end])
        start = end
    return [*made, text[start:]]


def _border(text: str, low: int, high: int) -> int:
    for mark in ("\n", " "):
        found = text.rfind(mark, low, high)
        if found >= 0:
            return found + 1
    return high
