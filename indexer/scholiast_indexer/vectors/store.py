"""The vectors of one workspace and model, with their two caches on disk. Must not know SQLite or chunks.

Both caches can be thrown away: the caller gives the ids that should be here and a way to fetch their vectors.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_indexer.limits import VECTORS_EXACT_MAX
from scholiast_indexer.vectors.graph import RECALL_MIN, Graph
from scholiast_indexer.vectors.matrix import Ids, Scores, VectorMatrix

VectorMode = Literal["auto", "exact", "hnsw"]
Fetch = Callable[[Ids], Iterable[tuple[int, bytes]]]
"""Gives `(id, float16 bytes)` of these ids."""

MATRIX_NAME = "vectors.bin"
GRAPH_NAME = "graph.bin"
GRAPH_STAMP_NAME = "graph.json"
_MAGIC = b"scholiast-vectors-1\n"
_SELF_CHECKS = 50


class _MatrixHead(msgspec.Struct, frozen=True):
    fingerprint: str
    dimension: int
    count: int
    checksum: int


class _GraphStamp(msgspec.Struct, frozen=True):
    fingerprint: str
    dimension: int
    digest: str
    ids: bytes


class VectorStore:
    """Nearest-vector search with a matrix always and a graph when it pays."""

    def __init__(self, directory: Path, fingerprint: str, dimension: int, mode: VectorMode = "auto") -> None:
        self._directory = directory
        self._fingerprint = fingerprint
        self._mode = mode
        self._matrix = VectorMatrix.empty(dimension)
        self._saved: VectorMatrix | None = None
        self._graph: Graph | None = None
        self._graph_saved_size = 0
        self.notes: list[str] = []
        """What had to be rebuilt and why, for the user."""

    def __len__(self) -> int:
        return len(self._matrix)

    @property
    def dimension(self) -> int:
        return self._matrix.dimension

    @property
    def searched_by(self) -> Literal["exact", "hnsw"]:
        """How the next search works."""
        return "hnsw" if self._graph is not None else "exact"

    @property
    def wants_graph(self) -> bool:
        """Whether the number of vectors (or the setting) asks for a graph."""
        return self._mode == "hnsw" or (self._mode == "auto" and len(self) > VECTORS_EXACT_MAX)

    # -- content ------------------------------------------------------------------------------------------------

    def load(self, live: Ids, fetch: Fetch) -> None:
        """Read the matrix cache and bring it to exactly the live ids, fetching what it lacks."""
        self._matrix = self._saved = self._read_matrix()
        held, live = self._matrix.ids, np.asarray(live, dtype=np.int64)
        if len(held) == len(live) and np.array_equal(np.sort(held), np.sort(live)):
            return
        missing = np.setdiff1d(live, held)
        added = VectorMatrix.from_halves(fetch(missing) if len(missing) else (), self.dimension)
        self._matrix = self._matrix.changed(np.setdiff1d(held, live), added)

    def apply(self, removed: Iterable[int], added: Iterable[tuple[int, bytes]]) -> None:
        """Drop and add vectors; searches that run meanwhile see the state before."""
        gone = np.fromiter(removed, dtype=np.int64)
        new = VectorMatrix.from_halves(added, self.dimension)
        if not len(gone) and not len(new):
            return
        self._matrix = self._matrix.changed(gone, new)
        if self._graph is not None and not self._graph.apply(set(gone.tolist()), new.ids, new.vectors(new.ids)):
            self._graph = None

    # -- search -------------------------------------------------------------------------------------------------

    def nearest(
        self, query: npt.NDArray[np.float32], limit: int, allowed: Ids | None = None
    ) -> tuple[Ids, Scores]:
        """Ids and cosines of the nearest vectors, best first; `allowed` narrows to those ids."""
        matrix = self._matrix
        if allowed is not None:
            return matrix.nearest_among(query, allowed, limit)
        if self._graph is not None and (found := self._graph.nearest(query, limit)) is not None:
            return found
        return matrix.nearest(query, limit)

    def warm(self, threads: int = 1) -> None:
        """Load the graph, or build it, when this size wants one."""
        if self._graph is None and self.wants_graph and len(self):
            self._graph = self._read_graph() or self._build_graph(threads)

    def _build_graph(self, threads: int) -> Graph | None:
        matrix = self._matrix
        graph = Graph.build(matrix.ids, matrix.vectors(matrix.ids), threads)
        sample = np.linspace(0, len(matrix) - 1, min(_SELF_CHECKS, len(matrix))).astype(np.int64)
        queries = matrix.vectors(matrix.ids[sample])
        truth = [set(matrix.nearest(query, 10)[0].tolist()) for query in queries]
        recall = graph.recall(queries, truth)
        if recall < RECALL_MIN:
            self.notes.append(f"the vector graph finds only {recall:.0%} of the neighbours; comparing all instead")
            return None
        return graph

    # -- caches -------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the caches that changed, each by rename, so that a kill leaves the old or the new one."""
        if self._matrix is not self._saved:
            self._write_matrix(self._matrix)
            self._saved = self._matrix
        if self._graph is not None and abs(len(self._graph.alive) - self._graph_saved_size) > len(self) * 0.05:
            self._write_graph(self._graph)

    def _read_matrix(self) -> VectorMatrix:
        empty = VectorMatrix.empty(self.dimension)
        try:
            data = (self._directory / MATRIX_NAME).read_bytes()
        except OSError:
            return empty
        try:
            return _decoded(data, self._fingerprint, self.dimension) or empty
        except (ValueError, msgspec.MsgspecError):
            self.notes.append("the vector cache was damaged; it was rebuilt from the index")
            return empty

    def _write_matrix(self, matrix: VectorMatrix) -> None:
        body = b"".join((matrix.ids.tobytes(), matrix.scales.tobytes(), matrix.rows.tobytes()))
        head = msgspec.json.encode(
            _MatrixHead(self._fingerprint, matrix.dimension, len(matrix), zlib.crc32(body))
        )
        temporary = self._directory / f"{MATRIX_NAME}.new"
        temporary.write_bytes(b"".join((_MAGIC, head, b"\n", body)))
        temporary.replace(self._directory / MATRIX_NAME)

    def _read_graph(self) -> Graph | None:
        path = self._directory / GRAPH_NAME
        try:
            stamp = msgspec.json.decode((self._directory / GRAPH_STAMP_NAME).read_bytes(), type=_GraphStamp)
            if (stamp.fingerprint, stamp.dimension) != (self._fingerprint, self.dimension):
                return None
            if _file_digest(path) != stamp.digest:
                self.notes.append("the vector graph was damaged; it was rebuilt from the index")
                return None
            ids = np.frombuffer(stamp.ids, dtype="<i8")
            graph = Graph.load(path, ids, self.dimension)
        except (OSError, ValueError, RuntimeError, msgspec.MsgspecError):
            return None
        self._graph_saved_size = len(ids)
        live = self._matrix.ids
        missing = np.setdiff1d(live, ids)
        places = np.nonzero(np.isin(live, missing))[0]
        gone = set(np.setdiff1d(ids, live).tolist())
        return graph if graph.apply(gone, live[places], self._matrix.vectors(missing)) else None

    def _write_graph(self, graph: Graph) -> None:
        temporary = self._directory / f"{GRAPH_NAME}.new"
        ids = graph.save(temporary)
        stamp = _GraphStamp(self._fingerprint, self.dimension, _file_digest(temporary), ids.astype("<i8").tobytes())
        (self._directory / GRAPH_STAMP_NAME).unlink(missing_ok=True)
        temporary.replace(self._directory / GRAPH_NAME)
        (self._directory / GRAPH_STAMP_NAME).write_bytes(msgspec.json.encode(stamp))
        self._graph_saved_size = len(ids)


def _decoded(data: bytes, fingerprint: str, dimension: int) -> VectorMatrix | None:
    """The matrix in a cache file; None when it is of another model. Raises ValueError when bytes are wrong."""
    if not data.startswith(_MAGIC):
        raise ValueError("not a vector cache")
    end = data.index(b"\n", len(_MAGIC))
    head = msgspec.json.decode(data[len(_MAGIC) : end], type=_MatrixHead)
    if (head.fingerprint, head.dimension) != (fingerprint, dimension):
        return None
    body = memoryview(data)[end + 1 :]
    if len(body) != head.count * (8 + 4 + dimension) or zlib.crc32(body) != head.checksum:
        raise ValueError("checksum")
    ids = np.frombuffer(body, dtype="<i8", count=head.count)
    scales = np.frombuffer(body, dtype="<f4", count=head.count, offset=8 * head.count)
    rows = np.frombuffer(body, dtype=np.int8, offset=12 * head.count).reshape(head.count, dimension)
    return VectorMatrix(ids, rows, scales)


def _file_digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
