"""Bytes packed in blocks: all of them, or one block alone; what is wrong is told."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.blocks import BLOCK_BYTES, packed, unpacked, unpacked_block


@given(st.binary(max_size=40), st.sampled_from([0, 1, BLOCK_BYTES - 20, BLOCK_BYTES, 2 * BLOCK_BYTES, 50_000]))
def test_what_is_packed_is_unpacked_whole_and_by_blocks(end: bytes, filled: int) -> None:
    data = b"x" * filled + end
    made = packed(data)
    assert unpacked(made, len(data)) == data
    for number in range(max(1, -(-len(data) // BLOCK_BYTES))):
        block = data[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES]
        assert unpacked_block(made, len(data), number) == block
        assert unpacked_block(made, len(data), number, 7) == block[:7]


@given(st.binary(max_size=200), st.integers(-5, 10**12))
def test_any_bytes_of_any_size_are_unpacked_or_refused(data: bytes, size: int) -> None:
    with contextlib.suppress(ValueError):  # nothing else is raised, and soon
        assert len(unpacked(data, size)) == size


@pytest.mark.parametrize("size", [0, 9, 11, BLOCK_BYTES + 1, 10**9])
def test_another_size_is_told(size: int) -> None:
    with pytest.raises(ValueError):
        unpacked(packed(b"0123456789"), size)
