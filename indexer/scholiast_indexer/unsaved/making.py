"""Makes files of the overlay: whether a path belongs, and its text analyzed in a worker process of its own.

Must not know storage, nor which text is the newest. One text is analyzed at a time; parsing is never done here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec

from scholiast_indexer.embedding import Embedder, embed, worker_factory
from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.languages import detect
from scholiast_indexer.limits import (
    FILE_BYTES_MAX,
    OVERLAY_ANALYSIS_S_MAX,
    OVERLAY_EMBEDDED_MAX,
    OVERLAY_REMEMBERED_MAX,
)
from scholiast_indexer.overlay import OverlaidFile, overlaid_file
from scholiast_indexer.text import retrieval_text, summaries
from scholiast_indexer.types import AnalyzedChunk, AnalyzedFile, Symbol
from scholiast_indexer.vectors.packing import packed_vectors
from scholiast_indexer.workers import Job, WorkerPool
from scholiast_indexer.workspace.content import classify
from scholiast_indexer.workspace.names import reason_by_size
from scholiast_indexer.workspace.scan import judge
from scholiast_indexer.workspace.values import Reinclude

KnownVectors = Callable[[Embedder, Collection[bytes]], Mapping[bytes, bytes]]
"""Vectors that an embedder has made of texts before (packed), by text hash."""

_HEAD_BYTES = 4096
"""What a language is told by beside its name, as for saved files."""


class Maker:
    """Owns the worker. For any threads; those that analyze wait for each other."""

    def __init__(self, root: Path, embedder: Embedder, known: KnownVectors) -> None:
        """`known` gives the vectors that an embedder has made of texts before."""
        self._root = root
        self._embedder = embedder
        self._known = known
        self._pool = WorkerPool(worker_factory(embedder), 1, timeout_s=OVERLAY_ANALYSIS_S_MAX)
        self._verdicts: dict[str, Reinclude | None] = {}
        self._remembered: OrderedDict[tuple[str, bytes, str], AnalyzedFile] = OrderedDict()
        self.analyzing = threading.Lock()
        """Held around `file`."""

    def start(self) -> None:
        """Start the worker; returns when it is ready."""
        with self.analyzing:
            self._analyze(Job(0, b"\n", "text"))

    def close(self) -> None:
        """End the worker, though it be at work; it never starts again."""
        self._pool.retire()

    def belongs(self, path: str, data: bytes) -> bool:
        """Whether the file would be indexed if it were saved now; the rules are asked once, until `forget`."""
        if len(data) > FILE_BYTES_MAX:
            return False
        if path not in self._verdicts:
            self._verdicts[path] = judge(self._root, path, len(data))
        reinclude = self._verdicts[path]
        if reinclude is None or classify(path, data, reinclude) is not None:
            return False
        return reinclude != "no" or reason_by_size(path, len(data), FILE_BYTES_MAX) is None

    def forget(self, path: str) -> None:
        self._verdicts.pop(path, None)

    def file(self, path: str, data: bytes, number: int, before: OverlaidFile | None, serving: Embedder) -> OverlaidFile:
        """The path with this text.

        Args:
            path: Relative to the root.
            data: The text.
            number: The file's own.
            before: What is laid over the path now, most of whose texts it still has.
            serving: Whose vectors are searched.

        Raises:
            EmbedderError: The embedder that is level failed.
        """
        language = detect(path, data[:_HEAD_BYTES]) or "text"
        model = serving.fingerprint
        key = (language, blake2b(data, digest_size=16).digest(), model)
        analyzed = self._remembered.get(key)
        if analyzed is None:
            vectors = _vectors_of(before, model)
            analyzed = self._embedded(data, self._analyze(Job(0, data, language)), vectors, serving)
        self._remembered[key] = analyzed
        self._remembered.move_to_end(key)
        while len(self._remembered) > OVERLAY_REMEMBERED_MAX:
            self._remembered.popitem(last=False)
        return overlaid_file(path, language, data, number, analyzed, model=model)

    def _analyze(self, job: Job) -> AnalyzedFile:
        return dict(self._pool.analyze([job]))[job.number]

    def _embedded(
        self, data: bytes, analyzed: AnalyzedFile, vectors: Mapping[bytes, bytes], serving: Embedder
    ) -> AnalyzedFile:
        """With the vectors that no worker makes; those of texts that were there before are kept.

        An embedder that follows behind may be slow or fail: it makes a few, and words find the rest.
        """
        is_level = serving is self._embedder
        known = {**vectors, **({} if is_level else self._known(serving, [c.text_hash for c in analyzed.chunks]))}
        chunks = [
            msgspec.structs.replace(item, vector=(is_level and item.vector) or known.get(item.text_hash, b""))
            for item in analyzed.chunks
        ]
        missing = [place for place, item in enumerate(chunks) if not item.vector]
        try:
            _fill(chunks, analyzed.symbols, missing if is_level else missing[:OVERLAY_EMBEDDED_MAX], data, serving)
        except EmbedderError:
            if is_level:
                raise
        return msgspec.structs.replace(analyzed, chunks=tuple(chunks))


def _vectors_of(file: OverlaidFile | None, model: str) -> dict[bytes, bytes]:
    """Those of a file's vectors that this model made, by text hash."""
    if file is None or file.model != model:
        return {}
    return dict(zip(file.text_hashes, file.vectors, strict=True))


def _fill(
    chunks: list[AnalyzedChunk], symbols: Sequence[Symbol], places: Sequence[int], data: bytes, embedder: Embedder
) -> None:
    """Give the chunks in these places their vectors."""
    if not places:
        return
    whole = [chunks[place].chunk for place in places]
    texts = [retrieval_text(chunk.header, data[chunk.start_byte : chunk.end_byte]) for chunk in whole]
    docs = ((symbol.start_line, symbol.doc) for symbol in symbols)
    summed_up = summaries([item.names for item in chunks], [item.chunk.start_line for item in chunks], docs)
    terms = [chunks[place].terms for place in places]
    made = embed(embedder, texts, [summed_up[place] for place in places], terms)
    for place, vector in zip(places, packed_vectors(made), strict=True):
        chunks[place] = msgspec.structs.replace(chunks[place], vector=vector)
