"""A file's bytes to all that is stored of them: a pure function. Must not know paths, processes or SQLite."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

import msgspec
import numpy as np

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.embedding import Embedder, checked
from scholiast_indexer.text import text_terms
from scholiast_indexer.types import AnalyzedChunk, AnalyzedFile, Chunk

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
    """
    chunked = chunk_file(job.data or b"\n", job.language if job.parse else None)
    texts = [retrieval_text(chunk, chunk_text(job.data, chunk)) for chunk in chunked.chunks]
    hashes = [text_hash(text) for text in texts]
    terms = [text_terms(text) for text in texts]
    vectors = _vectors(embedder, texts, terms, [digest not in set(job.known_texts) for digest in hashes])
    chunks = tuple(
        AnalyzedChunk(chunk, digest, joined, name_terms(chunk.defines, chunk.symbol), vector)
        for chunk, digest, joined, vector in zip(chunked.chunks, hashes, terms, vectors, strict=True)
    )
    return AnalyzedFile(chunks, chunked.symbols, chunked.problems, zlib.compress(job.data, _COMPRESSION))


def chunk_text(data: bytes, chunk: Chunk) -> str:
    """The exact text of a chunk; bytes that are not UTF-8 show as U+FFFD."""
    return data[chunk.start_byte : chunk.end_byte].decode("utf-8", "replace")


def retrieval_text(chunk: Chunk, text: str) -> str:
    """What is embedded and searched of a chunk: its header, then its own text."""
    return f"{chunk.header}\n{text}" if chunk.header else text


def text_hash(text: str) -> bytes:
    """Names a retrieval text: 16 bytes of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def name_terms(defines: Sequence[str], symbol: str) -> str:
    """Terms of the names that a chunk defines and of the symbol it belongs to."""
    return text_terms(" ".join([*defines, symbol]))


def _vectors(
    embedder: Embedder | None, texts: list[str], terms: list[str], wanted: list[bool]
) -> list[bytes]:
    if embedder is None or not any(wanted):
        return [b""] * len(texts)
    from_terms = getattr(embedder, "documents_from_terms", None)
    source = terms if from_terms is not None else texts
    asked = [item for item, want in zip(source, wanted, strict=True) if want]
    made = from_terms(asked) if from_terms is not None else embedder.documents(asked)
    halves = iter(vector_bytes(checked(made, len(asked), embedder.dimension)))
    return [next(halves) if want else b"" for want in wanted]


def vector_bytes(vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> list[bytes]:
    """Each row as it is stored: float16, little-endian."""
    return [row.tobytes() for row in vectors.astype("<f2")]
