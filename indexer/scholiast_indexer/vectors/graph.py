"""The one place that touches hnswlib. Must not know SQLite, chunks or files.

hnswlib crashes or lies when it is used in ways it does not forbid, so: one lock round every call, no resize under a
reader, labels never given twice, deleted labels marked, results clamped to what is alive, values checked before.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scholiast_indexer.vectors.matrix import Ids, Scores

M = 16
EF_CONSTRUCTION = 100
EF_SEARCH = 200
"""Recall@50 on real code vectors: .897 at 50, .987 at 200."""
RECALL_MIN = 0.95
_EF_TRIED = (EF_SEARCH, 400, 800)
DELETED_SHARE_MAX = 0.3
"""With more deleted than this the graph is built again: it slows down and loses recall."""
_SPARE_SHARE = 0.2
_SEED = 7


class Graph:
    """An HNSW index over inner product of unit vectors."""

    def __init__(self, index: Any, dimension: int, capacity: int) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._dimension = dimension
        self._capacity = capacity
        self._alive: set[int] = set()
        self._deleted = 0
        self.ef = EF_SEARCH

    @classmethod
    def build(cls, ids: Ids, vectors: npt.NDArray[np.float32], threads: int) -> Graph:
        """Link `vectors` `(n, dimension)`, unit length and finite, under their ids."""
        import hnswlib

        capacity = int(len(ids) * (1 + _SPARE_SHARE)) + 1000
        index = hnswlib.Index(space="ip", dim=vectors.shape[1])
        index.init_index(
            max_elements=capacity, M=M, ef_construction=EF_CONSTRUCTION, random_seed=_SEED, allow_replace_deleted=True
        )
        graph = cls(index, vectors.shape[1], capacity)
        index.add_items(vectors, ids, num_threads=threads)
        index.set_ef(graph.ef)
        graph._alive = set(ids.tolist())
        return graph

    @classmethod
    def load(cls, path: Path, ids: Ids, dimension: int) -> Graph:
        """Read a graph whose bytes the caller has checked: hnswlib crashes on wrong ones.

        Raises:
            RuntimeError: hnswlib found it wrong all the same.
        """
        import hnswlib

        capacity = int(len(ids) * (1 + _SPARE_SHARE)) + 1000
        index = hnswlib.Index(space="ip", dim=dimension)
        index.load_index(os.fspath(path), max_elements=capacity, allow_replace_deleted=True)
        graph = cls(index, dimension, capacity)
        index.set_ef(graph.ef)
        graph._alive = set(ids.tolist())
        graph._deleted = int(index.get_current_count()) - len(ids)
        return graph

    def save(self, path: Path) -> Ids:
        """Write the graph to `path` (in place: the caller renames) and return the ids alive in it."""
        with self._lock:
            self._index.save_index(os.fspath(path))
            return np.fromiter(sorted(self._alive), dtype=np.int64, count=len(self._alive))

    @property
    def alive(self) -> set[int]:
        return self._alive

    def apply(self, removed: set[int], ids: Ids, vectors: npt.NDArray[np.float32]) -> bool:
        """Remove and add vectors; False when a fresh graph should be built instead (nothing was changed then)."""
        with self._lock:
            gone = removed & self._alive
            new = [place for place, label in enumerate(ids.tolist()) if label not in self._alive]
            deleted = self._deleted + len(gone)
            total = len(self._alive) + self._deleted
            if deleted > DELETED_SHARE_MAX * max(total, 1) or total + len(new) > self._capacity:
                return False
            for label in gone:
                self._index.mark_deleted(label)
            self._alive -= gone
            self._deleted = deleted
            if new:
                self._index.add_items(vectors[new], ids[new], num_threads=1, replace_deleted=True)
                self._deleted = max(0, self._deleted - len(new))
                self._alive.update(ids[new].tolist())
            return True

    def nearest(self, query: npt.NDArray[np.float32], limit: int) -> tuple[Ids, Scores] | None:
        """Ids and cosines of about the nearest, best first; None when hnswlib can't find that many."""
        with self._lock:
            count = min(limit, len(self._alive))
            if count == 0:
                return np.empty(0, np.int64), np.empty(0, np.float32)
            self._index.set_ef(max(self.ef, count * 2))
            try:
                labels, distances = self._index.knn_query(query, k=count, num_threads=1)
            except RuntimeError:  # "Cannot return the results in a contiguous 2D array": too few reachable
                return None
        return labels[0].astype(np.int64), (1.0 - distances[0]).astype(np.float32)

    def recall(self, queries: npt.NDArray[np.float32], truth: list[set[int]]) -> float:
        """Share of the true neighbours found, at the smallest `ef` that reaches RECALL_MIN, which is kept."""
        share = 0.0
        for self.ef in _EF_TRIED:
            found = 0
            for query, expected in zip(queries, truth, strict=True):
                nearest = self.nearest(query, len(expected))
                found += 0 if nearest is None else len(expected.intersection(nearest[0].tolist()))
            share = found / max(1, sum(map(len, truth)))
            if share >= RECALL_MIN:
                break
        return share
