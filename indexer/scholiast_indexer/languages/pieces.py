"""A source as tree-sitter reads it, piece by piece; must not know grammars.

py-tree-sitter 0.26.1 never lets go of what the read callback returns while it parses: fresh bytes would be lost for
good, 1.6 times the source with each parse. It is done with a piece before it asks for the next one; so all pieces are
given in one buffer that is written over, and what it holds on to is always the same object.
"""

from __future__ import annotations

import threading

# Predicates of queries read the source through the same callback, a whole piece for one name: with 65,536 bytes
# the outline of an Elixir file of 600 KB took 12 s, with 4,096 1 s. Parsing is as fast with either.
PIECE_BYTES = 2_048


class _Buffer(threading.local):
    """One a thread: two may parse at the same time, each with a parser of its own."""

    def __init__(self) -> None:
        self.whole = memoryview(bytearray(PIECE_BYTES))
        self.shorter: dict[int, memoryview] = {}
        """Its first bytes, by how many; a file's last piece is seldom whole."""


_buffer = _Buffer()


class Reader:
    """The callback that gives tree-sitter `data`; for one thread."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._is_parsed = False

    def __call__(self, offset: int, _point: object) -> bytes | memoryview:
        if self._is_parsed:
            return self._data[offset : offset + PIECE_BYTES]
        length = max(0, min(PIECE_BYTES, len(self._data) - offset))
        _buffer.whole[:length] = self._data[offset : offset + length]
        if length == PIECE_BYTES:
            return _buffer.whole
        if (view := _buffer.shorter.get(length)) is None:
            view = _buffer.shorter[length] = _buffer.whole[:length]
        return view

    def parsed(self) -> None:
        """From now on the text of nodes is asked for: in bytes alone, which are let go of."""
        self._is_parsed = True
