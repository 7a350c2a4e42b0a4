"""All vectors of a workspace as one immutable int8 matrix, compared with a query in full. Must not know storage.

Rows are quantised to int8 with one scale each: a quarter of the memory at the same ranking (.752 / .751 NDCG@10
with float32 and int8 rows of the same model), and as fast, because less memory is read.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

_BLOCK_ROWS = 1024
"""Rows widened to float32 at a time: 1 MB at 256 dimensions, which stays in a core's cache and below the size at
which BLAS calls other threads. 100,000 rows: 5.1 ms; with 8192 rows a block 13 ms (benchmarks/vectors.py)."""


class VectorMatrix:
    """An immutable set of labelled vectors; changes give a new matrix, so readers never wait."""

    def __init__(self, ids: Ids, rows: npt.NDArray[np.int8], scales: Scores) -> None:
        self.ids = ids
        self.rows = rows
        self.scales = scales

    @classmethod
    def empty(cls, dimension: int) -> VectorMatrix:
        return cls(np.empty(0, np.int64), np.empty((0, dimension), np.int8), np.empty(0, np.float32))

    @classmethod
    def from_halves(cls, pairs: Iterable[tuple[int, bytes]], dimension: int) -> VectorMatrix:
        """From `(id, float16 bytes)`; vectors of another length are left out."""
        size = dimension * 2
        whole = [(vector_id, data) for vector_id, data in pairs if len(data) == size]
        if not whole:
            return cls.empty(dimension)
        ids = np.fromiter((vector_id for vector_id, _ in whole), dtype=np.int64, count=len(whole))
        halves = np.frombuffer(b"".join(data for _, data in whole), dtype="<f2").reshape(-1, dimension)
        return cls(ids, *_quantised(halves.astype(np.float32)))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        return int(self.rows.shape[1])

    def changed(self, removed: Ids, added: VectorMatrix) -> VectorMatrix:
        """This matrix without `removed` and with `added`, whose ids replace equal ones."""
        gone = np.union1d(removed, added.ids)
        keep = ~np.isin(self.ids, gone) if len(gone) else np.ones(len(self.ids), bool)
        if keep.all():
            kept = (self.ids, self.rows, self.scales)
        else:
            kept = (self.ids[keep], self.rows[keep], self.scales[keep])
        return VectorMatrix(
            np.concatenate([kept[0], added.ids]),
            np.concatenate([kept[1], added.rows]),
            np.concatenate([kept[2], added.scales]),
        )

    def nearest(self, query: npt.NDArray[np.float32], limit: int) -> tuple[Ids, Scores]:
        """Ids and cosines of the `limit` nearest vectors, best first."""
        return _best(self.ids, self._scores(query), limit)

    def nearest_among(self, query: npt.NDArray[np.float32], allowed: Ids, limit: int) -> tuple[Ids, Scores]:
        """As `nearest`, of the vectors with these ids only."""
        places = np.nonzero(np.isin(self.ids, allowed))[0]
        scores = (self.rows[places].astype(np.float32) @ query) * self.scales[places]
        return _best(self.ids[places], scores, limit)

    def vectors(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Vectors `(n, dimension)` of the ids that are here, in matrix order."""
        places = np.nonzero(np.isin(self.ids, ids))[0]
        return self.rows[places].astype(np.float32) * self.scales[places][:, None]

    def _scores(self, query: npt.NDArray[np.float32]) -> Scores:
        scores = np.empty(len(self.ids), np.float32)
        buffer = np.empty((min(_BLOCK_ROWS, len(self.ids)), self.dimension), np.float32)
        for start in range(0, len(self.ids), _BLOCK_ROWS):
            rows = self.rows[start : start + _BLOCK_ROWS]
            block = buffer[: len(rows)]
            np.copyto(block, rows)
            np.dot(block, query, out=scores[start : start + len(rows)])
        scores *= self.scales
        return scores


def _best(ids: Ids, scores: Scores, limit: int) -> tuple[Ids, Scores]:
    if len(ids) > limit:
        top = np.argpartition(scores, len(scores) - limit)[-limit:]
        ids, scores = ids[top], scores[top]
    order = np.lexsort((ids, -scores))
    return ids[order], scores[order]


def _quantised(vectors: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], Scores]:
    peaks = np.abs(vectors).max(axis=1)
    scales = np.where(peaks > 0, peaks / 127.0, 1.0).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales
