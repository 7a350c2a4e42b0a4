"""A small index in memory for answers: the real chunker and the real terms, and a search that only counts words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import pytest

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.languages import detect
from scholiast_indexer.text import text_terms, word_terms
from scholiast_indexer.types import ChunkedFile, Hit, Symbol
from scholiast_server.answering.types import EvidenceSource

Search = Callable[[str], list[Hit]]
Build = Callable[[Mapping[str, str]], tuple[EvidenceSource, Search]]


class MemoryIndex:
    """What answering asks of an index, over files given as text."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.data = {path: text.encode() for path, text in files.items()}
        self.chunked: dict[str, ChunkedFile] = {
            path: chunk_file(data, detect(path)) for path, data in self.data.items()
        }

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        return self.chunked[path].symbols if path in self.chunked else ()

    def read(self, path: str) -> bytes | None:
        return self.data.get(path)

    def document_frequency(self, word: str) -> int:
        terms = set(word_terms(word))
        return sum(1 for hit in self._all() if terms & set(text_terms(f"{hit.text} {hit.symbol}").split()))

    def search(self, question: str) -> list[Hit]:
        """Chunks by how many of the question's terms they hold, those in names twice; tests last."""
        wanted = set(text_terms(question).split())
        scored = []
        for hit in self._all():
            shared = len(wanted & set(text_terms(hit.text).split()))
            named = len(wanted & set(text_terms(f"{hit.symbol} {hit.path}").split()))
            if shared:
                scored.append(((shared + named) * (0.5 if hit.path.startswith("tests/") else 1.0), hit))
        scored.sort(key=lambda pair: (-pair[0], pair[1].path, pair[1].start_line))
        best = scored[0][0] if scored else 1
        return [_with_score(hit, score / best) for score, hit in scored]

    def _all(self) -> list[Hit]:
        return [
            Hit(
                path=path,
                start_line=chunk.start_line + 1,
                end_line=chunk.end_line,
                score=0.0,
                language=detect(path) or "text",
                symbol=chunk.symbol,
                kind=chunk.kind,
                text=self.data[path][chunk.start_byte : chunk.end_byte].decode(),
                why={"lexical": 1.0},
            )
            for path, chunked in self.chunked.items()
            for chunk in chunked.chunks
        ]


def _with_score(hit: Hit, score: float) -> Hit:
    return msgspec.structs.replace(hit, score=score)


@pytest.fixture
def build() -> Build:
    """Files by path → what answering asks of an index, and a search over them."""

    def make(files: Mapping[str, str]) -> tuple[EvidenceSource, Search]:
        index = MemoryIndex(files)
        return index, index.search

    return make
