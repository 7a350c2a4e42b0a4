"""An open index as the check of citations asks it. Must not know citations, or how an index is stored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from scholiast_indexer.types import Symbol


class AnyIndex(Protocol):
    """What is needed of `scholiast_indexer.index.Index`."""

    root: Path

    def read(self, path: str) -> bytes | None: ...
    def symbols(self, path: str) -> Sequence[Symbol]: ...
    def paths(self) -> Sequence[str]: ...


class IndexSource:
    """For one look at some texts: what it was asked once it gives again, though the index have changed."""

    def __init__(self, index: AnyIndex) -> None:
        self._index = index
        self._data: dict[str, bytes | None] = {}
        self._symbols: dict[str, Sequence[Symbol]] = {}

    def read(self, path: str) -> bytes | None:
        if path not in self._data:
            self._data[path] = self._index.read(path)
        return self._data[path]

    def symbols(self, path: str) -> Sequence[Symbol]:
        if path not in self._symbols:
            self._symbols[path] = self._index.symbols(path)
        return self._symbols[path]

    def paths(self) -> Sequence[str]:
        return self._paths

    @cached_property
    def _paths(self) -> Sequence[str]:
        return self._index.paths()

    def exists(self, path: str) -> bool:
        try:
            return (self._index.root / path).is_file()
        except (OSError, ValueError):  # too long a name, or one with a zero byte
            return False
