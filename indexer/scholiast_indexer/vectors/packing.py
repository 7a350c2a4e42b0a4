"""A vector as it is stored: one byte a dimension, after the scale that they share. Must not know where it is kept.

Packed are the scale (float32, little-endian) and as many int8. That is half of what float16 takes, and what is searched
is rounded so anyway: .8959 and .8959 NDCG@10 on labelled queries of scope root (benchmarks/retrieval.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int8]
Vectors = npt.NDArray[np.float32]
"""One of length `dimension`, or `(n, dimension)`; unit length."""

_SCALE_BYTES = 4
_FORMAT_OF_HALVES = 1
"""Of the index, up to which vectors are float16."""


def packed_vectors(vectors: Vectors) -> list[bytes]:
    """Each row of `(n, dimension)`, packed."""
    rows, scales = _quantised(vectors)
    return [scale.tobytes() + row.tobytes() for scale, row in zip(scales.astype("<f4"), rows, strict=True)]


def packed_length(dimension: int) -> int:
    """Bytes of a packed vector."""
    return _SCALE_BYTES + dimension


def unpacked(block: Sequence[bytes], dimension: int) -> tuple[Rows, Scores]:
    """Rows `(n, dimension)` and scales of packed vectors, each of the right length."""
    table = np.frombuffer(b"".join(block), dtype=np.int8).reshape(-1, packed_length(dimension))
    scales = np.ascontiguousarray(table[:, :_SCALE_BYTES]).view("<f4").ravel()
    return np.ascontiguousarray(table[:, _SCALE_BYTES:]), scales.astype(np.float32)


def unpacked_vectors(block: Sequence[bytes], dimension: int) -> Vectors:
    """Packed vectors as `(n, dimension)` in float32."""
    rows, scales = unpacked(block, dimension)
    return rows * scales[:, None]


def packed_again(data: bytes, dimension: int, index_format: int) -> bytes:
    """A vector as an index of that format has it, packed; empty where it is of another length."""
    if index_format > _FORMAT_OF_HALVES:
        return data if len(data) == packed_length(dimension) else b""
    if len(data) != dimension * 2:
        return b""
    return packed_vectors(np.frombuffer(data, dtype="<f2")[None].astype(np.float32))[0]


def _quantised(vectors: Vectors) -> tuple[Rows, Scores]:
    peaks = np.abs(vectors).max(axis=1, initial=0.0)
    scales = np.where(peaks > 0, peaks / 127.0, 1.0).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales
