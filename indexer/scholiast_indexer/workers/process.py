"""A worker process: reads batches of jobs on stdin, writes what it found on stdout, ends with its parent.

Must not know SQLite or the workspace. A message is its length (4 bytes, big-endian) and msgpack. The first message
names the embedder's factory, or is empty when the parent embeds.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import BinaryIO

import msgspec

from scholiast_indexer.embedding import Embedder
from scholiast_indexer.workers.analysis import Job, analyze
from scholiast_indexer.workers.wire import read_message, write_message


def main() -> None:
    """Serve until stdin closes."""
    source, sink = sys.stdin.buffer, _private_stdout()
    first = read_message(source)
    if first is None:
        return
    embedder = make_embedder(first.decode())
    decoder = msgspec.msgpack.Decoder(list[Job])
    encoder = msgspec.msgpack.Encoder()
    while (message := read_message(source)) is not None:
        results = [(job.number, analyze(job, embedder)) for job in decoder.decode(message)]
        write_message(sink, encoder.encode(results))


def make_embedder(factory: str) -> Embedder | None:
    """The embedder that a `package.module:function` makes; None for the empty string."""
    if not factory:
        return None
    module, _, name = factory.partition(":")
    embedder: Embedder = getattr(import_module(module), name)()
    return embedder


def _private_stdout() -> BinaryIO:
    """Keep stdout for messages: a library that prints would break them."""
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return private


if __name__ == "__main__":
    main()
