"""Vectors of an embedding model that llama.cpp runs in processes of its own. Must not know chunks or storage.

Many texts at a time go to a process that stands back behind everything else and ends when it is out of work; queries,
and a few texts at a time, go to another, so that they never wait behind many. The weights of both are the same pages.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Sequence
from hashlib import blake2b

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_indexer.errors import EmbedderError
from scholiast_server.errors import ModelError
from scholiast_server.models.llama import windows
from scholiast_server.models.llama.client import LlamaProcess
from scholiast_server.models.llama.description import Description, describe
from scholiast_server.models.llama.process import WorkerDiedError
from scholiast_server.models.llama.wire import Load
from scholiast_server.models.prefixes import AUTO, Prefixes, prefixes_of
from scholiast_server.models.resting import Rest

__all__ = ["BACKGROUND_IDLE_S", "BACKGROUND_NICENESS", "Description", "LlamaEmbedder", "describe", "loads"]

log = logging.getLogger(__name__)

Vectors = npt.NDArray[np.float32]

BACKGROUND_NICENESS = 10
"""How far the process for many texts stands back; those of the indexer's own workers stand back as far in editors."""
BACKGROUND_IDLE_S = 30.0
FEW_TEXTS = 4
"""So many go to the process that is there for queries, if it is: a query behind them waits a fifth of a second."""
NAME_CHARS_MAX = 40


class LlamaEmbedder:
    """A GGUF embedding model, for any threads. It satisfies `scholiast_indexer.embedding.Embedder`."""

    def __init__(
        self,
        description: Description,
        queries: LlamaProcess,
        documents: LlamaProcess,
        *,
        query_prefix: str = AUTO,
        document_prefix: str = AUTO,
    ) -> None:
        """
        Args:
            description: Of the model's file.
            queries: Runs the model, for what can't wait.
            documents: Runs it too, for what can.
            query_prefix: What a query begins with; `auto` is what the model is known to want.
            document_prefix: What a document begins with.
        """
        self._described = description
        self._queries = queries
        self._documents = documents
        self._prefixes = prefixes_of(description.name, description.architecture, query_prefix, document_prefix)
        self._fingerprint = _fingerprint(description, self._prefixes)
        self._rest = Rest()

    @property
    def name(self) -> str:
        """What the model calls itself."""
        return self._described.name

    @property
    def prefixes(self) -> Prefixes:
        return self._prefixes

    @property
    def fingerprint(self) -> str:
        """The name for people, and digests of what decides on the vectors of documents."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return self._described.dimension

    def start(self) -> None:
        """Begin to load the model for questions, without waiting for it: the first one would wait."""

        def load() -> None:
            with contextlib.suppress(ModelError):  # the first question finds the same, and tells
                self._queries.facts()

        threading.Thread(target=load, daemon=True, name="scholiast-embedder").start()

    def documents(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`; a text of any length gets one vector.

        Raises:
            EmbedderError: The model can't be loaded, gives no vectors, or its process died twice.
        """
        places = [place for place, text in enumerate(texts) if text.strip()]
        made = np.zeros((len(texts), self.dimension), np.float32)
        if places:
            are_few = len(places) <= FEW_TEXTS and self._queries.is_running
            process = self._queries if are_few else self._documents
            made[places] = self._embedded(process, [texts[place] for place in places], self._prefixes.document)
        return made

    def query(self, text: str) -> Vectors:
        """See `Embedder`. Raises as `documents` does, and for a while after a failure at once."""
        self._rest.check()
        if not text.strip():
            return np.zeros(self.dimension, np.float32)
        try:
            vector: Vectors = self._embedded(self._queries, [text], self._prefixes.query)[0]
        except EmbedderError as error:
            self._rest.begin(str(error))
            raise
        return vector

    def close(self) -> None:
        """End its processes, and whatever they are at."""
        self._queries.close()
        self._documents.close()

    def _embedded(self, process: LlamaProcess, texts: list[str], prefix: str) -> Vectors:
        texts = [text.encode("utf-8", "replace").decode() for text in texts]  # halves of surrogate pairs can't be sent
        try:
            try:
                dimension, data = process.embed(texts, prefix=prefix)
            except WorkerDiedError as error:
                log.warning("%s; tried once more", error)
                dimension, data = process.embed(texts, prefix=prefix)
        except ModelError as error:
            raise EmbedderError(f"the embedding model {self.name} failed: {error}") from error
        return np.frombuffer(data, "<f4").reshape(len(texts), dimension).astype(np.float32)


def loads(path: str, description: Description, threads: int = 0) -> tuple[Load, Load]:
    """How the processes for queries and for documents load a model.

    Args:
        path: Its file.
        description: What the file says of itself.
        threads: For each; 0 is one for each processor.
    """
    queries = Load(0, path, embedding=True, context_tokens=_window_tokens(description), threads=threads)
    return queries, msgspec.structs.replace(queries, niceness=BACKGROUND_NICENESS)


def _fingerprint(description: Description, prefixes: Prefixes) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", description.name.lower()).strip("-")[:NAME_CHARS_MAX]
    rule = (windows.RULE, _window_tokens(description), prefixes.document)
    return f"{plain}-{description.digest[:12]}-{blake2b(repr(rule).encode(), digest_size=3).hexdigest()}"


def _window_tokens(description: Description) -> int:
    return min(description.window_tokens, windows.WINDOW_TOKENS_MAX)
