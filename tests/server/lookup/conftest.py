"""A small index in memory for looking up, made by the real chunker."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.languages import detect
from scholiast_indexer.types import ChunkedFile, Symbol
from scholiast_server.lookup import SymbolSource

CURSOR = "‸"
Build = Callable[[Mapping[str, str]], SymbolSource]


class MemorySource:
    """What looking up asks of an index, over files given as text."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.data = {path: text.encode() for path, text in files.items()}
        self.chunked: dict[str, ChunkedFile] = {
            path: chunk_file(data, detect(path, data[:4096])) for path, data in self.data.items()
        }

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        return self.chunked[path].symbols if path in self.chunked else ()

    def read(self, path: str) -> bytes | None:
        return self.data.get(path)

    def definitions(self, name: str, limit: int = 50) -> list[tuple[str, Symbol]]:
        found = [
            (path, symbol) for path, file in self.chunked.items() for symbol in file.symbols if symbol.name == name
        ]
        return found[:limit]

    def reference_count(self, name: str) -> int:
        return sum(name in chunk.references for file in self.chunked.values() for chunk in file.chunks)


@pytest.fixture
def build() -> Build:
    """Files by path → what looking up asks of an index."""
    return MemorySource
