"""Content changes of the protocol applied to text, whatever they hold. Must not know documents or versions.

A change whose range does not fit is applied where its positions are taken to be (see `positions`); none raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from scholiast_server.lsp.positions import AnyPosition, AnyRange, Encoding, Range, byte_of, content_end, encode_text


class Change(msgspec.Struct, frozen=True):
    """New text for a range, or for the whole document where there is none."""

    text: str
    range: Range | None = None


class AnyChange(Protocol):
    """Our own `Change`, or one of a protocol library, whose `range` may be missing."""

    @property
    def text(self) -> str: ...


def apply_changes(data: bytes, changes: Iterable[AnyChange], encoding: Encoding) -> bytes:
    """A document's UTF-8 after all changes in turn, each speaking of the text that the one before it left.

    The text is cut into lines once, so that replacing a word in a thousand places costs little more than in one.
    """
    pieces = _pieces(data)
    for change in changes:
        found: AnyRange | None = getattr(change, "range", None)
        if found is None:
            pieces = _pieces(encode_text(change.text))
        else:
            _splice(pieces, found, encode_text(change.text), encoding)
    return b"".join(pieces)


def _pieces(data: bytes) -> list[bytes]:
    """All lines with their terminators; the last one, which may be empty, has none."""
    pieces = data.splitlines(keepends=True)
    if not pieces or pieces[-1].endswith((b"\n", b"\r")):
        pieces.append(b"")
    return pieces


def _splice(pieces: list[bytes], found: AnyRange, new: bytes, encoding: Encoding) -> None:
    start, end = sorted((_place(pieces, found.start, encoding), _place(pieces, found.end, encoding)))
    (first, start_byte), (last, end_byte) = start, end
    changed = pieces[first][:start_byte] + new + pieces[last][end_byte:]
    if first > 0 and changed.startswith(b"\n") and pieces[first - 1].endswith(b"\r"):
        first -= 1  # what were two line ends is one now
        changed = pieces[first] + changed
    is_at_the_end = last == len(pieces) - 1
    pieces[first : last + 1] = _pieces(changed) if is_at_the_end else changed.splitlines(keepends=True)


def _place(pieces: list[bytes], position: AnyPosition, encoding: Encoding) -> tuple[int, int]:
    if position.line >= len(pieces):
        return len(pieces) - 1, len(pieces[-1])
    if position.line < 0:
        return 0, 0
    piece = pieces[position.line]
    return position.line, byte_of(piece[: content_end(piece, 0, len(piece))], position.character, encoding)
