"""The one place that touches hnswlib. Must not know SQLite, chunks or caches.

hnswlib crashes or lies when it is used in ways it does not forbid, so: one lock round every call, no resize, a label
names one vector for ever (a deleted one that comes back is unmarked; its slot is given to no other), results clamped
to what is alive, values checked before.

It holds vectors in float32, so it is given only the directions in which they differ most (`projection`): half the
memory and disk, and less time. What it finds by them is compared in full with the matrix.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_indexer.vectors.matrix import Ids, VectorMatrix
from scholiast_indexer.vectors.packing import Scores, Vectors
from scholiast_indexer.vectors.projection import Directions, projected

M = 16
EF_CONSTRUCTION = 200
"""With 100, twice the effort finds as much: recall@10 .940 and .967 at 200 for 100,000 chunks."""
RECALL_WANTED = 0.97
"""Of the ten nearest, by the graph's self-check; the effort of a search is the least that reaches it. Of questions .98
are found then, or more: .991 among 100,000 chunks at an effort of 400, .990 among 500,000 at 800."""
RECALL_MIN = 0.9
"""Below it no graph suits these vectors (hashed vectors of near copies reach .94), and all are compared."""
DELETED_SHARE_MAX = 0.3
"""With more deleted than this the graph is built again: it slows down and loses recall."""

_EF_TRIED = (200, 300, 400, 500, 600, 800, 1000, 1200)
"""The last costs 1.7 ms among 500,000."""
_COMPARED = 3
_COMPARED_MIN = 200
"""So many candidates at least, and so many times those that are asked for, are compared in full."""
_SPARE_SHARE = 0.2
_SPARE_MIN = 1_000
_SEED = 7
_SELF_CHECKS = 500
_SELF_CHECK_SHARE = 0.6
"""Of one vector in a point of the self-check; the rest is of another."""
_SCORE_TOLERANCE = 1e-4
"""Sums in another order."""
_SELF_CHECK_NEIGHBOURS = 10


class GraphContent(msgspec.Struct, frozen=True):
    """What a saved graph holds, beside hnswlib's own file."""

    alive: bytes
    """Labels, 8 bytes each, little-endian."""
    deleted: bytes
    directions: bytes
    """float32, little-endian, by rows."""
    kept: int
    """Columns of it."""
    ef: int


