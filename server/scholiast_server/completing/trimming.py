"""What a model wrote into a gap, cut to what belongs there; pure, and must not know models or editors."""

from __future__ import annotations

from scholiast_server.completing.gap import Gap
from scholiast_server.completing.limits import COMPLETION_LINES

_ECHO_CHARACTERS_MIN = 4
"""A line shorter than that (`}`, `end`) may well stand twice."""


def trimmed(text: str, gap: Gap, *, invoked: bool) -> str:
    """The part to insert; empty where nothing is left.

    Args:
        text: As the model wrote it.
        gap: Where it goes.
        invoked: Whether the user asked for it by a key.
    """
    text = _printable(text.replace("\r\n", "\n"))
    if gap.line_after.strip():  # in the middle of a line: the rest of the line is there
        text = text.partition("\n")[0]
    lines = _without_echo(text.split("\n"), gap)
    if not invoked:
        lines = _first_block(lines)[:COMPLETION_LINES]
    whole = _without_overlap("\n".join(lines), gap).rstrip()
    return whole if whole.strip() else ""


def _printable(text: str) -> str:
    """A model may write anything: what an editor can't show is no code."""
    return "".join(letter for letter in text if letter in "\t\n" or letter.isprintable())


def _without_echo(lines: list[str], gap: Gap) -> list[str]:
    """Up to where it begins to write what stands behind the gap already."""
    behind = [line.strip() for line in gap.suffix.split("\n") if line.strip()]
    if not behind or len(behind[0]) < _ECHO_CHARACTERS_MIN:
        return lines
    for place, line in enumerate(lines):
        if line.strip() == behind[0]:
            return lines[:place]
    return lines


def _first_block(lines: list[str]) -> list[str]:
    """Up to the first empty line after something."""
    for place, line in enumerate(lines):
        if not line.strip() and any(before.strip() for before in lines[:place]):
            return lines[:place]
    return lines


def _without_overlap(text: str, gap: Gap) -> str:
    """Without an end that stands behind the cursor already: `)` before `)`."""
    after = gap.line_after.rstrip()
    for length in range(min(len(text), len(after)), 0, -1):
        if text.endswith(after[:length]) and (length > 1 or _closes_too_much(text, after[0])):
            return text[: len(text) - length]
    return text


def _closes_too_much(text: str, closer: str) -> bool:
    """Whether a bracket at the end closes one that the text itself did not open."""
    opener = {")": "(", "]": "[", "}": "{"}.get(closer)
    return closer in "\"'`;:," if opener is None else text.count(closer) > text.count(opener)
