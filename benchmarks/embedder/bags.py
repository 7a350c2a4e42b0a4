"""Texts as bags of table rows, in arrays that batches are cut from. Must not know what is learned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scholiast_indexer.embedding.static import NAMES_SHARE, Vocabulary

Ints = npt.NDArray[np.int64]
_AT_ONCE = 20_000
"""Texts whose terms are sorted together."""


class Batch(NamedTuple):
    """Some bags, one after the other: what `embedding_bag` takes."""

    ids: Ints
    offsets: Ints
    weights: npt.NDArray[np.float32]


class Bags(NamedTuple):
    """Bags of many texts."""

    starts: Ints
    ids: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]

    @property
    def total(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Ints:
        """Rows in each."""
        return np.diff(self.starts)

    def batch(self, places: Ints) -> Batch:
        """The bags at these places."""
        lengths = self.sizes[places]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        taken = np.repeat(self.starts[places] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return Batch(self.ids[taken].astype(np.int64), offsets[:-1], self.weights[taken])


def joined(first: Bags, second: Bags) -> Bags:
    """All bags of one, then all of the other."""
    starts = np.concatenate([first.starts, second.starts[1:] + first.starts[-1]])
    return Bags(starts, np.concatenate([first.ids, second.ids]), np.concatenate([first.weights, second.weights]))


class Numbers(dict[str, int]):
    """A number for each term that was ever seen."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


class Encoded(NamedTuple):
    """Texts as numbers of their terms."""

    lengths: Ints
    numbers: npt.NDArray[np.int32]


def encode(texts: Iterable[str], numbers: Numbers) -> Encoded:
    """The terms of each text by number."""
    split = [text.split() for text in texts]
    lengths = np.fromiter(map(len, split), np.int64, len(split))
    return Encoded(lengths, np.fromiter(map(numbers.__getitem__, chain.from_iterable(split)), np.int32, lengths.sum()))


class Bagger:
    """Makes bags of encoded texts: a term's weight is the logarithm of its count, shared by the rows it stands for."""

    def __init__(self, numbers: Numbers, vocabulary: Vocabulary) -> None:
        rows = [vocabulary.rows_of(term) for term in numbers]
        self._counts = np.fromiter(map(len, rows), np.int64, len(rows))
        self._starts = np.concatenate([[0], np.cumsum(self._counts)])
        self._rows = np.fromiter(chain.from_iterable(rows), np.int32, self._starts[-1])

    def bags(self, parts: Sequence[Encoded], names: Encoded | None = None) -> Bags:
        """One bag a text, of the terms in all parts; those of `names` count NAMES_SHARE times more."""
        weighed = [(part, 1.0) for part in parts] + ([(names, float(NAMES_SHARE))] if names is not None else [])
        count = len(weighed[0][0].lengths)
        ends = [np.concatenate([[0], np.cumsum(part.lengths)]) for part, _ in weighed]
        made = []
        for start in range(0, count, _AT_ONCE):
            stop = min(count, start + _AT_ONCE)
            owners = [np.repeat(np.arange(stop - start), part.lengths[start:stop]) for part, _ in weighed]
            numbers = [part.numbers[end[start] : end[stop]] for (part, _), end in zip(weighed, ends, strict=True)]
            shares = [
                np.full(len(some), weight, np.float32) for some, (_, weight) in zip(numbers, weighed, strict=True)
            ]
            made.append(
                self._bags(stop - start, np.concatenate(owners), np.concatenate(numbers), np.concatenate(shares))
            )
        starts = np.concatenate([[0], np.cumsum(np.concatenate([bags.sizes for bags in made]))])
        return Bags(
            starts, np.concatenate([bags.ids for bags in made]), np.concatenate([bags.weights for bags in made])
        )

    def _bags(self, count: int, owners: Ints, numbers: npt.NDArray[np.int32], shares: npt.NDArray[np.float32]) -> Bags:
        keys = owners * len(self._counts) + numbers
        order = np.argsort(keys, kind="stable")
        keys, firsts = np.unique(keys[order], return_index=True)
        counts = np.add.reduceat(shares[order], firsts) if len(firsts) else np.zeros(0, np.float32)
        owner, number = np.divmod(keys, len(self._counts))
        lengths = self._counts[number]
        ends = np.cumsum(lengths)
        taken = np.repeat(self._starts[number] - (ends - lengths), lengths) + np.arange(ends[-1] if len(ends) else 0)
        weights = np.log1p(counts) / np.sqrt(np.maximum(lengths, 1))
        starts = np.concatenate([[0], np.cumsum(np.bincount(owner, weights=lengths, minlength=count).astype(np.int64))])
        return Bags(starts, self._rows[taken], np.repeat(weights, lengths).astype(np.float32))
