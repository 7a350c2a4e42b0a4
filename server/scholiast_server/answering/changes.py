"""What a commit is to hold, as evidence for its message; pure, and must not know git, engines or editors.

The changes of each file are a text of their own, whose lines count from 1: numbers of pieces are held against that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

from scholiast_indexer.languages import detect
from scholiast_server.answering.anchors import anchor_hash, source_lines
from scholiast_server.answering.limits import CHANGED_PIECES_MAX, EVIDENCE_LINES_MAX
from scholiast_server.models.protocol import Evidence

MESSAGE = (
    "What do these changes to the code do? Say it as the message of their commit: a first sentence of at most 72"
    " characters, in the imperative, and only where it needs saying, why, after an empty line."
)
_FILE = re.compile(rb"^diff --git ", re.M)
_TO = re.compile(rb"^\+\+\+ b/(?P<path>[^\t\r\n]+)", re.M)
_FROM = re.compile(rb"^--- a/(?P<path>[^\t\r\n]+)", re.M)
_HUNK = re.compile(rb"^@@ ", re.M)


class Changes(msgspec.Struct, frozen=True):
    """Of one commit."""

    pieces: tuple[Evidence, ...]
    texts: dict[str, bytes]
    """The changes of each file."""

    def read(self, path: str) -> bytes | None:
        """What pieces of a file stand in."""
        return self.texts.get(path)


def changes_in(diff: bytes, is_left_out: Callable[[str, bytes], bool]) -> Changes:
    """The changes of a unified diff.

    Args:
        diff: As git writes it, with paths behind `a/` and `b/`.
        is_left_out: Whether a file must not be shown to a model, by its path and its changes.
    """
    texts: dict[str, bytes] = {}
    for part in _FILE.split(diff)[1:]:
        found = _file(part)
        if found is not None and not is_left_out(*found):
            texts[found[0]] = found[1]
    pieces = [piece for path, text in texts.items() for piece in _pieces(path, text)]
    kept = sorted(pieces, key=lambda piece: -piece.score)[:CHANGED_PIECES_MAX]
    ordered = [piece for piece in pieces if piece in kept]
    return Changes(tuple(msgspec.structs.replace(piece, n=n) for n, piece in enumerate(ordered, start=1)), texts)


def _file(part: bytes) -> tuple[str, bytes] | None:
    """Path and changes of one file; None where nothing of it can be shown."""
    first = _HUNK.search(part)
    if first is None:  # binary, or only its mode has changed
        return None
    named = _TO.search(part, 0, first.start()) or _FROM.search(part, 0, first.start())
    return (named["path"].decode("utf-8", "surrogateescape"), part[first.start() :]) if named else None


def _pieces(path: str, text: bytes) -> list[Evidence]:
    """Of a file, no longer than others; the first one of each file counts most."""
    lines = source_lines(text)
    starts = range(0, len(lines), EVIDENCE_LINES_MAX)
    language = detect(path, b"") or "text"
    return [_piece(path, language, start, lines[start : start + EVIDENCE_LINES_MAX]) for start in starts]


def _piece(path: str, language: str, start: int, lines: Sequence[str]) -> Evidence:
    return Evidence(
        n=0,
        path=path,
        start_line=start + 1,
        end_line=start + len(lines),
        language=language,
        kind="change",
        symbol="",
        signature="",
        doc="",
        text="\n".join(lines),
        hash=anchor_hash(lines),
        score=1 / (1 + start),
    )
