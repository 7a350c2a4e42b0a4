"""Code from elsewhere that helps to fill a gap, as comments above it. Must not know models or editors.

Fill-in-the-middle models have learnt files and nothing else: what stands in comments above the code they read as they
read the code's own comments.
"""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.types import Hit
from scholiast_server.completing.gap import Gap
from scholiast_server.completing.limits import PIECE_LINES_MAX, QUERY_LINES, RETRIEVED_CHARACTERS_MAX


def query_of(gap: Gap) -> str:
    """What to search for: the last lines that hold something."""
    lines = [line for line in gap.prefix.split("\n")[-4 * QUERY_LINES :] if line.strip()]
    return "\n".join(lines[-QUERY_LINES:])


def context_comment(gap: Gap, hits: Sequence[Hit], mark: str) -> str:
    """Hits as comments, the best one last and so the nearest; empty where nothing helps.

    Args:
        gap: What is to be filled; what it shows itself is left out.
        hits: Best first.
        mark: What a line comment of the language begins with.
    """
    if not mark:
        return ""
    room = RETRIEVED_CHARACTERS_MAX
    pieces: list[str] = []
    for hit in hits:
        text = _piece(hit, mark)
        if len(text) <= room and not _is_shown(hit, gap):
            pieces.append(text)
            room -= len(text)
    return "".join(reversed(pieces))


def _piece(hit: Hit, mark: str) -> str:
    lines = hit.text.rstrip("\n").split("\n")[:PIECE_LINES_MAX]
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in [f"{hit.path}:{hit.start_line}", *lines])


def _is_shown(hit: Hit, gap: Gap) -> bool:
    """Whether the model sees it anyway, or it is the very text that is being changed."""
    if hit.path != gap.path:
        return False
    text = hit.text.strip()
    return text in gap.prefix or text in gap.suffix or any(line in text for line in _last_lines(gap.prefix))


def _last_lines(prefix: str) -> list[str]:
    return [line for line in prefix.split("\n")[-QUERY_LINES:] if len(line.strip()) > QUERY_LINES]
