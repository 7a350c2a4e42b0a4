"""An open index as the check of citations asks it. Must not know citations, or how an index is stored."""

from __future__ import annotations

import posixpath
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
    """For one look at some texts: what it was asked once it gives again, though the index have changed.

    A text may cite the same large file a thousand times.
    """

    def __init__(self, index: AnyIndex) -> None:
        self._index = index
        self._lines: dict[str, Sequence[bytes] | None] = {}
        self._definitions: dict[str, dict[str, list[Symbol]]] = {}

    def lines(self, path: str) -> Sequence[bytes] | None:
        if path not in self._lines:
            data = self._index.read(path)
            self._lines[path] = None if data is None else data.splitlines()
        return self._lines[path]

    def definitions(self, path: str, name: str) -> Sequence[Symbol]:
        if path not in self._definitions:
            by_name: dict[str, list[Symbol]] = {}
            for symbol in self._index.symbols(path):
                by_name.setdefault(symbol.name, []).append(symbol)
            self._definitions[path] = by_name
        return self._definitions[path].get(name, ())

    def namesakes(self, name: str) -> Sequence[str]:
        return self._paths_by_name.get(name, ())

    @cached_property
    def _paths_by_name(self) -> dict[str, list[str]]:
        by_name: dict[str, list[str]] = {}
        for path in self._index.paths():
            by_name.setdefault(posixpath.basename(path), []).append(path)
        return by_name

    def exists(self, path: str) -> bool:
        try:
            return (self._index.root / path).is_file()
        except (OSError, ValueError):  # too long a name, or one with a zero byte
            return False
