"""Checksums of rows: a flipped bit in a value is found where it is read. Pure; must not know SQL."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

import msgspec

_encode = msgspec.msgpack.Encoder().encode

Value = str | bytes | int | None


def row_checksum(values: Iterable[Value]) -> int:
    """CRC-32 of a row's values and their types."""
    return crc32(_encode(tuple(values)))


def blob_checksum(
    content_hash: bytes, language: str, size: int, chunk_count: int, problems: str, outline: bytes
) -> int:
    """Of a blob's own row together with its packed outline, which has no checksum of its own."""
    return crc32(outline, crc32(_encode((content_hash, language, size, chunk_count, problems))))


def content_checksum(blob_id: int, data: bytes) -> int:
    """Of a blob's packed bytes, bound to the blob they belong to."""
    return crc32(data, blob_id & 0xFFFFFFFF)


def vector_checksum(text_hash: bytes, model_id: int, data: bytes) -> int:
    """Of a vector, bound to the text and the model it belongs to; -1, which is none, of what is no bytes."""
    if not isinstance(text_hash, bytes) or not isinstance(data, bytes):  # a column of SQLite may hold anything
        return -1
    return crc32(data, crc32(text_hash, model_id & 0xFFFFFFFF))
