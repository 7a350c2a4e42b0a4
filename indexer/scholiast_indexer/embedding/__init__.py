"""What turns text into vectors: the protocol, and the model that ships with Scholiast.

Must not know chunks, storage, llama.cpp or HTTP. Other embedders (a GGUF model, an endpoint) are passed in, and
searched beside that model (`joined`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from scholiast_indexer.errors import EmbedderError, ScholiastError
from scholiast_indexer.text import term_list

Vectors = npt.NDArray[np.float32]

_UNIT_TOLERANCE = 1e-3
"""Rows whose length differs from 1 by more are scaled: a dot product of others is no cosine."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product says how close they are in meaning.

    An embedder that worker processes can make for themselves names a function without arguments that makes one as
    `worker_factory` (`"package.module:function"`); one without it is called in the process that indexes. One that
    works on terms has `documents_from_terms`, which takes texts as `text.term_list` gives them and the summary of
    each as `text.summary_terms` does, and may have `query_by_rarity`, which weighs a question's terms by their
    IDF where it is asked. One that needs both the text and its terms has `documents_of`, which takes what `embed` does.
    One that was not trained to tell meaning says so as `is_trained = False`: a
    question is then reduced to its words for it, and its cosines count for less. One that takes long to load has
    `start`, which begins it without waiting. One that has to ask elsewhere what it is has `is_known`, until which
    neither its fingerprint nor its dimension is looked at, and `ask`, which may take long and fail: it is called
    before texts are embedded, and never to open an index.
    """

    @property
    def fingerprint(self) -> str:
        """Names the model and everything that changes its vectors; vectors of another fingerprint are not used."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors `(len(texts), dimension)`, float32, unit length (all zero for a text without content)."""
        ...

    def query(self, text: str) -> Vectors:
        """The vector `(dimension,)` of a question, float32, unit length."""
        ...


def embed(
    embedder: Embedder, texts: Sequence[str], summaries: Sequence[str], terms: Sequence[Sequence[str]] | None = None
) -> Vectors:
    """Vectors `(len(texts), dimension)` of texts, float32, checked.

    Args:
        embedder: Any.
        texts: What to embed.
        summaries: Of each, as `text.summary_terms` gives it, for an embedder that works on terms.
        terms: The same texts as `text.term_list` gives them, where they are known.

    Raises:
        EmbedderError: The embedder failed, or gave what can't be used.
    """
    of_all = getattr(embedder, "documents_of", None)
    from_terms = getattr(embedder, "documents_from_terms", None)
    try:
        if of_all is not None:
            made = of_all(texts, summaries, terms)
        elif from_terms is None:
            made = embedder.documents(texts)
        else:
            made = from_terms([term_list(text) for text in texts] if terms is None else terms, summaries)
    except ScholiastError:
        raise
    except Exception as error:  # an embedder is the caller's code: whatever it raises ends as one kind of error
        raise EmbedderError(f"the embedder {embedder.fingerprint} failed: {type(error).__name__}: {error}") from error
    return checked(made, len(texts), embedder.dimension)


def embed_query(embedder: Embedder, text: str, rarity: Callable[[str], float] | None = None) -> Vectors:
    """The vector `(dimension,)` of a question, float32, checked.

    Args:
        embedder: Any.
        text: The question.
        rarity: IDF of a term in what is searched, for an embedder that works on terms.

    Raises:
        EmbedderError: The embedder failed, or gave what can't be used.
    """
    by_rarity = getattr(embedder, "query_by_rarity", None)
    try:
        made = embedder.query(text) if rarity is None or by_rarity is None else by_rarity(text, rarity)
    except ScholiastError:
        raise
    except Exception as error:  # as in `embed`
        raise EmbedderError(f"the embedder {embedder.fingerprint} failed: {type(error).__name__}: {error}") from error
    if np.ndim(made) != 1:
        raise EmbedderError(f"the embedder gave a question a vector of shape {np.shape(made)}")
    vector: Vectors = checked(np.asarray(made)[None], 1, embedder.dimension)[0]
    return vector


def is_trained(embedder: Embedder) -> bool:
    """Whether its vectors tell meaning, and not spelling alone."""
    return bool(getattr(embedder, "is_trained", True))


def is_static(embedder: Embedder) -> bool:
    """Whether it is a table of vectors of words, as the one that ships, whose cosines are known."""
    return bool(getattr(embedder, "is_static", False))


def checked(vectors: Vectors, count: int, dimension: int) -> Vectors:
    """The vectors as float32 of unit length, when they are `(count, dimension)` and all values are finite.

    Raises:
        EmbedderError: It is no array, the shape differs, or a value is NaN or infinite (hnswlib takes those).
    """
    try:
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise EmbedderError(f"the embedder gave what is no array of numbers: {error}") from error
    if vectors.shape != (count, dimension):
        raise EmbedderError(f"the embedder gave vectors of shape {vectors.shape}, not {(count, dimension)}")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise EmbedderError("the embedder gave vectors with values that are not numbers; check the model file")
    off = (np.abs(lengths - 1) > _UNIT_TOLERANCE) & (lengths > 0)
    return np.where(off, vectors / np.where(off, lengths, 1), vectors) if off.any() else vectors


def is_known(embedder: Embedder) -> bool:
    """Whether it can say what it is without asking anybody."""
    return bool(getattr(embedder, "is_known", True))


def ask(embedder: Embedder) -> None:
    """Have an embedder find out what it is, where it has to ask for that.

    Raises:
        EmbedderError: It can't.
    """
    asking = getattr(embedder, "ask", None)
    if asking is not None:
        asking()


def worker_factory(embedder: Embedder) -> str | None:
    """The function by which worker processes make this embedder, or None when only the caller has it."""
    named = getattr(embedder, "worker_factory", None)
    return named if isinstance(named, str) else None
