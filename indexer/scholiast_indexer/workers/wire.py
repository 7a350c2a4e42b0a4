"""Messages between the indexing process and its workers: a length of 4 bytes, then msgpack.

Must not know what is done with them.
"""

from __future__ import annotations

from typing import IO

import msgspec

from scholiast_indexer.types import AnalyzedFile

MESSAGE_BYTES_MAX = 1 << 30
"""A longer message means that something else was written to the pipe."""

Results = list[tuple[int, AnalyzedFile]]
"""`(job number, file)`"""


class Hello(msgspec.Struct, frozen=True):
    """The first message to a worker."""

    factory: str
    """Makes its embedder (`package.module:function`); empty when the parent embeds."""
    niceness: int
    timeout_s: float
    """A worker that is busy with one batch for longer ends itself."""
    file_timeout_s: float = 20.0
    """The same for a batch of one file."""
    memory_bytes_max: int = 0
    """It gets no more memory than this; 0 is no limit."""


class Reply(msgspec.Struct, frozen=True):
    """A worker's answer to one batch."""

    results: Results = []
    error: str = ""
    """Why the embedder failed, when it did; a worker that a parser kills answers nothing."""


def write_message(sink: IO[bytes], message: bytes) -> None:
    sink.write(len(message).to_bytes(4, "big"))
    sink.write(message)
    sink.flush()


def read_message(source: IO[bytes]) -> bytes | None:
    """The next message; None at the end of the stream, a cut message included."""
    head = source.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    if length > MESSAGE_BYTES_MAX:
        return None
    message = source.read(length)
    return message if len(message) == length else None
