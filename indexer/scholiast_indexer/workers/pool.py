"""Hands out batches of jobs to worker processes, takes their results, and deals with those that crash.

Must not know SQLite or the workspace.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from types import TracebackType

import msgspec

from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.limits import BATCH_BYTES, WORKER_BATCH_TIMEOUT_S
from scholiast_indexer.types import AnalyzedFile
from scholiast_indexer.workers.analysis import Job, analyze
from scholiast_indexer.workers.client import Worker
from scholiast_indexer.workers.wire import Hello, Results

CRASHED = "its parser crashed or stalled: cut by lines"
_QUEUED_BATCHES_PER_WORKER = 2
_JOB_COST_BYTES = 1_000
"""What a file costs beside its bytes, in bytes: it bounds the number of files in a batch."""
_END = object()

_Todo = queue.Queue[Sequence[Job] | object]
_Done = queue.Queue[Results | BaseException]


def default_size() -> int:
    """Workers for this machine: one for each processor this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


class WorkerPool:
    """A fixed number of worker processes, started at first use and kept until `close`."""

    def __init__(
        self,
        factory: str | None,
        size: int | None = None,
        *,
        niceness: int = 0,
        timeout_s: float = WORKER_BATCH_TIMEOUT_S,
    ) -> None:
        hello = Hello(factory or "", niceness, timeout_s)
        self._workers = [Worker(hello) for _ in range(size or default_size())]

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; the pool can be used again, with new ones."""
        for worker in self._workers:
            worker.end()

    def analyze(self, jobs: Iterable[Job]) -> Generator[tuple[int, AnalyzedFile], None, None]:
        """Results `(job number, file)` as they come, in any order. `jobs` is read as workers become free.

        Closing the iterator ends the work at once: workers in the middle of a batch are killed. One iterator at a
        time.

        Raises:
            EmbedderError: The embedder failed in a worker.
        """
        stop = threading.Event()
        todo: _Todo = queue.Queue(len(self._workers) * _QUEUED_BATCHES_PER_WORKER)
        done: _Done = queue.Queue()
        threads = [
            threading.Thread(target=_serve, args=(worker, todo, done, stop), daemon=True, name="scholiast-worker")
            for worker in self._workers
        ]
        for thread in threads:
            thread.start()
        try:
            yield from _pump(batches(jobs), todo, done)
        finally:
            stop.set()
            _drain(todo)
            for worker in self._workers:
                worker.interrupt()
            for _ in threads:
                todo.put(_END)
            for thread in threads:
                thread.join()


def batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Jobs in batches of about BATCH_BYTES."""
    batch: list[Job] = []
    size = 0
    for job in jobs:
        batch.append(job)
        size += len(job.data) + _JOB_COST_BYTES
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _pump(source: Iterator[list[Job]], todo: _Todo, done: _Done) -> Iterator[tuple[int, AnalyzedFile]]:
    """Feed batches while there is room, and yield results in between."""
    running = 0
    exhausted = False
    while True:
        while not exhausted and not todo.full():
            batch = next(source, None)
            if batch is None:
                exhausted = True
            else:
                todo.put(batch)
                running += 1
        if exhausted and running == 0:
            return
        result = done.get()
        if isinstance(result, BaseException):
            raise result
        running -= 1
        yield from result


def _serve(worker: Worker, todo: _Todo, done: _Done, stop: threading.Event) -> None:
    """One thread's loop over one worker."""
    try:
        while isinstance(batch := todo.get(), list):
            done.put(_results(worker, batch, stop))
    except BaseException as error:  # noqa: BLE001  raised again by the thread that reads the results
        done.put(error)


def _results(worker: Worker, batch: Sequence[Job], stop: threading.Event) -> Results:
    """Results of a batch; a file that kills the worker is tried alone, then cut by lines."""
    try:
        reply = worker.ask(batch, stop)
    except OSError:  # no process can be started (a limit of the system): slower here, but done
        return [] if stop.is_set() else [(job.number, analyze(job, None)) for job in batch]
    if reply is not None and reply.error:
        raise EmbedderError(reply.error)
    if reply is not None:
        return reply.results
    if stop.is_set():
        return []
    if len(batch) > 1:
        return [result for job in batch for result in _results(worker, [job], stop)]
    return [(batch[0].number, _without_parser(batch[0]))]


def _without_parser(job: Job) -> AnalyzedFile:
    analyzed = analyze(msgspec.structs.replace(job, parse=False), None)
    return msgspec.structs.replace(analyzed, problems=(*analyzed.problems, CRASHED))


def _drain(todo: _Todo) -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            todo.get_nowait()
