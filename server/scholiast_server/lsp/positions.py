"""The one place where LSP positions become bytes and back. Must not know documents, files or any method of LSP.

A position is a 0-based line and a character counted in code units of the negotiated encoding. Lines end at `\\n`,
`\\r\\n` or `\\r`, and at nothing else. A position that does not exist is taken for the nearest one that does, as LSP
has it: past a line's end for that end, past the last line for the end of the text, inside a character for its start.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from typing import Literal, Protocol

import msgspec

Encoding = Literal["utf-8", "utf-16", "utf-32"]
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LF, _CR = b"\n\r"


class Position(msgspec.Struct, frozen=True, gc=False):
    """A line and a character of it, both 0-based, the character in code units of the negotiated encoding."""

    line: int
    character: int


class Range(msgspec.Struct, frozen=True):
    """From a position to another one, which is not part of it."""

    start: Position
    end: Position


class AnyPosition(Protocol):
    """Our own `Position`, or that of a protocol library."""

    @property
    def line(self) -> int: ...
    @property
    def character(self) -> int: ...


class AnyRange(Protocol):
    """Our own `Range`, or that of a protocol library."""

    @property
    def start(self) -> AnyPosition: ...
    @property
    def end(self) -> AnyPosition: ...


def negotiated(offered: Iterable[str] | None) -> Encoding:
    """The first encoding offered by the client that exists; UTF-16, which every client has, when there is none.

    Strings and string enumerations are taken alike: they are compared by value.
    """
    for offer in offered or ():
        for known in ENCODINGS:
            if offer == known:
                return known
    return "utf-16"


def encode_text(text: str) -> bytes:
    """UTF-8 of any text that JSON can hold.

    Half a surrogate pair becomes U+FFFD, which counts as much in every encoding: the client's positions stay right.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def byte_of(line: bytes, character: int, encoding: Encoding) -> int:
    """Where in a line, given without its terminator, the character begins that holds this code unit."""
    if character <= 0:
        return 0
    if encoding == "utf-8":
        return _character_start(line, character)
    if line.isascii():
        return min(character, len(line))
    text = line.decode("utf-8", "surrogateescape")
    head = text[:character] if encoding == "utf-32" else _utf16_head(text, character)
    return len(head.encode("utf-8", "surrogateescape"))


def character_of(line: bytes, byte: int, encoding: Encoding) -> int:
    """How many code units of a line, given without its terminator, come before the character that holds this byte."""
    start = _character_start(line, byte)
    if encoding == "utf-8" or line.isascii():
        return start
    head = line[:start].decode("utf-8", "surrogateescape")
    return len(head) if encoding == "utf-32" else len(head.encode("utf-16-le", "surrogatepass")) // 2


class Lines:
    """The lines of a text, and the way from its bytes to positions and back.

    The bytes are UTF-8; one that is not counts as a character of its own. Line starts are found once, when they are
    first asked for. All ranges are half-open, in bytes and in lines.
    """

    def __init__(self, *parts: bytes, first_byte: int = 0) -> None:
        """Lines of the parts together; what comes before `first_byte` belongs to none of them."""
        self._parts = parts
        self._first_byte = first_byte

    @cached_property
    def data(self) -> bytes:
        """All of the text."""
        return b"".join(self._parts)

    @property
    def size(self) -> int:
        """Its bytes, counted without putting them together."""
        return sum(map(len, self._parts))

    @classmethod
    def of_text(cls, text: str) -> Lines:
        """Lines of a document as the client sends it: a byte order mark in it is a character."""
        return cls(encode_text(text))

    @classmethod
    def of_file(cls, data: bytes) -> Lines:
        """Lines of a file as it is on disk: a byte order mark is no part of them, as editors don't show it."""
        return cls(data, first_byte=len(_BYTE_ORDER_MARK) if data.startswith(_BYTE_ORDER_MARK) else 0)

    @property
    def count(self) -> int:
        """Number of lines: one more than there are terminators."""
        return len(self._starts)

    def span(self, line: int) -> tuple[int, int]:
        """The bytes of a line without its terminator; a line past the last is empty and lies at the end."""
        if line >= self.count:
            return len(self.data), len(self.data)
        line = max(line, 0)
        start = self._starts[line]
        if line == self.count - 1:
            return start, len(self.data)
        return start, content_end(self.data, start, self._starts[line + 1])

    def offset(self, line: int, character: int, encoding: Encoding) -> int:
        """The byte at a position."""
        if line < 0:
            return self._first_byte
        start, end = self.span(line)
        return start + byte_of(self.data[start:end], character, encoding)

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The position of a byte; for one inside a terminator, the line's end."""
        offset = min(max(offset, self._first_byte), len(self.data))
        line = bisect_right(self._starts, offset) - 1
        start, end = self.span(line)
        return Position(line, character_of(self.data[start:end], offset - start, encoding))

    def offsets(self, found: AnyRange, encoding: Encoding) -> tuple[int, int]:
        """The bytes of a range; of one given backwards, the same as forwards."""
        start = self.offset(found.start.line, found.start.character, encoding)
        end = self.offset(found.end.line, found.end.character, encoding)
        return min(start, end), max(start, end)

    def range_of_bytes(self, start_byte: int, end_byte: int, encoding: Encoding) -> Range:
        """The range of bytes [start, end)."""
        return Range(self.position(start_byte, encoding), self.position(end_byte, encoding))

    def range_of_lines(self, start_line: int, end_line: int, encoding: Encoding) -> Range:
        """The range of lines [start, end), up to the end of the last one without its terminator.

        Lines that don't exist are left out; without any line the range is empty.
        """
        start_byte = self.span(start_line)[0]
        end_byte = self.span(end_line - 1)[1] if end_line > max(start_line, 0) else start_byte
        return self.range_of_bytes(start_byte, end_byte, encoding)

    @cached_property
    def _starts(self) -> array[int]:
        pieces = self.data.splitlines(keepends=True)  # of bytes it splits where LSP does; of text at form feeds too
        starts = array("Q", accumulate(map(len, pieces), initial=0))
        if pieces and pieces[-1][-1] not in (_LF, _CR):
            starts.pop()
        starts[0] = self._first_byte
        return starts


def content_end(data: bytes, start: int, end: int) -> int:
    """Where in data[start:end], a line with its terminator if it has one, that terminator begins."""
    if end > start and data[end - 1] == _LF:
        end -= 1
        return end - 1 if end > start and data[end - 1] == _CR else end
    return end - 1 if end > start and data[end - 1] == _CR else end


def _character_start(line: bytes, byte: int) -> int:
    if byte >= len(line):
        return len(line)
    start = byte = max(byte, 0)
    while start > max(byte - 3, 0) and line[start] & 0xC0 == 0x80:
        start -= 1
    character = line[start : start + 4].decode("utf-8", "surrogateescape")[0]
    width = len(character.encode("utf-8", "surrogateescape"))
    return start if start + width > byte else byte


def _utf16_head(text: str, units: int) -> str:
    head = text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "surrogatepass")
    ends_in_half_a_pair = "\ud800" <= head[-1:] < "\udc00"
    return head[:-1] if ends_in_half_a_pair else head
