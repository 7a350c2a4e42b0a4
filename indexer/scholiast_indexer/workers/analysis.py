"""A file's bytes to all that is stored of them: a pure function. Must not know paths, processes or SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec

from scholiast_indexer.blocks import packed
from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.embedding import Embedder, embed
from scholiast_indexer.text import name_terms, retrieval_text, summaries, term_list, text_hash
from scholiast_indexer.types import AnalyzedChunk, AnalyzedFile, ChunkedFile
from scholiast_indexer.vectors.packing import packed_vectors
from scholiast_indexer.workers.jobs import Job


def analyze(job: Job, embedder: Embedder | None) -> AnalyzedFile:
    """Chunk, split into terms and embed one file.

    Args:
        job: The file.
        embedder: Makes the vectors; None leaves them empty for the caller.

    Raises:
        EmbedderError: The embedder failed.
    """
    return analyze_all([job], embedder)[0]


def analyze_all(jobs: Sequence[Job], embedder: Embedder | None) -> list[AnalyzedFile]:
    """As `analyze`, for several files: all their texts are given to the embedder together."""
    drafts = [_drafted(job) for job in jobs]
    vectors = iter(_vectors(embedder, list(chain.from_iterable(draft.texts for draft in drafts))))
    return [_finished(job, draft, vectors) for job, draft in zip(jobs, drafts, strict=True)]


class _Text(NamedTuple):
    """What a chunk is found by."""

    text: str
    hash: bytes
    terms: list[str]
    names: str
    summary: str
    is_known: bool


class _Draft(NamedTuple):
    """A file without its vectors."""

    chunked: ChunkedFile
    texts: list[_Text]


def _drafted(job: Job) -> _Draft:
    chunked, known, texts = _chunked(job), frozenset(job.known_texts), []
    names_of = [name_terms(chunk.defines, chunk.symbol) for chunk in chunked.chunks]
    docs = ((symbol.start_line, symbol.doc) for symbol in chunked.symbols)
    summed_up = summaries(names_of, [chunk.start_line for chunk in chunked.chunks], docs)
    for chunk, names, summary in zip(chunked.chunks, names_of, summed_up, strict=True):
        text = retrieval_text(chunk.header, job.data[chunk.start_byte : chunk.end_byte])
        digest = text_hash(text, summary)
        texts.append(_Text(text, digest, term_list(text), names, summary, digest in known))
    return _Draft(chunked, texts)


def _finished(job: Job, draft: _Draft, vectors: Iterator[bytes]) -> AnalyzedFile:
    chunks = tuple(
        AnalyzedChunk(chunk, text.hash, " ".join(text.terms), text.names, next(vectors))
        for chunk, text in zip(draft.chunked.chunks, draft.texts, strict=True)
    )
    content = packed(job.data)
    return AnalyzedFile(chunks, draft.chunked.symbols, draft.chunked.problems, content, draft.chunked.reexports)


def _chunked(job: Job) -> ChunkedFile:
    if job.parse:
        try:
            return chunk_file(job.data, job.language)
        except Exception as error:  # noqa: BLE001  one file that a chunker can't take must not cost the whole workspace
            problem = f"its chunker failed ({type(error).__name__}): cut by lines"
            by_lines = chunk_file(job.data, None)
            return msgspec.structs.replace(by_lines, problems=(*by_lines.problems, problem))
    return chunk_file(job.data, None)


def _vectors(embedder: Embedder | None, texts: Sequence[_Text]) -> list[bytes]:
    """The vector of each text; empty where it is known or left to the caller."""
    vectors = [b""] * len(texts)
    places = [place for place, text in enumerate(texts) if not text.is_known]
    if embedder is None or not places:
        return vectors
    fresh = [texts[place] for place in places]
    made = embed(embedder, *([getattr(text, field) for text in fresh] for field in ("text", "summary", "terms")))
    for place, vector in zip(places, packed_vectors(made), strict=True):
        vectors[place] = vector
    return vectors
