"""What one connection has read and may be asked for again, within limits. Must not know SQL.

Some of it holds for ever, because ids are never given twice: rows of chunks, bytes of blobs. The rest holds for one
generation of the catalog: paths and their words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from scholiast_indexer.catalog.candidates import CandidateTable
from scholiast_indexer.catalog.rows import CandidateRow
from scholiast_indexer.limits import (
    REMEMBERED_CONTENT_BYTES,
    REMEMBERED_PATHS,
    REMEMBERED_ROWS,
    REMEMBERED_SYMBOLS,
    REMEMBERED_WORD_PATHS,
)
from scholiast_indexer.types import Symbol

Key = TypeVar("Key")
Value = TypeVar("Value")
WordValue = Callable[[bool, int], float]
"""What a path's word is worth: whether it is the one asked for or a longer one, and its place in the path."""


class Remembered(Generic[Key, Value]):
    """Values by key, of a bounded size together; past it the oldest ones go."""

    def __init__(self, size_max: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        self._values: dict[Key, Value] = {}
        self._size_max = size_max
        self._size = size
        self._total = 0

    def get(self, key: Key) -> Value | None:
        return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        self._forget(key)
        self._values[key] = value
        self._total += self._size(value)
        while self._total > self._size_max:
            self._forget(next(iter(self._values)))

    def clear(self) -> None:
        self._values.clear()
        self._total = 0

    def __len__(self) -> int:
        return len(self._values)

    def _forget(self, key: Key) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self._total -= self._size(value)


def _size_with_key(values: dict[int, float]) -> int:
    return 1 + len(values)


class Memory:
    """What one connection remembers."""

    def __init__(self) -> None:
        self.table: CandidateTable | None = None
        """Rows of nearly all chunks, when they were asked for."""
        self.rows = Remembered[int, CandidateRow](REMEMBERED_ROWS)
        """Rows of chunks that are not in the table."""
        self.blocks = Remembered[tuple[int, int], bytes](REMEMBERED_CONTENT_BYTES, len)
        """Blocks of blobs' bytes, by blob and number."""
        self.symbols = Remembered[int, list[Symbol]](REMEMBERED_SYMBOLS, lambda symbols: 1 + len(symbols))
        """Definitions of blobs."""
        self.paths = Remembered[int, list[str]](REMEMBERED_PATHS)
        """Paths of a blob in this generation; none for one that no path points at."""
        self.checked_paths = Remembered[int, list[str]](REMEMBERED_PATHS)
        """The same of rows that were held against their checksums."""
        self.words = Remembered[tuple[str, int, WordValue], dict[int, float]](REMEMBERED_WORD_PATHS, _size_with_key)
        self.languages: dict[float, frozenset[str]] = {}
        """Languages of at least a share of all chunks, by that share."""
        self._generation = -1

    def turn_to(self, generation: int) -> None:
        """Forget what held for another generation."""
        if generation != self._generation:
            self.paths.clear()
            self.checked_paths.clear()
            self.words.clear()
            self.languages.clear()
            self._generation = generation
