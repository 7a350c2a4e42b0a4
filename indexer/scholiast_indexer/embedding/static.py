"""The embedder that ships: a table of one vector a term, learned from code and what people wrote about it.

Must not know chunks or storage. A text's vector is the sum of its terms' vectors, each weighed by how often and how
early it comes. The terms are those of the lexical index (`text.term_list`), so that words are taken apart once.
`model/README.md` says what it was learned from and how; benchmarks/embedder makes it.

Source: Tulkens and van Dongen, Model2Vec: Fast State-of-the-Art Static Embeddings (2024), for the format.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.text import term_list

MODEL = Path(__file__).with_name("model")
NAMES_SHARE = 4
"""A name that a chunk defines counts as if it came so many times more in it, where no doc comment says what it is for;
where one does, its names and its first sentence count as if they came once more.

Source: CoSQA dev .529 with names four times everywhere; .541 with them once, which costs what has no comment .03.
"""
COUNT_POWER = 0.75
"""Of the logarithm of how often a term comes in a chunk."""
HEAD_SHARE = 6.0
"""How much more a chunk's first term weighs than one that comes late: it says what it is at its head, in names, a
comment and a signature. Functions are found by their comments with .54 in place of .51 so."""
HEAD_TERMS = {True: 30.0, False: 8.0}
"""Distinct terms after which that has fallen to a third, with a doc comment and without."""
RARITY_POWER = 0.4
"""Of a question's term, how much its IDF in the workspace counts beside what the table learned of its rarity."""
UNKNOWN = "[UNK]"
PIECE_MIN, PIECE_MAX = 3, 12
"""Letters of the parts that a word outside the vocabulary is taken apart into."""
_BEGINNING = 5
"""Letters by which the lengths of known terms are looked up: few have several, so that few are tried in vain."""
_SHORT = tuple(range(_BEGINNING - 1, PIECE_MIN - 1, -1))
"""Lengths that are tried everywhere."""
WORDS_MAX = 16_384
"""Words outside the vocabulary remembered per process (17 MB); past it the memory is emptied and fills again, which is
not slower to measure: over the 49,000 of 18 repositories it empties three times."""


