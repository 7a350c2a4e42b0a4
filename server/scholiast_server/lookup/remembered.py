"""An index that is asked each thing once while one name is looked up. Must not know what is looked up."""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.types import Symbol
from scholiast_server.lookup.types import SymbolSource


class Remembered:
    """Answers of a source, kept for as long as one look takes: it changes under longer ones."""

    def __init__(self, source: SymbolSource) -> None:
        self._source = source
        self._symbols: dict[str, Sequence[Symbol]] = {}
        self._contents: dict[str, bytes | None] = {}
        self._definitions: dict[tuple[str, int], Sequence[tuple[str, Symbol]]] = {}

    def symbols(self, path: str) -> Sequence[Symbol]:
        if path not in self._symbols:
            self._symbols[path] = self._source.symbols(path)
        return self._symbols[path]

    def read(self, path: str) -> bytes | None:
        if path not in self._contents:
            self._contents[path] = self._source.read(path)
        return self._contents[path]

    def definitions(self, name: str, limit: int = 10) -> Sequence[tuple[str, Symbol]]:
        key = (name, limit)
        if key not in self._definitions:
            self._definitions[key] = self._source.definitions(name, limit)
        return self._definitions[key]

    def reference_count(self, name: str) -> int:
        return self._source.reference_count(name)
