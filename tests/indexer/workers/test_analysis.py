"""What is computed of a file, without processes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scholiast_indexer.blocks import unpacked
from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.text import retrieval_text, summaries, text_hash
from scholiast_indexer.types import ChunkedFile
from scholiast_indexer.vectors.packing import packed_length
from scholiast_indexer.workers import Job
from scholiast_indexer.workers.analysis import analyze

EMBEDDER = StaticEmbedder()


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["python", "markdown", "text", "no such language"]))
def test_any_bytes_are_analyzed(data: bytes, language: str) -> None:
    analyzed = analyze(Job(0, data, language), EMBEDDER)
    assert unpacked(analyzed.content, len(data)) == data
    assert b"".join(data[c.chunk.start_byte : c.chunk.end_byte] for c in analyzed.chunks) == data
    first_lines = [item.chunk.start_line for item in analyzed.chunks]
    docs = [(symbol.start_line, symbol.doc) for symbol in analyzed.symbols]
    summed_up = summaries([item.names for item in analyzed.chunks], first_lines, docs)
    for item, summary in zip(analyzed.chunks, summed_up, strict=True):
        body = data[item.chunk.start_byte : item.chunk.end_byte]
        assert item.text_hash == text_hash(retrieval_text(item.chunk.header, body), summary)
        assert len(item.vector) == packed_length(EMBEDDER.dimension)


def test_without_parsing_a_file_has_no_symbols() -> None:
    source = b"def f():\n    return 1\n"
    assert len(analyze(Job(0, source, "python"), None).symbols) == 1
    assert analyze(Job(0, source, "python", parse=False), None).symbols == ()


def test_a_chunker_that_fails_costs_the_parse_of_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(data: bytes, language: str | None) -> ChunkedFile:
        if language is not None:
            raise RecursionError
        return chunk_file(data, language)

    monkeypatch.setattr("scholiast_indexer.workers.analysis.chunk_file", failing)
    analyzed = analyze(Job(0, b"x = 1\n", "python"), None)
    assert (len(analyzed.chunks), analyzed.problems) == (1, ("its chunker failed (RecursionError): cut by lines",))
