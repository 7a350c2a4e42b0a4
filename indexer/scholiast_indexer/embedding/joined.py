"""Two embedders searched as one: what a model knows of sentences, and what the table that ships knows of words in code.

Each alone misses what the other finds: NDCG@10 of questions that people typed (benchmarks/cosqa.py) is .602 with
all-MiniLM-L6-v2 and .622 with both. Must not know where the vectors of each are kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from scholiast_indexer.embedding import Embedder, Vectors, embed, embed_query, is_static, is_trained

TABLE_SHARE = 0.35
"""Of the cosine of two joined vectors, that of the table's; the rest is the model's."""


class JoinedEmbedder:
    """Gives a text the vectors of a model and of a table, one after the other: a cosine is the mean of both."""

    is_trained = True

    def __init__(self, model: Embedder, table: Embedder) -> None:
        self.parts = (model, table)

    @property
    def fingerprint(self) -> str:
        return "+".join(part.fingerprint for part in self.parts)

    @property
    def dimension(self) -> int:
        return sum(part.dimension for part in self.parts)

    def documents(self, texts: Sequence[str]) -> Vectors:
        return joined(*(part.documents(texts) for part in self.parts))

    def documents_of(
        self, texts: Sequence[str], summaries: Sequence[str], terms: Sequence[Sequence[str]] | None
    ) -> Vectors:
        """As `embedding.embed`: each part is given what it works on."""
        return joined(*(embed(part, texts, summaries, terms) for part in self.parts))

    def query(self, text: str) -> Vectors:
        return self.query_by_rarity(text, None)

    def query_by_rarity(self, text: str, rarity: Callable[[str], float] | None) -> Vectors:
        """The vector of a question, whose terms the table weighs by `rarity`, their IDF."""
        vector: Vectors = joined(*(embed_query(part, text, rarity)[None] for part in self.parts))[0]
        return vector


def served_by(embedder: Embedder, level: Embedder) -> Embedder:
    """What is searched with where `embedder` serves and `level` embeds all that is new: both, if both know meaning."""
    if embedder is level or not is_static(level) or not is_trained(embedder):
        return embedder
    return JoinedEmbedder(embedder, level)


def joined(model: Vectors, table: Vectors) -> Vectors:
    """Rows `(n, …)` of both as `(n, sum)`, float32, of unit length; one without content in either is zero."""
    parts = (model * math.sqrt(1 - TABLE_SHARE), table * math.sqrt(TABLE_SHARE))
    both = np.concatenate(parts, axis=1, dtype=np.float32)
    lengths = np.linalg.norm(both, axis=1, keepdims=True)
    unit: Vectors = np.divide(both, lengths, out=both, where=lengths > 0)
    return unit
