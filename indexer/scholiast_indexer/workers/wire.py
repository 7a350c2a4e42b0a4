"""Messages between the indexing process and its workers: a length of 4 bytes, then the bytes. Knows no content."""

from __future__ import annotations

from typing import BinaryIO

MESSAGE_BYTES_MAX = 1 << 30
"""A longer message means that something else was written to the pipe."""


def write_message(sink: BinaryIO, message: bytes) -> None:
    sink.write(len(message).to_bytes(4, "big"))
    sink.write(message)
    sink.flush()


def read_message(source: BinaryIO) -> bytes | None:
    """The next message; None at the end of the stream, a cut message included."""
    head = source.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    if length > MESSAGE_BYTES_MAX:
        return None
    message = source.read(length)
    return message if len(message) == length else None
