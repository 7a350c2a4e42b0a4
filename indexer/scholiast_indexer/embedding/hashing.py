"""An embedder without a model file: each term's vector is the signed hash of its character n-grams.

Must not know chunks or storage. Words that share a stem or a root share n-grams and so lie close (`serializer`,
`serialization`), which plain BM25 can't see; synonyms it does not know.

Source: Weinberger et al., Feature Hashing for Large Scale Multitask Learning (2009), over the subwords of
Bojanowski et al., Enriching Word Vectors with Subword Information (2017).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from zlib import crc32

import numpy as np
import numpy.typing as npt

from scholiast_indexer.text import STOPWORDS, text_terms

DIMENSION = 256
ROWS_MAX = 32_768
"""Term vectors remembered per process (32 MB); past it the memory is emptied and fills again."""

_NGRAM_SIZES = (3, 4, 5)
_WORD_SHARE = 2.0
"""Weight of the whole term beside each of its n-grams."""
_COMMON_WEIGHT = 0.1
_COMMON = STOPWORDS | frozenset(  # split, because a list of as many strings can't be read
    "self return def class function if else elif for while import public private static final const var let new null "  # noqa: SIM905
    "none true false void int string str bool end func type struct fn impl pub mut use package namespace this try "
    "catch except throw throws case switch break continue not val char unsign includ defin var async await".split()
)
"""Words on nearly every page of code: with no corpus to take document frequencies from, they are weighed down."""


class HashingEmbedder:
    """Deterministic on every machine; needs no download and loads in no time."""

    worker_factory = "scholiast_indexer.embedding.hashing:HashingEmbedder"

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._table = np.zeros((1024, DIMENSION), dtype=np.float32)

    @property
    def fingerprint(self) -> str:
        return "hashing-1"

    @property
    def dimension(self) -> int:
        return DIMENSION

    def documents(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self.documents_from_terms([text_terms(text) for text in texts])

    def documents_from_terms(self, joined_terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of texts that were split into terms already (`text.text_terms`), as `documents` gives them."""
        counted = [Counter(joined.split()) for joined in joined_terms]
        self._learn(set().union(*counted))
        vectors = np.zeros((len(counted), DIMENSION), dtype=np.float32)
        for place, counts in enumerate(counted):
            if counts:
                weights = np.log1p(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
                vectors[place] = weights @ self._table[[self._rows[term] for term in counts]]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, norms, out=vectors, where=norms > 0)
        return vectors

    def query(self, text: str) -> npt.NDArray[np.float32]:
        vector: npt.NDArray[np.float32] = self.documents([text])[0]
        return vector

    def _learn(self, terms: set[str]) -> None:
        """Give each term a row of the table; past ROWS_MAX the table starts afresh with these terms."""
        new = [term for term in terms if term not in self._rows]
        if len(self._rows) + len(new) > ROWS_MAX:
            self._rows.clear()
            new = list(terms)
        if not new:
            return
        first = len(self._rows)
        self._rows.update(zip(new, range(first, first + len(new)), strict=True))
        while len(self._table) < len(self._rows):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        self._table[first : first + len(new)] = _term_vectors(new)


def _term_vectors(terms: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors `(len(terms), DIMENSION)` of length 1, or `_COMMON_WEIGHT` for a word that is on every page."""
    features = [_features(term) for term in terms]
    hashes = np.fromiter(map(crc32, chain.from_iterable(features)), dtype=np.uint32)
    sizes = np.fromiter(map(len, features), dtype=np.int64, count=len(features))
    owners = np.repeat(np.arange(len(terms)), sizes)
    shares = np.repeat(1.0 / np.sqrt(np.maximum(sizes - 1, 1)), sizes)
    shares[np.cumsum(sizes) - sizes] = _WORD_SHARE
    vectors = np.zeros(len(terms) * DIMENSION)
    for shift in (0, 9):  # two buckets and two signs from the bits of one hash
        bits = hashes >> np.uint32(shift)
        signs = np.where(bits & np.uint32(256), shares, -shares)
        cells = owners * DIMENSION + (bits & np.uint32(255))
        vectors += np.bincount(cells, weights=signs, minlength=len(vectors))
    table = vectors.reshape(len(terms), DIMENSION)
    weights = np.fromiter((_COMMON_WEIGHT if term in _COMMON else 1.0 for term in terms), dtype=np.float64)
    lengths = np.linalg.norm(table, axis=1)
    scaled: npt.NDArray[np.float64] = table * (weights / np.where(lengths > 0, lengths, 1.0))[:, None]
    return scaled.astype(np.float32)


def _features(term: str) -> list[bytes]:
    """The marked term first, then its character n-grams."""
    marked = f"<{term}>".encode()
    size = len(marked)
    return [marked, *[marked[i : i + n] for n in _NGRAM_SIZES for i in range(size - n + 1)]]
