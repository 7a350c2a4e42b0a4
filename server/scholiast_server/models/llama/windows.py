"""Texts of any length for a model that takes so many tokens at once: cut, packed, put together again.

Pure; must not know llama.cpp. A text that is too long is not cut off: each of its windows gets a vector, and the
text's is their mean, weighed by length, which for a model that pools by the mean is what a wider window would give but
for attention across the cuts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

WINDOW_TOKENS_MAX = 1_024
"""Of a model's own window, as much is set up: hardly a chunk of code is longer, and memory grows with it."""
RULE = 1
"""Grows when texts are cut or put together otherwise: vectors of another rule are not compared with these."""


def windows(tokens: Sequence[int], room: int) -> list[Sequence[int]]:
    """The tokens in as few windows of at most `room` as will do, all of about the same length; at least one."""
    count = max(1, -(-len(tokens) // room))
    borders = [len(tokens) * number // count for number in range(count + 1)]
    return [tokens[start:end] for start, end in pairwise(borders)]


def packed(lengths: Sequence[int], tokens_max: int, count_max: int) -> Iterator[tuple[int, int]]:
    """Ranges of windows to work out together: at most so many tokens (a longer one goes alone) and so many windows."""
    start = total = 0
    for place, length in enumerate(lengths):
        if place > start and (total + length > tokens_max or place - start >= count_max):
            yield start, place
            start, total = place, 0
        total += length
    if start < len(lengths):
        yield start, len(lengths)


def joined(
    rows: npt.NDArray[np.float32], owners: Sequence[int], lengths: Sequence[int], count: int
) -> npt.NDArray[np.float32]:
    """Vectors `(count, dimension)` of unit length from those of the windows.

    Args:
        rows: One for each window, of any length.
        owners: For each window the place of its text.
        lengths: For each window its tokens.
        count: How many texts there are.
    """
    weights = np.asarray(lengths, np.float32)[:, None]
    made = np.zeros((count, rows.shape[1]), np.float32)
    np.add.at(made, np.asarray(owners, np.int64), _unit(rows) * weights)
    return _unit(made)


def _unit(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
