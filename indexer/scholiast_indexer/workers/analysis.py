"""A file's bytes to all that is stored of them: a pure function. Must not know paths, processes or SQLite."""

from __future__ import annotations

import zlib

import msgspec
import numpy as np

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.embedding import Embedder, Vectors, embed
from scholiast_indexer.text import name_terms, retrieval_text, text_hash, text_terms
from scholiast_indexer.types import AnalyzedChunk, AnalyzedFile, ChunkedFile

_COMPRESSION = 1
"""zlib's fastest: 100 MB/s and a third of the size; level 6 saves a tenth more at a fourth of the speed."""


class Job(msgspec.Struct, frozen=True, array_like=True):
    """One file to analyze."""

    number: int
    data: bytes
    language: str
    known_texts: tuple[bytes, ...] = ()
    """Hashes of retrieval texts that need no vector."""
    parse: bool = True
    """False cuts by lines: for a file that has killed a worker."""


def analyze(job: Job, embedder: Embedder | None) -> AnalyzedFile:
    """Chunk, split into terms and embed one file.

    Args:
        job: The file.
        embedder: Makes the vectors; None leaves them empty for the caller.

    Raises:
        EmbedderError: The embedder failed.
    """
    chunked = _chunked(job)
    texts = [retrieval_text(c.header, job.data[c.start_byte : c.end_byte]) for c in chunked.chunks]
    hashes = [text_hash(text) for text in texts]
    terms = [text_terms(text) for text in texts]
    known = frozenset(job.known_texts)
    vectors = _vectors(embedder, texts, terms, [digest not in known for digest in hashes])
    chunks = tuple(
        AnalyzedChunk(chunk, digest, joined, name_terms(chunk.defines, chunk.symbol), vector)
        for chunk, digest, joined, vector in zip(chunked.chunks, hashes, terms, vectors, strict=True)
    )
    return AnalyzedFile(chunks, chunked.symbols, chunked.problems, zlib.compress(job.data, _COMPRESSION))


def _chunked(job: Job) -> ChunkedFile:
    if job.parse:
        try:
            return chunk_file(job.data, job.language)
        except Exception as error:  # noqa: BLE001  one file that a chunker can't take must not cost the whole workspace
            problem = f"its chunker failed ({type(error).__name__}): cut by lines"
            by_lines = chunk_file(job.data, None)
            return msgspec.structs.replace(by_lines, problems=(*by_lines.problems, problem))
    return chunk_file(job.data, None)


def _vectors(embedder: Embedder | None, texts: list[str], terms: list[str], wanted: list[bool]) -> list[bytes]:
    if embedder is None or not any(wanted):
        return [b""] * len(texts)
    places = [place for place, want in enumerate(wanted) if want]
    made = embed(embedder, [texts[place] for place in places], [terms[place] for place in places])
    vectors = [b""] * len(texts)
    for place, half in zip(places, vector_bytes(made), strict=True):
        vectors[place] = half
    return vectors


def vector_bytes(vectors: Vectors) -> list[bytes]:
    """Each row as it is stored: float16, little-endian."""
    return [row.tobytes() for row in vectors.astype(np.dtype("<f2"))]
