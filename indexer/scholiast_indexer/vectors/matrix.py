"""All vectors of a workspace as one immutable int8 matrix, compared with a query in full. Must not know storage.

Rows are int8 with one scale each (`packing`): a quarter of the memory at the same ranking (.752 / .751 NDCG@10
with float32 and int8 rows of the same model), and as fast, because less memory is read.

They lie in parts, and a change copies those parts alone that it touches: copies of the whole, 26 MB at 100,000 vectors,
were what an update of one file took longest for, and glibc kept 100 MB of them from the system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice, pairwise

import numpy as np
import numpy.typing as npt

from scholiast_indexer.vectors.packing import Rows, Scores, Vectors, packed_length, unpacked

Ids = npt.NDArray[np.int64]

_BLOCK_ROWS = 1024
"""Rows widened to float32 at a time, in one buffer: 1 MB at 256 dimensions, which stays in a core's own cache.
100,000 rows take 5 ms; 8192 rows at a time 13 ms, because memory is then written and read again."""


PART_ROWS = 8 * _BLOCK_ROWS
"""Rows of a part at most, 2 MB at 256 dimensions."""
_GATHERING_COST = 4
"""Times as long a row takes that is picked out as one of all in a row."""
_PARTS_MAX = 3
"""Times as many parts as would do: with more of them, left small by changes, all rows are laid out anew."""


class VectorMatrix:
    """An immutable set of labelled vectors; changes give a new matrix, so readers never wait."""

    def __init__(self, ids: Ids, parts: Sequence[Rows], scales: Scores) -> None:
        """`ids` and `scales` are those of all rows; `parts` hold the rows in the same order and are not empty."""
        self.ids = ids
        self.parts = tuple(parts)
        self.scales = scales
        self._starts = np.cumsum([0, *map(len, parts)])

    @classmethod
    def empty(cls, dimension: int) -> VectorMatrix:
        return cls(np.empty(0, np.int64), [np.empty((0, dimension), np.int8)], np.empty(0, np.float32))

    @classmethod
    def from_rows(cls, ids: Ids, rows: Rows, scales: Scores) -> VectorMatrix:
        """Of rows `(n, dimension)` in one piece; copied, for any part that stays would hold on to the whole."""
        return cls(ids, [part.copy() for part in _parts(rows)], scales)

    @classmethod
    def from_packed(cls, pairs: Iterable[tuple[int, bytes]], dimension: int) -> VectorMatrix:
        """From `(id, packed vector)` with distinct ids; vectors of another length are left out."""
        whole = ((label, data) for label, data in pairs if len(data) == packed_length(dimension))
        parts = [_part(block, dimension) for block in _blocks(whole)]
        if not parts:
            return cls.empty(dimension)
        ids, rows, scales = zip(*parts, strict=True)
        return cls(np.concatenate(ids), _joined(rows), np.concatenate(scales))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        return int(self.parts[0].shape[1])

    @property
    def size_bytes(self) -> int:
        """What it takes in memory."""
        return self.ids.nbytes + self.scales.nbytes + sum(part.nbytes for part in self.parts)

    def changed(self, removed: Ids, added: VectorMatrix) -> VectorMatrix:
        """This matrix without `removed` and with `added`, whose ids replace equal ones."""
        keep = ~np.isin(self.ids, np.union1d(removed, added.ids))
        kept = [self._kept_of_part(place, keep) for place in range(len(self.parts))]
        if len(added) and len(kept[-1]) + len(added) <= PART_ROWS:
            parts = [*kept[:-1], np.concatenate([kept[-1], *added.parts])]
        else:
            parts = [*kept, *added.parts]
        parts = [part for part in parts if len(part)]
        needed = 1 + (sum(map(len, parts)) - 1) // PART_ROWS
        if not parts or len(parts) > _PARTS_MAX * needed:
            parts = _joined([self.parts[0][:0], *parts])
        ids, scales = (self.ids, self.scales) if keep.all() else (self.ids[keep], self.scales[keep])
        return VectorMatrix(np.concatenate([ids, added.ids]), parts, np.concatenate([scales, added.scales]))

    def _kept_of_part(self, place: int, keep: npt.NDArray[np.bool_]) -> Rows:
        part, kept = self.parts[place], keep[self._starts[place] : self._starts[place + 1]]
        return part if kept.all() else part[kept]

    def nearest(self, query: Vectors, limit: int) -> tuple[Ids, Scores]:
        """Ids and cosines of the `limit` nearest vectors, best first."""
        return _best(self.ids, self._scores(query), limit)

    def nearest_among(self, query: Vectors, allowed: Ids, limit: int) -> tuple[Ids, Scores]:
        """As `nearest`, of the vectors with these ids only."""
        places = self._places(allowed)
        if len(places) * _GATHERING_COST > len(self.ids):
            return _best(self.ids[places], self._scores(query)[places], limit)
        blocks = (places[start : start + PART_ROWS] for start in range(0, len(places), PART_ROWS))
        scores = [self._widened(block) @ query for block in blocks]
        return _best(self.ids[places], np.concatenate([np.empty(0, np.float32), *scores]), limit)

    def vectors(self) -> Vectors:
        """All vectors `(n, dimension)` in float32, in the order of `ids`."""
        return self._widened(np.arange(len(self.ids)))

    def only(self, ids: Ids) -> VectorMatrix:
        """The part of it with these ids."""
        places = self._places(ids)
        return VectorMatrix(self.ids[places], _parts(self._rows_at(places)), self.scales[places])

    def _places(self, ids: Ids) -> npt.NDArray[np.intp]:
        """Where those of these ids lie that are held, in order."""
        wanted = np.unique(ids)
        if not len(self.ids) or not len(wanted):
            return np.empty(0, np.intp)
        found = np.minimum(np.searchsorted(self.ids, wanted, sorter=self._order), len(self.ids) - 1)
        places = found if self._order is None else self._order[found]
        return np.sort(places[self.ids[places] == wanted])

    @cached_property
    def _order(self) -> npt.NDArray[np.intp] | None:
        """What puts the ids in order; None where they are, as nearly always: what comes later has a larger one."""
        return None if bool((self.ids[1:] > self.ids[:-1]).all()) else np.argsort(self.ids, kind="stable")

    def _widened(self, places: npt.NDArray[np.intp]) -> Vectors:
        return self._rows_at(places).astype(np.float32) * self.scales[places][:, None]

    def _rows_at(self, places: npt.NDArray[np.intp]) -> Rows:
        """Rows at these places, which are in order."""
        borders = np.searchsorted(places, self._starts)
        return np.concatenate(
            [
                part[places[first:end] - start]
                for part, start, (first, end) in zip(self.parts, self._starts, pairwise(borders), strict=False)
            ]
        )

    def _scores(self, query: Vectors) -> Scores:
        scores = np.empty(len(self.ids), np.float32)
        buffer = np.empty((min(_BLOCK_ROWS, len(self.ids)), self.dimension), np.float32)
        place = 0
        for part in self.parts:
            for start in range(0, len(part), _BLOCK_ROWS):
                rows = part[start : start + _BLOCK_ROWS]
                block = buffer[: len(rows)]
                np.copyto(block, rows)
                np.dot(block, query, out=scores[place : place + len(rows)])
                place += len(rows)
        scores *= self.scales
        return scores


def _best(ids: Ids, scores: Scores, limit: int) -> tuple[Ids, Scores]:
    limit = max(0, limit)
    if len(ids) > limit:
        top = np.argpartition(scores, len(scores) - limit)[len(scores) - limit :] if limit else slice(0, 0)
        ids, scores = ids[top], scores[top]
    order = np.lexsort((ids, -scores))
    return ids[order], scores[order]


def _parts(rows: Rows, first: int = PART_ROWS) -> list[Rows]:
    """Rows in parts, not copied: the first with so many, the others with PART_ROWS."""
    return [rows[:first], *(rows[start : start + PART_ROWS] for start in range(first, len(rows), PART_ROWS))]


def _joined(pieces: Sequence[Rows]) -> list[Rows]:
    """The same rows in as few parts as will do, each with memory of its own."""
    parts: list[Rows] = []
    waiting: list[Rows] = []
    room = PART_ROWS
    for piece in pieces:
        for part in _parts(piece, room):
            waiting.append(part)
            room -= len(part)
            if not room:
                parts.append(np.concatenate(waiting))
                waiting, room = [], PART_ROWS
    return [*parts, np.concatenate(waiting)] if waiting else parts


def _blocks(pairs: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """In blocks, so that no more than one is held twice."""
    remaining = iter(pairs)
    while block := list(islice(remaining, _BLOCK_ROWS)):
        yield block


def _part(block: list[tuple[int, bytes]], dimension: int) -> tuple[Ids, Rows, Scores]:
    ids = np.fromiter((label for label, _ in block), dtype=np.int64, count=len(block))
    return (ids, *unpacked([data for _, data in block], dimension))
