"""Takes in text that is not saved yet: whether its path belongs, analysis in a worker of its own, the overlay.

Must not know storage, search, or who the text comes from. All of it lives in memory and ends with the process: nothing
here is written, so nothing waits for a writer.
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import msgspec

from scholiast_indexer.embedding import Embedder, embed, worker_factory
from scholiast_indexer.languages import detect
from scholiast_indexer.limits import FILE_BYTES_MAX, OVERLAY_ANALYSIS_S_MAX, OVERLAY_BYTES_MAX, OVERLAY_REMEMBERED_MAX
from scholiast_indexer.overlay import OverlaidFile, Overlay, overlaid_file
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

Stored = Callable[[str], bytes | None]
"""The indexed bytes of a path; None for one that is not indexed."""


class Unsaved:
    """The unsaved text of one workspace. For any threads; those that analyze wait for each other."""

    def __init__(self, root: Path, embedder: Embedder, stored: Stored) -> None:
        self.overlay = Overlay.empty(embedder.dimension)
        """As it is now; readers take it once and go on with that."""
        self._root = root
        self._embedder = embedder
        self._stored = stored
        self._pool = WorkerPool(worker_factory(embedder), 1, timeout_s=OVERLAY_ANALYSIS_S_MAX)
        self._numbers = itertools.count(1)
        self._turns: dict[str, int] = {}
        self._verdicts: dict[str, Reinclude | None] = {}
        self._remembered: OrderedDict[tuple[str, bytes], AnalyzedFile] = OrderedDict()
        self._swapping = threading.Lock()
        self._analyzing = threading.Lock()
        self._is_closed = False

    def start(self) -> None:
        """Start the worker, so that the first text does not wait for it."""
        with self._analyzing:
            self._analyze(Job(0, b"\n", "text"))

    def close(self) -> None:
        """Drop all text and end the worker, though it be at work."""
        self._is_closed = True
        self._pool.close()

    def lay_over(self, path: str, data: bytes) -> bool:
        """See `Index.lay_over`. Of several texts of a path, that of the last call stays."""
        turn = self._begin(path)
        laid = self.overlay.files.get(path)
        if laid is not None and laid.data == data:
            return True
        if self._is_closed or not self._belongs(path, data) or self._stored(path) == data:
            return self._end(path, turn, None)
        return self._end(path, turn, self._file(path, turn, data))

    def lift(self, path: str) -> None:
        """See `Index.lift`."""
        with self._swapping:
            self._turns.pop(path, None)
            self._verdicts.pop(path, None)
            self.overlay = self.overlay.without(path)

    # -- one text at a time -------------------------------------------------------------------------------------

    def _begin(self, path: str) -> int:
        with self._swapping:
            self._turns[path] = turn = next(self._numbers)
            return turn

    def _end(self, path: str, turn: int, file: OverlaidFile | None) -> bool:
        """Swap the overlay, unless the path was lifted or got a newer text meanwhile."""
        with self._swapping:
            if self._turns.get(path) == turn:
                self.overlay = self.overlay.without(path) if file is None else self.overlay.with_file(file)
            return path in self.overlay.files

    def _belongs(self, path: str, data: bytes) -> bool:
        """Whether the file would be indexed if it were saved now, and there is room for it."""
        if len(data) > FILE_BYTES_MAX or self._others_bytes(path) + len(data) > OVERLAY_BYTES_MAX:
            return False
        if path not in self._verdicts:
            self._verdicts[path] = judge(self._root, path, len(data))
        reinclude = self._verdicts[path]
        if reinclude is None or classify(path, data, reinclude) is not None:
            return False
        return reinclude != "no" or reason_by_size(path, len(data), FILE_BYTES_MAX) is None

    def _others_bytes(self, path: str) -> int:
        return sum(len(file.data) for other, file in self.overlay.files.items() if other != path)

    # -- analysis -----------------------------------------------------------------------------------------------

    def _file(self, path: str, turn: int, data: bytes) -> OverlaidFile | None:
        language = detect(path, data[:_HEAD_BYTES]) or "text"
        key = (language, blake2b(data, digest_size=16).digest())
        with self._analyzing:
            if self._turns.get(path) != turn or self._is_closed:
                return None  # a newer text is on its way: this one would be thrown away
            analyzed = self._remembered.get(key) or self._embedded(path, data, self._analyze(Job(0, data, language)))
            self._remembered[key] = analyzed
            self._remembered.move_to_end(key)
            while len(self._remembered) > OVERLAY_REMEMBERED_MAX:
                self._remembered.popitem(last=False)
        return overlaid_file(path, language, data, turn, analyzed)

    def _analyze(self, job: Job) -> AnalyzedFile:
        return dict(self._pool.analyze([job]))[job.number]

    def _embedded(self, path: str, data: bytes, analyzed: AnalyzedFile) -> AnalyzedFile:
        """With the vectors that no worker can make; those of texts that the last version had too are kept."""
        laid = self.overlay.files.get(path)
        known = dict(zip(laid.text_hashes, laid.vectors, strict=True)) if laid else {}
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
