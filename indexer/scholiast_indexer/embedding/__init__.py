"""What turns text into vectors: the protocol, and the model that ships with Scholiast.

Must not know chunks, storage, llama.cpp or HTTP. Other embedders (a GGUF model, an endpoint) are passed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from scholiast_indexer.errors import EmbedderError

Vectors = npt.NDArray[np.float32]


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product says how close they are in meaning.

    An embedder that worker processes can make for themselves names a function without arguments that makes one as
    `worker_factory` (`"package.module:function"`); one without it is called in the process that indexes.
    """

    @property
    def fingerprint(self) -> str:
        """Names the model and everything that changes its vectors; vectors of another fingerprint are not used."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors `(len(texts), dimension)`, float32, unit length (all zero for a text without content)."""

    def query(self, text: str) -> npt.NDArray[np.float32]:
        """The vector `(dimension,)` of a question, float32, unit length."""


def checked(vectors: npt.NDArray[np.float32], count: int, dimension: int) -> npt.NDArray[np.float32]:
    """The vectors as they are when their shape is `(count, dimension)` and all values are finite.

    Raises:
        EmbedderError: The shape differs, or a value is NaN or infinite (hnswlib takes those in silence).
    """
    if vectors.shape != (count, dimension):
        raise EmbedderError(f"the embedder gave vectors of shape {vectors.shape}, not {(count, dimension)}")
    if not np.isfinite(vectors).all():
        raise EmbedderError("the embedder gave vectors with values that are not numbers; check the model file")
    return np.ascontiguousarray(vectors, dtype=np.float32)


def worker_factory(embedder: Embedder) -> str | None:
    """The function by which worker processes make this embedder, or None when only the caller has it."""
    named = getattr(embedder, "worker_factory", None)
    return named if isinstance(named, str) else None
