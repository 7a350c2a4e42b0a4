"""The vectors of one workspace and model: what is near a query, and keeping up with the catalog.

Must not know SQLite or chunks: the caller gives the ids that should be here and a way to fetch their vectors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.limits import VECTORS_EXACT_MAX
from scholiast_indexer.vectors.caches import CacheFiles, Origin
from scholiast_indexer.vectors.graph import RECALL_MIN, Graph
from scholiast_indexer.vectors.matrix import Ids, VectorMatrix
from scholiast_indexer.vectors.packing import Scores, Vectors
from scholiast_indexer.vectors.projection import main_directions

VectorMode = Literal["auto", "exact", "hnsw"]

_SAVED_DRIFT_MAX = 0.02
"""Share of vectors that may differ from a saved cache before it is written again: bringing that many up to date at
the next start takes less time than writing the whole file after each small change."""
_BUILD_BATCH = 2_000
"""Vectors linked between two looks at whether to stop: about 0.4 s."""
_SIZE_CHANGE = 0.2
"""A set that a graph did not suit is tried again when its size has changed by this share."""

_SELECTIVE_SHARE = 0.5
"""Share of all vectors below which those that a filter leaves are all compared."""
_FILTERED_FACTOR = 3
"""Times as many are asked of the graph where a filter leaves out some of them afterwards."""


class Live(NamedTuple):
    """What the catalog holds at one moment."""

    generation: int
    ids: Ids
    fetch: Callable[[Ids], Iterable[tuple[int, bytes]]]
    """Gives `(id, packed vector)` of those of these ids that have a vector."""


class VectorStore:
    """Nearest-vector search with a matrix always, and a graph when it pays.

    Any thread may search at any time; changes are made one at a time and swap in whole values.
    """

    def __init__(
        self,
        directory: Path,
        catalog: str,
        fingerprint: str,
        dimension: int,
        mode: VectorMode = "auto",
        *,
        key: Callable[[], bytes] = bytes,
    ) -> None:
        """An empty store; `follow` fills it.

        Args:
            directory: Where its caches lie.
            catalog: Identity of the catalog that they were made from.
            fingerprint: Of the model.
            dimension: Of its vectors.
            mode: How vectors are compared.
            key: Gives what signs a graph that is saved, so that no other is loaded.
        """
        self._files = CacheFiles(directory, Origin(catalog, fingerprint, dimension), key)
        self._mode = mode
        self._matrix = VectorMatrix.empty(dimension)
        self._matrix_drift = 0
        self._graph: Graph | None = None
        self._graph_drift = 0
        self._unsuited_size: int | None = None
        self._loaded = False
        self._generation = 0
        self._changing = threading.RLock()
        self.notes: list[str] = []
        """What had to be rebuilt and why, for the user."""

    def __len__(self) -> int:
        return len(self._matrix)

    @property
    def dimension(self) -> int:
        return self._matrix.dimension

    @property
    def is_loaded(self) -> bool:
        """Whether `follow` has been called."""
        return self._loaded

    @property
    def searched_by(self) -> Literal["exact", "hnsw"]:
        """How the next search works."""
        return "hnsw" if self._graph is not None else "exact"

    @property
    def wants_graph(self) -> bool:
        """Whether the number of vectors (or the setting) asks for a graph that is not there yet."""
        size = len(self)
        asked = size > 0 and (self._mode == "hnsw" or (self._mode == "auto" and size > VECTORS_EXACT_MAX))
        unsuited = self._unsuited_size is not None and abs(size - self._unsuited_size) <= size * _SIZE_CHANGE
        return asked and self._graph is None and not unsuited

    # -- keeping up ---------------------------------------------------------------------------------------------

    def follow(self, read: Callable[[], Live]) -> None:
        """Hold exactly what the catalog holds, from the cache as far as it goes.

        Args:
            read: Called when no other change is under way, so that an older state never follows a newer one.
        """
        with self._changing:
            live = read()
            if not self._loaded:
                self._matrix = self._read_matrix(live.generation)
                self._loaded = True
            missing = np.setdiff1d(live.ids, self._matrix.ids)
            gone = np.setdiff1d(self._matrix.ids, live.ids)
            added = VectorMatrix.from_packed(live.fetch(missing) if len(missing) else (), self.dimension)
            self._change(gone, added)
            self._generation = live.generation

    def apply(self, removed: Iterable[int], added: Iterable[tuple[int, bytes]], generation: int) -> None:
        """Drop and add vectors `(id, packed vector)`, as the catalog did in reaching this generation."""
        with self._changing:
            self._change(np.fromiter(removed, dtype=np.int64), VectorMatrix.from_packed(added, self.dimension))
            self._generation = generation

    def _change(self, removed: Ids, added: VectorMatrix) -> None:
        if not len(removed) and not len(added):
            return
        self._matrix = self._matrix.changed(removed, added)
        self._matrix_drift += len(removed) + len(added)
        self._graph_drift += len(removed) + len(added)
        if self._graph is not None and not self._graph.change(removed, added):
            self._graph = None

    # -- search -------------------------------------------------------------------------------------------------

    def nearest(self, query: Vectors, limit: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        """Ids and cosines of the nearest vectors, best first; `allowed` narrows to those ids.

        Raises:
            EmbedderError: The query's vector can't be used.
        """
        matrix, graph = self._matrix, self._graph
        query = np.ascontiguousarray(query, dtype=np.float32)
        if query.shape != (self.dimension,) or not np.isfinite(query).all():
            raise EmbedderError(f"the embedder gave a question a vector that can't be used, of shape {query.shape}")
        if allowed is not None and len(allowed) < len(matrix) * _SELECTIVE_SHARE:
            return matrix.nearest_among(query, allowed, limit)
        if graph is not None and (found := _found_by(graph, matrix, query, limit, allowed)) is not None:
            return found
        return matrix.nearest(query, limit) if allowed is None else matrix.nearest_among(query, allowed, limit)

    # -- the graph ----------------------------------------------------------------------------------------------

    def warm(self, threads: int = 1, stop: threading.Event | None = None) -> None:
        """Load the graph, or build it, when one is wanted. Searches go on, comparing all, until it is there."""
        if not self.wants_graph:
            return
        graph = self._read_graph()
        if graph is None or not self._is_brought_level(graph):  # too much has changed since it was saved
            graph = self._build_graph(threads, stop or threading.Event())
        with self._changing:
            if graph is not None and self._is_brought_level(graph):
                self._graph = graph

    def _is_brought_level(self, graph: Graph) -> bool:
        with self._changing:
            return graph.change(*graph.difference(self._matrix))

    def _build_graph(self, threads: int, stop: threading.Event) -> Graph | None:
        matrix = self._matrix
        graph = Graph.empty(main_directions(matrix), len(matrix))
        for start in range(0, len(matrix), _BUILD_BATCH):
            if stop.is_set():
                return None
            graph.change((), matrix.only(matrix.ids[start : start + _BUILD_BATCH]), threads)
        recall = graph.settle_recall(matrix)
        if recall < RECALL_MIN:
            self._unsuited_size = len(matrix)
            self.notes.append(f"the vector graph finds only {recall:.0%} of the neighbours; comparing all instead")
            return None
        self._graph_drift = len(graph)
        return graph

    # -- caches -------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the caches that have drifted far from what is saved. The caller holds the writer's lock.

        Raises:
            StorageError: The disk is full.
        """
        with self._changing:
            matrix, graph, generation = self._matrix, self._graph, self._generation
            matrix_drift, graph_drift = self._matrix_drift, self._graph_drift
        if matrix_drift > len(matrix) * _SAVED_DRIFT_MAX:
            self._files.write_matrix(matrix, generation)
            self._matrix_drift -= matrix_drift
        if graph is not None and graph_drift > len(graph) * _SAVED_DRIFT_MAX:
            self._files.write_graph(graph, generation)
            self._graph_drift -= graph_drift

    def _read_matrix(self, generation: int) -> VectorMatrix:
        try:
            matrix = self._files.read_matrix(generation)
        except ValueError:
            self.notes.append("the vector cache was damaged; it was rebuilt from the index")
            matrix = None
        return VectorMatrix.empty(self.dimension) if matrix is None else matrix

    def _read_graph(self) -> Graph | None:
        try:
            graph = self._files.read_graph(self._generation)
        except ValueError:
            self.notes.append("the vector graph was damaged; it was rebuilt from the index")
            self._files.remove_graph()
            return None
        self._graph_drift = 0
        return graph


def _found_by(
    graph: Graph, matrix: VectorMatrix, query: Vectors, limit: int, allowed: Ids | None
) -> tuple[Ids, Scores] | None:
    """What the graph finds, of those that are allowed; None when it finds too few."""
    if allowed is None:
        return graph.nearest(query, limit, matrix)
    found = graph.nearest(query, limit * _FILTERED_FACTOR, matrix)
    if found is None:
        return None
    ids, scores = found
    passed = np.isin(ids, allowed)
    return (ids[passed][:limit], scores[passed][:limit]) if passed.sum() >= min(limit, len(allowed)) else None
