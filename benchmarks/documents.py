"""Chunks as the stores see them (terms, names, vectors), in any number; must not know what is measured.

Code is cut and split into terms once; further chunks are made of these by changing words (`corpora.renamed`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from corpora import code_files, renamed

from scholiast_indexer.languages import detect
from scholiast_indexer.lexical import LexicalChunk
from scholiast_indexer.search.query import analyze_query
from scholiast_indexer.workers.analysis import analyze
from scholiast_indexer.workers.jobs import Job

CHUNKS_PER_FILE = 8
"""Made chunks are numbered as blobs of about as many chunks as a file has."""


def documents(corpus: Path, count: int) -> Iterator[LexicalChunk]:
    """`count` chunks as the lexical index takes them."""
    originals: list[tuple[bytes, bytes, str]] = []
    for number, file in enumerate(code_files(corpus)):
        if len(originals) >= count:
            break
        for item in analyze(Job(number, file.data, detect(file.path) or "text"), None).chunks:
            originals.append((item.terms.encode(), item.names.encode(), " ".join(item.chunk.references)))
    for number in range(count):
        copy, place = divmod(number, len(originals))
        terms, names, references = originals[place]
        yield LexicalChunk(
            number + 1,
            number // CHUNKS_PER_FILE + 1,
            renamed(terms, copy).replace(b"_", b" ").decode(),
            renamed(names, copy).replace(b"_", b" ").decode(),
            references,
        )


def read_queries(queries: Path) -> list[str]:
    """The `query` of each line of a file of JSON objects."""
    return [str(json.loads(line)["query"]) for line in queries.read_text("utf-8").splitlines()]


def query_terms(query: str) -> list[str]:
    """The terms that a search asks the lexical index for."""
    return list(dict.fromkeys(term for group in analyze_query(query).terms for term in group))