def document_weights(
    counts: npt.NDArray[np.float32], sizes: npt.NDArray[np.int64], is_said: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float32]:
    """What the distinct terms of chunks weigh.

    Args:
        counts: How often each comes, the terms of a chunk in the order in which they first do, one chunk after the
            other.
        sizes: Distinct terms of each chunk.
        is_said: Whether a doc comment says what a chunk is for.
    """
    places = np.arange(len(counts)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    later = np.arange(sizes.max(initial=0), dtype=np.float32)
    heads = np.stack([1 + HEAD_SHARE * np.exp(-later / HEAD_TERMS[said]) for said in (False, True)])
    early = heads[np.repeat(is_said, sizes).astype(np.intp), places]
    return (np.log1p(counts) ** COUNT_POWER * early).astype(np.float32)


class Vocabulary:
    """Terms and the rows of the table that stand for them."""

    def __init__(self, rows: dict[str, int]) -> None:
        self._rows = rows

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        """By the first letters of terms, how long those may be that begin so, the longest first."""
        found: dict[str, set[int]] = {}
        for term in self._rows:
            if _BEGINNING <= len(term) <= PIECE_MAX:
                found.setdefault(term[:_BEGINNING], set()).add(len(term))
        return {beginning: (*sorted(lengths, reverse=True), *_SHORT) for beginning, lengths in found.items()}

    def rows_of(self, term: str) -> list[int]:
        """The row of a known term; of another those of the known ones it is made of, longest first from the left."""
        row = self._rows.get(term)
        if row is not None:
            return [row]
        known, lengths_of = self._rows.get, self._lengths.get
        found: list[int] = []
        place, size = 0, len(term)
        while place <= size - PIECE_MIN:
            for length in lengths_of(term[place : place + _BEGINNING], _SHORT):
                row = known(term[place : place + length])
                if row is not None and place + length <= size:
                    found.append(row)
                    place += length
                    break
            else:
                place += 1
        return found


class _Rows(dict[str, int]):
    """Term to its row in the table. One that the vocabulary lacks gets the next row, and waits for its vector.

    It fills as terms come: frequent ones then lie together in memory, and 1.1 million look-ups take .10 s of processor
    in place of .25 among the whole vocabulary.
    """

    def __init__(self, known: dict[str, int]) -> None:
        super().__init__()
        self._known = known
        self.count = len(known)
        """Rows of the table in use."""
        self.waiting: list[str] = []

    def __missing__(self, term: str) -> int:
        row = self._known.get(term)
        if row is None:
            row = self.count
            self.count += 1
            self.waiting.append(term)
        self[term] = row
        return row


class StaticEmbedder:
    """Deterministic on every machine; loads in some 20 ms."""

    worker_factory: str | None = "scholiast_indexer.embedding.static:StaticEmbedder"
    is_trained = True
    is_static = True

    def __init__(self, folder: Path = MODEL) -> None:
        """Load the model that lies in `folder`.

        Raises:
            EmbedderError: It is not there, or is no such model.
        """
        try:
            data = (folder / "model.safetensors").read_bytes()
            rows = _vocabulary((folder / "tokenizer.json").read_bytes())
            packed, weights = _arrays(data)
        except (OSError, KeyError, ValueError, struct.error) as error:
            raise EmbedderError(
                f"the embedding model in {folder} can't be loaded ({error}); install Scholiast again"
            ) from error
        if not len(packed) == len(weights) == len(rows):
            raise EmbedderError(f"the embedding model in {folder} has {len(packed)} rows for {len(rows)} terms")
        if folder != MODEL:
            self.worker_factory = None  # a worker would make the one that ships
        self._data = data
        self._packed, self._weights = packed, weights
        self._known = rows
        self._rows = _Rows(rows)

    # What only some processes ask for is made when they do: one that leaves embedding to workers needs no table, and
    # workers no fingerprint.

    @property
    def fingerprint(self) -> str:
        return f"static-{self._digest}-2"

    @cached_property
    def _digest(self) -> str:
        return hashlib.blake2b(self._data, digest_size=6).hexdigest()

    @property
    def dimension(self) -> int:
        return int(self._packed.shape[1])

    @cached_property
    def _table(self) -> npt.NDArray[np.float32]:
        """The vector of each row by its weight, and room for words outside the vocabulary: memory once it is used."""
        table = np.zeros((len(self._known) + WORDS_MAX, self.dimension), dtype=np.float32)
        np.multiply(self._packed, self._weights[:, None], out=table[: len(self._known)])
        return table

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary({term: row for term, row in self._known.items() if term != UNKNOWN})

    def documents(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self.documents_from_terms([term_list(text) for text in texts])

    def documents_from_terms(
        self, terms: Sequence[Sequence[str]], summaries: Sequence[str] | None = None
    ) -> npt.NDArray[np.float32]:
        """Vectors of texts that were split into terms already (`text.term_list`).

        Args:
            terms: Of each text.
            summaries: Of each, as `text.summary_terms` gives it; None where nothing more is known.
        """
        parts = [("", "", "")] * len(terms) if summaries is None else [summary.partition("\n") for summary in summaries]
        counted = []
        for (names, _, said), own in zip(parts, terms, strict=True):
            heads = [*names.split(), *said.split()] if said else names.split() * NAMES_SHARE
            counted.append(Counter([*heads, *own]))
        counts = np.fromiter(chain.from_iterable(counter.values() for counter in counted), dtype=np.float32)
        sizes = np.fromiter(map(len, counted), dtype=np.int64, count=len(counted))
        is_said = np.array([bool(said) for _, _, said in parts], dtype=np.bool_)
        return self._pooled(counted, document_weights(counts, sizes, is_said))

    def query(self, text: str) -> npt.NDArray[np.float32]:
        return self.query_by_rarity(text, lambda _: 1.0)

    def query_by_rarity(self, text: str, rarity: Callable[[str], float]) -> npt.NDArray[np.float32]:
        """The vector of a question whose terms also weigh by how rare they are in what is searched.

        Args:
            text: The question.
            rarity: Of a term, its IDF there.
        """
        counter = Counter(term_list(text))
        weights = [math.log1p(count) * rarity(term) ** RARITY_POWER for term, count in counter.items()]
        vector: npt.NDArray[np.float32] = self._pooled([counter], np.array(weights, dtype=np.float32))[0]
        return vector

    def _pooled(self, texts: Sequence[Collection[str]], weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The sum of each text's distinct terms by weight, of unit length. `weights` go through all texts in order."""
        if self._rows.count >= len(self._known) + WORDS_MAX:
            self._rows = _Rows(self._known)
        rows = np.fromiter(map(self._rows.__getitem__, chain.from_iterable(texts)), dtype=np.int64, count=len(weights))
        self._learn()
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        end = 0
        for vector, terms in zip(vectors, texts, strict=True):
            start, end = end, end + len(terms)
            if terms:
                np.matmul(weights[start:end], self._table.take(rows[start:end], axis=0), out=vector)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, norms, out=vectors, where=norms > 0)
        return vectors

    def _learn(self) -> None:
        """Give the terms that wait for it their vectors."""
        waiting, self._rows.waiting = self._rows.waiting, []
        if not waiting:
            return
        lacking = self._rows.count - len(self._table)
        if lacking > 0:  # one batch of hardly anything but words that differ
            self._table = np.concatenate([self._table, np.zeros((lacking, self.dimension), dtype=np.float32)])
        self._table[self._rows.count - len(waiting) : self._rows.count] = self._made_of_known(waiting)

    def _made_of_known(self, terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of terms outside the vocabulary; zero for one that holds no known part.

        All their first parts are added, then all their second ones: half of the time that `np.add.reduceat` takes. The
        terms of most parts come first meanwhile, so that those that have a part at some place lie together.
        """
        parts = [self._vocabulary.rows_of(term) for term in terms]
        counts = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
        rows = np.fromiter(chain.from_iterable(parts), dtype=np.int64)
        order = np.argsort(-counts, kind="stable")
        firsts, counts = (np.cumsum(counts) - counts)[order], counts[order]
        sums = np.zeros((len(terms), self.dimension), dtype=np.float32)
        for place in range(counts.max()):
            having = np.count_nonzero(counts > place)
            sums[:having] += self._table.take(rows[firsts[:having] + place], axis=0)
        sums /= np.sqrt(np.maximum(counts, 1)).astype(np.float32)[:, None]
        vectors = np.empty_like(sums)
        vectors[order] = sums
        return vectors


def _vocabulary(data: bytes) -> dict[str, int]:
    tokenizer = msgspec.json.decode(data)
    return msgspec.convert(tokenizer["model"]["vocab"], dict[str, int])


def _arrays(data: bytes) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Rows of one byte a dimension, and the weight of each row.

    Source: safetensors' format: the header's length in 8 bytes, a header in JSON, then the arrays.
    """
    (length,) = struct.unpack_from("<Q", data)
    header = msgspec.json.decode(data[8 : 8 + length])

    def array(name: str, kind: str, type_name: str) -> npt.NDArray[Any]:
        begin, end = header[name]["data_offsets"]
        if header[name]["dtype"] != type_name:
            raise ValueError(f"{name} is of type {header[name]['dtype']}")
        count = (end - begin) // np.dtype(kind).itemsize
        return np.frombuffer(data, kind, offset=8 + length + begin, count=count).reshape(header[name]["shape"])

    return array("embeddings", "<i1", "I8"), array("weights", "<f4", "F32")
