"""Makes files of the overlay: whether a path belongs, and its text analyzed in a worker process of its own.

Must not know storage, nor which text is the newest. One text is analyzed at a time; parsing is never done here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import blake2b
from pathlib import Path

import msgspec

from scholiast_indexer.embedding import Embedder, embed, worker_factory
from scholiast_indexer.languages import detect
from scholiast_indexer.limits import FILE_BYTES_MAX, OVERLAY_ANALYSIS_S_MAX, OVERLAY_REMEMBERED_MAX
from scholiast_indexer.overlay import OverlaidFile, overlaid_file
from scholiast_indexer.text import retrieval_text
from scholiast_indexer.types import AnalyzedFile
from scholiast_indexer.workers import Job, WorkerPool
from scholiast_indexer.workers.analysis import vector_bytes
from scholiast_indexer.workspace.content import classify
from scholiast_indexer.workspace.names import reason_by_size
from scholiast_indexer.workspace.scan import judge
from scholiast_indexer.workspace.values import Reinclude

_HEAD_BYTES = 4096
"""What a language is told by beside its name, as for saved files."""


class Maker:
    """Owns the worker. For any threads; those that analyze wait for each other."""

    def __init__(self, root: Path, embedder: Embedder) -> None:
        self._root = root
        self._embedder = embedder
        self._pool = WorkerPool(worker_factory(embedder), 1, timeout_s=OVERLAY_ANALYSIS_S_MAX)
        self._verdicts: dict[str, Reinclude | None] = {}
        self._remembered: OrderedDict[tuple[str, bytes], AnalyzedFile] = OrderedDict()
        self.analyzing = threading.Lock()
        """Held around `file`."""

    def start(self) -> None:
        """Start the worker; returns when it is ready."""
        with self.analyzing:
            self._analyze(Job(0, b"\n", "text"))

    def close(self) -> None:
        """End the worker, though it be at work."""
        self._pool.close()

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

    def file(self, path: str, data: bytes, number: int, before: OverlaidFile | None) -> OverlaidFile:
        """The path with this text; `before` is what is laid over it now, most of whose texts it still has.

        Raises:
            EmbedderError: The embedder failed.
        """
        language = detect(path, data[:_HEAD_BYTES]) or "text"
        key = (language, blake2b(data, digest_size=16).digest())
        analyzed = self._remembered.get(key) or self._embedded(data, self._analyze(Job(0, data, language)), before)
        self._remembered[key] = analyzed
        self._remembered.move_to_end(key)
        while len(self._remembered) > OVERLAY_REMEMBERED_MAX:
            self._remembered.popitem(last=False)
        return overlaid_file(path, language, data, number, analyzed)

    def _analyze(self, job: Job) -> AnalyzedFile:
        return dict(self._pool.analyze([job]))[job.number]

    def _embedded(self, data: bytes, analyzed: AnalyzedFile, before: OverlaidFile | None) -> AnalyzedFile:
        """With the vectors that no worker makes; those of texts that were there before are kept."""
        known = dict(zip(before.text_hashes, before.vectors, strict=True)) if before else {}
        chunks = [
            msgspec.structs.replace(item, vector=item.vector or known.get(item.text_hash, b""))
            for item in analyzed.chunks
        ]
        missing = [place for place, item in enumerate(chunks) if not item.vector]
        if missing:
            whole = [chunks[place].chunk for place in missing]
            texts = [retrieval_text(chunk.header, data[chunk.start_byte : chunk.end_byte]) for chunk in whole]
            made = embed(self._embedder, texts, [chunks[place].terms for place in missing])
            for place, vector in zip(missing, vector_bytes(made), strict=True):
                chunks[place] = msgspec.structs.replace(chunks[place], vector=vector)
        return msgspec.structs.replace(analyzed, chunks=tuple(chunks))
