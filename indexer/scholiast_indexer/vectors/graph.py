"""The one place that touches hnswlib. Must not know SQLite, chunks or caches.

hnswlib crashes or lies when it is used in ways it does not forbid, so: one lock round every call, no resize, a label
names one vector for ever (a deleted one that comes back is unmarked; its slot is given to no other), results clamped
to what is alive, values checked before.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from scholiast_indexer.vectors.matrix import Ids, Scores, VectorMatrix, Vectors

M = 16
EF_CONSTRUCTION = 100
EF_SEARCH = 200
"""Recall@50 on real code vectors: .897 at 50, .987 at 200."""
RECALL_MIN = 0.9
"""Of the graph's self-check. Hashed vectors of near copies, the hardest we met, reach .94; vectors that no graph
suits stay below .7, and are then all compared."""
DELETED_SHARE_MAX = 0.3
"""With more deleted than this the graph is built again: it slows down and loses recall."""

_EF_TRIED = (EF_SEARCH, 400, 800)
_SPARE_SHARE = 0.2
_SPARE_MIN = 1_000
_SEED = 7
_SELF_CHECKS = 50
_SCORE_TOLERANCE = 1e-4
"""hnswlib sums in another order."""
_SELF_CHECK_NEIGHBOURS = 10


class GraphContent(msgspec.Struct, frozen=True):
    """What a saved graph holds, beside hnswlib's own file."""

    alive: bytes
    """Labels, 8 bytes each, little-endian."""
    deleted: bytes
    ef: int


class Graph:
    """An HNSW index over inner product of unit vectors."""

    def __init__(self, index: Any, dimension: int, capacity: int, alive: set[int], deleted: set[int], ef: int) -> None:
        self._index = index
        self._dimension = dimension
        self._capacity = capacity
        self._alive = alive
        self._deleted = deleted
        self._ef = ef
        self._lock = threading.Lock()

    @classmethod
    def empty(cls, dimension: int, count: int) -> Graph:
        """A graph with room for `count` vectors and some more."""
        import hnswlib

        capacity = _capacity(count)
        index = hnswlib.Index(space="ip", dim=dimension)
        index.init_index(max_elements=capacity, M=M, ef_construction=EF_CONSTRUCTION, random_seed=_SEED)
        return cls(index, dimension, capacity, set(), set(), EF_SEARCH)

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors, threads: int = 1) -> Graph:
        """Link vectors `(n, dimension)`, unit length and finite, under their ids."""
        graph = cls.empty(vectors.shape[1], len(ids))
        if len(ids):  # hnswlib fails on none
            graph._index.add_items(vectors, ids, num_threads=threads)
        graph._alive = set(ids.tolist())
        return graph

    @classmethod
    def load(cls, path: Path, content: GraphContent, dimension: int) -> Graph:
        """Read a graph whose bytes the caller has checked: hnswlib crashes on wrong ones.

        Raises:
            RuntimeError: hnswlib found it wrong all the same.
        """
        import hnswlib

        alive, deleted = _labels(content.alive), _labels(content.deleted)
        capacity = _capacity(len(alive) + len(deleted))
        index = hnswlib.Index(space="ip", dim=dimension)
        index.load_index(os.fspath(path), max_elements=capacity)
        return cls(index, dimension, capacity, alive, deleted, content.ef)

    def save(self, path: Path) -> GraphContent:
        """Write the graph to `path`, in place (the caller renames)."""
        with self._lock:
            self._index.save_index(os.fspath(path))
            return GraphContent(_packed(self._alive), _packed(self._deleted), self._ef)

    def __len__(self) -> int:
        return len(self._alive)

    def difference(self, matrix: VectorMatrix) -> tuple[set[int], VectorMatrix]:
        """What `change` has to be given for the graph to hold what the matrix holds."""
        held = np.fromiter(self._alive, dtype=np.int64, count=len(self._alive))
        gone = set(np.setdiff1d(held, matrix.ids).tolist())
        return gone, matrix.only(np.setdiff1d(matrix.ids, held))

    def change(self, removed: Collection[int], added: VectorMatrix, threads: int = 1) -> bool:
        """Drop and link vectors; False when a fresh graph should be built instead (nothing was changed then)."""
        with self._lock:
            offered = set(added.ids.tolist())
            gone = self._alive.intersection(removed) - offered
            returning = offered & self._deleted
            fresh = added.only(np.fromiter(offered - returning - self._alive, dtype=np.int64))
            deleted = len(self._deleted) + len(gone) - len(returning)
            total = len(self._alive) + len(self._deleted) + len(fresh)
            if total > self._capacity or deleted > DELETED_SHARE_MAX * max(total, 1):
                return False
            for label in gone:
                self._index.mark_deleted(label)
            for label in returning:
                self._index.unmark_deleted(label)
            if len(fresh):
                self._index.add_items(fresh.vectors(), fresh.ids, num_threads=threads)
            self._deleted |= gone  # in place: a copy of all labels would take 10 MB at 100,000 vectors
            self._deleted -= returning
            self._alive -= gone
            self._alive |= offered
            return True

    def nearest(self, query: Vectors, limit: int) -> tuple[Ids, Scores] | None:
        """Ids and cosines of about the nearest, best first; None when hnswlib can't find that many."""
        with self._lock:
            count = min(limit, len(self._alive))
            if count <= 0:
                return np.empty(0, np.int64), np.empty(0, np.float32)
            self._index.set_ef(max(self._ef, count * 2))
            try:
                labels, distances = self._index.knn_query(query, k=count, num_threads=1)
            except RuntimeError:  # "Cannot return the results in a contiguous 2D array": too few reachable
                return None
        return labels[0].astype(np.int64), (1.0 - distances[0]).astype(np.float32)

    def settle_recall(self, matrix: VectorMatrix) -> float:
        """The share of true neighbours found, at the smallest effort that reaches RECALL_MIN, which is kept."""
        sample = np.linspace(0, len(matrix) - 1, min(_SELF_CHECKS, len(matrix))).astype(np.int64)
        queries = matrix.only(matrix.ids[sample]).vectors()
        truth = [matrix.nearest(query, _SELF_CHECK_NEIGHBOURS)[1] for query in queries]
        share = 0.0
        for self._ef in _EF_TRIED:
            share = self._recall(queries, truth)
            if share >= RECALL_MIN:
                break
        return share

    def _recall(self, queries: Vectors, truth: list[Scores]) -> float:
        """By scores, not labels: of equal vectors (copied code) any is as good as another."""
        found = 0
        for query, expected in zip(queries, truth, strict=True):
            nearest = self.nearest(query, len(expected))
            found += 0 if nearest is None else int((nearest[1] >= expected[-1] - _SCORE_TOLERANCE).sum())
        return found / max(1, sum(map(len, truth)))


def _capacity(count: int) -> int:
    return int(count * (1 + _SPARE_SHARE)) + _SPARE_MIN


def _packed(labels: Collection[int]) -> bytes:
    return np.fromiter(sorted(labels), dtype="<i8", count=len(labels)).tobytes()


def _labels(packed: bytes) -> set[int]:
    return set(np.frombuffer(packed, dtype="<i8").tolist())
