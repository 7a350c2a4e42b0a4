"""Long texts are cut evenly, packed within limits and put together by length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.models.llama.windows import joined, packed, windows


@given(st.integers(0, 3_000), st.integers(1, 600))
def test_windows_hold_every_token_once_in_order(count: int, room: int) -> None:
    found = windows(list(range(count)), room)
    assert [token for window in found for token in window] == list(range(count))
    lengths = [len(window) for window in found]
    assert len(found) == max(1, -(-count // room)), "as few as will do"
    assert max(lengths) <= room and max(lengths) - min(lengths) <= 1, "no short one at the end"


@given(st.lists(st.integers(1, 80), max_size=60), st.integers(1, 100), st.integers(1, 8))
def test_packs_hold_every_window_once_within_the_limits(lengths: list[int], tokens_max: int, count_max: int) -> None:
    found = list(packed(lengths, tokens_max, count_max))
    assert [place for start, end in found for place in range(start, end)] == list(range(len(lengths)))
    for start, end in found:
        assert end - start <= count_max
        assert sum(lengths[start:end]) <= tokens_max or end - start == 1


@pytest.mark.parametrize(
    ("rows", "owners", "lengths", "expected"),
    [
        ([[3, 4]], [0], [9], [[0.6, 0.8]]),
        ([[1, 0], [0, 1]], [0, 1], [5, 5], [[1, 0], [0, 1]]),
        ([[2, 0], [0, 7]], [0, 0], [1, 1], [[0.7071, 0.7071]]),
        ([[2, 0], [0, 7]], [0, 0], [3, 4], [[0.6, 0.8]]),
        ([[0, 0]], [0], [2], [[0, 0]]),
    ],
)
def test_vectors_of_windows_are_weighed_by_length(
    rows: list[list[float]], owners: list[int], lengths: list[int], expected: list[list[float]]
) -> None:
    made = joined(np.array(rows, np.float32), owners, lengths, len(expected))
    assert np.allclose(made, expected, atol=1e-4)
