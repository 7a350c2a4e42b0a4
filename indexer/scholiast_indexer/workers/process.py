"""A worker process: reads batches of jobs on stdin, writes what it found on stdout, ends with its parent.

Must not know SQLite or the workspace. It ends when stdin does, and by itself when one batch takes too long: the
watchdog is a thread of C that needs no lock of Python's, so that a parser that never returns can't hold it up, nor
outlive a parent that was killed.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

import msgspec

from scholiast_indexer.embedding import Embedder
from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.workers.analysis import analyze_all
from scholiast_indexer.workers.jobs import Job
from scholiast_indexer.workers.wire import Hello, Reply, read_message, write_message

_STDERR = 2


def main() -> None:
    """Serve until stdin closes."""
    source, sink = sys.stdin.buffer, _private_stdout()
    first = read_message(source)
    if first is None:
        return
    hello = msgspec.msgpack.decode(first, type=Hello)
    if hello.niceness and hasattr(os, "nice"):
        os.nice(hello.niceness)
    if hello.memory_bytes_max:
        _limit_memory(hello.memory_bytes_max)
    import_module("scholiast_indexer.languages.extract")  # with tree-sitter, while the parent reads the first files
    answer = _answerer(hello.factory)
    decoder, encoder = msgspec.msgpack.Decoder(list[Job]), msgspec.msgpack.Encoder()
    write_message(sink, encoder.encode(Reply()))
    # What has loaded stays, and what a batch makes goes with its reply: looking for circles in it, again and again
    # while it is made, took 4 % of all processor time.
    gc.freeze()
    gc.disable()
    while (message := read_message(source)) is not None:
        jobs = decoder.decode(message)
        timeout_s = hello.timeout_s if len(jobs) > 1 else hello.file_timeout_s
        faulthandler.dump_traceback_later(timeout_s, exit=True, file=_STDERR)
        reply = answer(jobs)
        write_message(sink, encoder.encode(reply))
        faulthandler.cancel_dump_traceback_later()
        del message, jobs, reply
        gc.collect(0)  # what the batch left; older objects are caches


def _answerer(factory: str) -> Callable[[list[Job]], Reply]:
    try:
        embedder = make_embedder(factory)
    except Exception as error:  # noqa: BLE001  a factory is the caller's code; what it raises is told, batch by batch
        told = Reply(error=f"the embedder {factory} can't be made: {type(error).__name__}: {error}")
        return lambda _: told
    return lambda jobs: _reply(jobs, embedder)


def _reply(jobs: list[Job], embedder: Embedder | None) -> Reply:
    try:
        analyzed = analyze_all(jobs, embedder)
        return Reply([(job.number, file) for job, file in zip(jobs, analyzed, strict=True)])
    except EmbedderError as error:
        return Reply(error=str(error))


def make_embedder(factory: str) -> Embedder | None:
    """The embedder that a `package.module:function` makes; None for the empty string."""
    if not factory:
        return None
    module, _, name = factory.partition(":")
    embedder: Embedder = getattr(import_module(module), name)()
    return embedder


def _limit_memory(bytes_max: int) -> None:
    """Have the system refuse more, where it does: a parser that wants more ends the process with that."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # Windows has no such limits; others may be lower already

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = bytes_max if hard == resource.RLIM_INFINITY else min(bytes_max, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _private_stdout() -> BinaryIO:
    """Keep stdout for messages: a library that prints would break them."""
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(_STDERR, 1)
    return private


if __name__ == "__main__":
    main()