class Graph:
    """An HNSW index over inner product of unit vectors."""

    def __init__(self, index: Any, directions: Directions, capacity: int, alive: Ids, deleted: Ids, ef: int) -> None:
        self._index = index
        self._directions = directions
        self._capacity = capacity
        self._alive = alive
        """In order, as are `_deleted`: sets would take 45 MB more at 500,000 vectors."""
        self._deleted = deleted
        self._ef = ef
        self._lock = threading.Lock()

    @classmethod
    def empty(cls, directions: Directions, count: int) -> Graph:
        """A graph with room for `count` vectors and some more, which compares them by these directions."""
        import hnswlib

        capacity = _capacity(count)
        index = hnswlib.Index(space="ip", dim=directions.shape[1])
        index.init_index(max_elements=capacity, M=M, ef_construction=EF_CONSTRUCTION, random_seed=_SEED)
        return cls(index, directions, capacity, _NONE, _NONE, _EF_TRIED[0])

    @classmethod
    def load(cls, path: Path, content: GraphContent, dimension: int) -> Graph:
        """Read a graph whose bytes the caller has checked: hnswlib crashes on wrong ones.

        Raises:
            RuntimeError: hnswlib found it wrong all the same.
        """
        import hnswlib

        alive, deleted = _labels(content.alive), _labels(content.deleted)
        directions = np.frombuffer(content.directions, "<f4").reshape(dimension, content.kept).astype(np.float32)
        capacity = _capacity(len(alive) + len(deleted))
        index = hnswlib.Index(space="ip", dim=content.kept)
        index.load_index(os.fspath(path), max_elements=capacity)
        return cls(index, directions, capacity, alive, deleted, content.ef)

    def save(self, path: Path) -> GraphContent:
        """Write the graph to `path`, in place (the caller renames)."""
        with self._lock:
            self._index.save_index(os.fspath(path))
            packed = self._directions.astype("<f4").tobytes()
            kept = self._directions.shape[1]
            return GraphContent(_packed(self._alive), _packed(self._deleted), packed, kept, self._ef)

    def __len__(self) -> int:
        return len(self._alive)

    def difference(self, matrix: VectorMatrix) -> tuple[Ids, VectorMatrix]:
        """What `change` has to be given for the graph to hold what the matrix holds."""
        gone = np.setdiff1d(self._alive, matrix.ids)
        return gone, matrix.only(np.setdiff1d(matrix.ids, self._alive))

    def change(self, removed: Collection[int] | Ids, added: VectorMatrix, threads: int = 1) -> bool:
        """Drop and link vectors; False when a fresh graph should be built instead (nothing was changed then)."""
        with self._lock:
            offered = np.unique(added.ids)
            unwanted = np.setdiff1d(np.fromiter(removed, dtype=np.int64), offered)
            gone = unwanted[_held(self._alive, unwanted)]
            returning = offered[_held(self._deleted, offered)]
            fresh = added.only(offered[~_held(self._deleted, offered) & ~_held(self._alive, offered)])
            deleted = len(self._deleted) + len(gone) - len(returning)
            total = len(self._alive) + len(self._deleted) + len(fresh)
            if total > self._capacity or deleted > DELETED_SHARE_MAX * max(total, 1):
                return False
            for label in gone.tolist():
                self._index.mark_deleted(label)
            for label in returning.tolist():
                self._index.unmark_deleted(label)
            if len(fresh):
                self._index.add_items(projected(fresh.vectors(), self._directions), fresh.ids, num_threads=threads)
            self._deleted = _with(_without(self._deleted, returning), gone)
            self._alive = _with(_with(_without(self._alive, gone), returning), np.unique(fresh.ids))
            return True

    def nearest(self, query: Vectors, limit: int, matrix: VectorMatrix) -> tuple[Ids, Scores] | None:
        """Ids and cosines of about the nearest, best first; None when hnswlib can't find that many.

        Args:
            query: Of the matrix's dimension.
            limit: How many at most.
            matrix: Holds the vectors themselves; what it does not hold is left out.
        """
        turned = projected(query, self._directions)
        with self._lock:
            count = min(max(limit * _COMPARED, _COMPARED_MIN), len(self._alive))
            if count <= 0 or limit <= 0:
                return np.empty(0, np.int64), np.empty(0, np.float32)
            self._index.set_ef(max(self._ef, count))
            try:
                labels, _ = self._index.knn_query(turned, k=count, num_threads=1)
            except RuntimeError:  # "Cannot return the results in a contiguous 2D array": too few reachable
                return None
        return matrix.nearest_among(query, labels[0].astype(np.int64), limit)

    def settle_recall(self, matrix: VectorMatrix) -> float:
        """The share of true neighbours found, at the smallest effort that reaches RECALL_WANTED, which is kept.

        They are looked for from between two vectors, nearer to one of them, where it is a little harder than where
        questions lie: .978 and .991 at an effort of 300 among 100,000, .976 and .987 at 800 among 500,000. From the
        vectors themselves it would find .99, from midway far less (.92 at 200 among 100,000). Copies are found or
        missed together, so that hundreds have to be asked: of 500,000, where 500 say .93, one 300 said .97.
        """
        first = np.linspace(0, len(matrix) - 1, min(_SELF_CHECKS, len(matrix))).astype(np.intp)
        second = np.random.default_rng(_SEED).permutation(first)
        queries = _between(*(_vectors_at(matrix, places) for places in (first, second)))
        truth = [matrix.nearest(query, _SELF_CHECK_NEIGHBOURS)[1] for query in queries]
        share = 0.0
        for self._ef in _EF_TRIED:
            share = self._recall(queries, truth, matrix)
            if share >= RECALL_WANTED:
                break
        return share

    def _recall(self, queries: Vectors, truth: list[Scores], matrix: VectorMatrix) -> float:
        """By scores, not labels: of equal vectors (copied code) any is as good as another."""
        found = 0
        for query, expected in zip(queries, truth, strict=True):
            nearest = self.nearest(query, len(expected), matrix)
            found += 0 if nearest is None else int((nearest[1] >= expected[-1] - _SCORE_TOLERANCE).sum())
        return found / max(1, sum(map(len, truth)))


_NONE: Ids = np.empty(0, np.int64)


def _vectors_at(matrix: VectorMatrix, places: npt.NDArray[np.intp]) -> Vectors:
    return np.concatenate([matrix.only(matrix.ids[place : place + 1]).vectors() for place in places.tolist()])


def _between(first: Vectors, second: Vectors) -> Vectors:
    points = first * np.float32(_SELF_CHECK_SHARE) + second * np.float32(1 - _SELF_CHECK_SHARE)
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    between: Vectors = points / np.maximum(lengths, np.float32(1e-9))
    return between


def _held(ordered: Ids, ids: Ids) -> npt.NDArray[np.bool_]:
    """Which of these ids are among the ordered ones."""
    if not len(ordered):
        return np.zeros(len(ids), np.bool_)
    places = np.minimum(np.searchsorted(ordered, ids), len(ordered) - 1)
    return np.asarray(ordered[places] == ids)


def _with(ordered: Ids, more: Ids) -> Ids:
    """With others, in order too, none of which it holds."""
    return np.insert(ordered, np.searchsorted(ordered, more), more) if len(more) else ordered


def _without(ordered: Ids, fewer: Ids) -> Ids:
    """Without some that it holds."""
    return np.delete(ordered, np.searchsorted(ordered, fewer)) if len(fewer) else ordered


def _capacity(count: int) -> int:
    return int(count * (1 + _SPARE_SHARE)) + _SPARE_MIN


def _packed(labels: Ids) -> bytes:
    return labels.astype("<i8").tobytes()


def _labels(packed: bytes) -> Ids:
    return np.frombuffer(packed, dtype="<i8").astype(np.int64)
