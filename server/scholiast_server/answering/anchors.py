"""Anchors: what recognises cited lines again after a file was edited; must not know citations or answers."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Sequence

import msgspec

from scholiast_indexer.types import Symbol
from scholiast_server.models.protocol import Evidence


class Location(msgspec.Struct, frozen=True):
    """Where a piece stands in the current text of its file. Lines are 1-based and inclusive."""

    start_line: int
    end_line: int
    moved: bool


def source_lines(data: bytes) -> list[str]:
    """The lines of a file without their ends; bytes that are no text become replacement characters."""
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if is_utf16 else "utf-8-sig", errors="replace")
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    lines = text.split(newline)
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines] if "\r" in text else lines


def anchor_hash(lines: Sequence[str]) -> str:
    """A hash of the lines that indentation, line ends and runs of white space do not change."""
    return _hash([_normalised(line) for line in lines])


def locate(piece: Evidence, lines: Sequence[str], symbols: Sequence[Symbol] | None = None) -> Location | None:
    """Where the piece's lines stand now: in place, elsewhere in the file (the nearest), or nowhere (None).

    With `symbols`, the definitions of the current text, lines that moved must still lie in the same symbol
    path: the same body under another name is another definition.
    """
    wanted = [_normalised(line) for line in piece.text.split("\n")]
    length = len(wanted)
    first = piece.start_line - 1
    is_itself = piece.hash == _hash(wanted) and first >= 0
    if is_itself and [_normalised(line) for line in lines[first : first + length]] == wanted:
        return Location(piece.start_line, piece.start_line + length - 1, moved=False)
    if not any(wanted) or not is_itself:
        return None
    here = [_normalised(line) for line in lines]
    places = [at for at, line in enumerate(here) if line == wanted[0] and here[at : at + length] == wanted]
    places = [at for at in places if _same_symbol(piece, at, length, symbols)]
    if not places:
        return None
    nearest = min(places, key=lambda at: (abs(at - first), at))
    return Location(nearest + 1, nearest + length, moved=True)


def _same_symbol(piece: Evidence, at: int, length: int, symbols: Sequence[Symbol] | None) -> bool:
    if symbols is None or not piece.symbol:
        return True
    return any(
        symbol.path == piece.symbol and symbol.start_line < at + length and at < symbol.end_line for symbol in symbols
    )


def _normalised(line: str) -> str:
    return " ".join(line.split())


def _hash(normalised: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(normalised).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
