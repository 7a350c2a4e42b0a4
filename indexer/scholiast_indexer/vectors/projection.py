"""Vectors with fewer dimensions, for what only has to find candidates. Must not know who compares them.

Vectors of text lie mostly in some directions of their space. Turned so that these come first, the others can be left
out: of the shipped embedder's 256 the first 112 hold .88, and among the 200 nearest by them lie 99.4 % of the
ten nearest by all (658 questions, 100,000 chunks; benchmarks/vectors.py measures what is found in the end).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scholiast_indexer.vectors.matrix import VectorMatrix
from scholiast_indexer.vectors.packing import Vectors

Directions = npt.NDArray[np.float32]
"""`(dimension, kept)`, orthonormal columns."""

KEPT_MIN = 0.88
"""Share of the squared lengths that the kept dimensions hold."""
_STEP = 16
"""Numbers of dimensions are multiples of it: hnswlib compares so many at once."""
_SAMPLE = 20_000
"""Vectors looked at: of 256 dimensions in 0.1 s."""


def identity(dimension: int) -> Directions:
    """Leaves vectors as they are."""
    return np.eye(dimension, dtype=np.float32)


def main_directions(matrix: VectorMatrix) -> Directions:
    """As few directions as hold KEPT_MIN of these vectors. Source: principal components, not centred, for cosines."""
    if not len(matrix):
        return identity(matrix.dimension)
    places = np.linspace(0, len(matrix) - 1, min(_SAMPLE, len(matrix))).astype(np.intp)
    sample = matrix.only(matrix.ids[places]).vectors()
    energies, directions = np.linalg.eigh(sample.T @ sample)
    held = np.cumsum(energies[::-1]) / max(float(energies.sum()), 1e-12)
    kept = (int(np.searchsorted(held, KEPT_MIN)) // _STEP + 1) * _STEP
    if kept >= matrix.dimension:
        return identity(matrix.dimension)
    return np.ascontiguousarray(directions[:, ::-1][:, :kept], dtype=np.float32)


def projected(vectors: Vectors, directions: Directions) -> Vectors:
    """`(n, kept)` of `(n, dimension)`, or `(kept,)` of `(dimension,)`."""
    return np.ascontiguousarray(vectors @ directions, dtype=np.float32)
