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

_LEARNED_AT_ONCE = 512
"""Terms whose vectors are made together: half a MB of cells, which stays in a core's cache. 67,000 terms take 0.2 s
so, 1 s all at once, and 0.5 s by 20."""
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
    is_trained = False

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._table = np.zeros((ROWS_MAX, DIMENSION), dtype=np.float32)  # takes memory only where it is written

    @property
    def fingerprint(self) -> str:
        return "hashing-2"

    @property
    def dimension(self) -> int:
        return DIMENSION

    def documents(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self.documents_from_terms([text_terms(text) for text in texts])

    def documents_from_terms(self, joined_terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of texts that were split into terms already (`text.text_terms`), as `documents` gives them."""
        counted = [Counter(joined.split()) for joined in joined_terms]
        self._learn(set().union(*counted))
        rows = np.fromiter(map(self._rows.__getitem__, chain.from_iterable(counted)), dtype=np.int64)
        counts = chain.from_iterable(counter.values() for counter in counted)
        weights = np.log1p(np.fromiter(counts, dtype=np.float32, count=len(rows)))
        vectors = np.zeros((len(counted), DIMENSION), dtype=np.float32)
        end = 0
        for vector, counter in zip(vectors, counted, strict=True):
            start, end = end, end + len(counter)
            if counter:
                np.matmul(weights[start:end], self._table.take(rows[start:end], axis=0), out=vector)
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
            if len(new) > len(self._table):  # one batch of hardly anything but words that differ
                self._table = np.zeros((len(new), DIMENSION), dtype=np.float32)
        first = len(self._rows)
        self._rows.update(zip(new, range(first, first + len(new)), strict=True))
        for start in range(0, len(new), _LEARNED_AT_ONCE):
            vectors = _term_vectors(new[start : start + _LEARNED_AT_ONCE])
            self._table[first + start : first + start + len(vectors)] = vectors


def _term_vectors(terms: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors `(len(terms), DIMENSION)` of length 1, or `_COMMON_WEIGHT` for a word that is on every page."""
    owners, hashes, counts = _ngrams([f"<{term}>".encode() for term in terms])
    shares = (1.0 / np.sqrt(np.maximum(counts, 1)))[owners]
    whole = np.fromiter((crc32(term.encode()) for term in terms), dtype=np.uint32, count=len(terms))
    owners = np.concatenate([owners, np.arange(len(terms))])
    hashes = np.concatenate([hashes, whole])
    shares = np.concatenate([shares, np.full(len(terms), _WORD_SHARE)])
    table = np.zeros(len(terms) * DIMENSION)
    for shift in (0, 9):  # two buckets and two signs from the bits of one hash
        bits = hashes >> np.uint32(shift)
        signs = np.where(bits & np.uint32(256), shares, -shares)
        cells = owners * DIMENSION + (bits & np.uint32(255))
        table += np.bincount(cells, weights=signs, minlength=len(table))
    vectors = table.reshape(len(terms), DIMENSION)
    weights = np.fromiter((_COMMON_WEIGHT if term in _COMMON else 1.0 for term in terms), dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    return (vectors * (weights / np.where(lengths > 0, lengths, 1.0))[:, None]).astype(np.float32)


def _ngrams(marked: Sequence[bytes]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Of all terms at once: the owner and the hash of each n-gram, and how many each term has.

    The hash is a polynomial over the bytes, mixed as MurmurHash3 ends. Source: Austin Appleby, MurmurHash3 (2011).
    """
    lengths = np.fromiter(map(len, marked), dtype=np.int64, count=len(marked))
    data = np.frombuffer(b"".join(marked), dtype=np.uint8).astype(np.uint32)
    owners = np.repeat(np.arange(len(marked)), lengths)
    left = np.cumsum(lengths)[owners] - np.arange(len(data))
    rolling = np.zeros(len(data), dtype=np.uint32)
    found_owners, found_hashes = [], []
    for place in range(min(max(_NGRAM_SIZES), len(data))):
        rolling[: len(data) - place] = rolling[: len(data) - place] * np.uint32(0x01000193) + data[place:]
        size = place + 1
        if size in _NGRAM_SIZES:
            whole = left >= size
            found_owners.append(owners[whole])
            found_hashes.append(_mixed(rolling[whole] + np.uint32(size * 0x9E3779B9 & 0xFFFFFFFF)))
    every = np.concatenate(found_owners) if found_owners else np.zeros(0, np.int64)
    hashes = np.concatenate(found_hashes) if found_hashes else np.zeros(0, np.uint32)
    return every, hashes, np.bincount(every, minlength=len(marked))


def _mixed(hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))
