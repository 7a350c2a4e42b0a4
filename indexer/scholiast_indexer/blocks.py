"""Bytes packed in blocks, so that a piece of them can be read without the rest. Must not know what is in them.

Each block is a zlib stream of its own; before them stand the ends of all but the last (4 bytes each, little-endian),
counted from the first. How many there are follows from how many bytes were packed.
"""

from __future__ import annotations

import zlib

BLOCK_BYTES = 16_384
"""Smaller blocks are packed worse (by 3 % at this size), larger ones take longer to unpack: for one hit 0.04 ms."""
_COMPRESSION = 1
"""zlib's fastest: 100 MB/s and a third of the size; level 6 saves a tenth more at a fourth of the speed."""
_END_BYTES = 4


def packed(data: bytes) -> bytes:
    """All of the bytes."""
    blocks = [zlib.compress(data[start : start + BLOCK_BYTES], _COMPRESSION) for start in _starts(len(data))]
    ends, end = [], 0
    for block in blocks[:-1]:
        end += len(block)
        ends.append(end.to_bytes(_END_BYTES, "little"))
    return b"".join([*ends, *blocks])


def unpacked_block(data: bytes, size: int, number: int, length: int = BLOCK_BYTES) -> bytes:
    """One block of what was packed.

    Args:
        data: What was packed.
        size: How many bytes it was made of.
        number: Of the block, from 0.
        length: Of its bytes, so many are enough.

    Raises:
        ValueError: It can't be unpacked, or is not as long as it should be.
    """
    count = len(_starts(size))
    first = _END_BYTES * (count - 1)
    start = first + _end(data, number - 1) if number else first
    end = first + _end(data, number) if number < count - 1 else len(data)
    expected = min(length, BLOCK_BYTES, size - number * BLOCK_BYTES)
    try:
        block = zlib.decompressobj().decompress(data[start:end], length if length < BLOCK_BYTES else BLOCK_BYTES + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(block) != expected:
        raise ValueError(f"block {number} has {len(block)} bytes, not {expected}")
    return block


def unpacked(data: bytes, size: int) -> bytes:
    """All that was packed, `size` bytes. Raises ValueError as `unpacked_block` does."""
    return b"".join(unpacked_block(data, size, number) for number in range(len(_starts(size))))


def _starts(size: int) -> range:
    """Where blocks begin; of nothing there is one, too."""
    return range(0, max(size, 1), BLOCK_BYTES)


def _end(data: bytes, number: int) -> int:
    return int.from_bytes(data[_END_BYTES * number : _END_BYTES * (number + 1)], "little")
