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
from scholiast_indexer.limits import (
    BATCH_BYTES,
    WORKER_BATCH_TIMEOUT_S,
    WORKER_FILE_TIMEOUT_S,
    WORKER_MEMORY_BYTES_MAX,
)
from scholiast_indexer.types import AnalyzedFile
from scholiast_indexer.workers.board import Batch, Board
from scholiast_indexer.workers.client import Worker
from scholiast_indexer.workers.jobs import Job
from scholiast_indexer.workers.wire import Hello, Results

CRASHED = "its parser crashed or stalled: cut by lines"
_QUEUED_BATCHES_PER_WORKER = 6
"""So many that lanes do not run dry while this process writes what was found: a worker would help in the other lane,
and compile the queries of its languages a second time (of 20 MB of source .1 s of processor)."""
_JOB_COST_BYTES = 1_000
"""What a file costs beside its bytes, in bytes: it bounds the number of files in a batch."""

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
        memory_bytes_max: int = WORKER_MEMORY_BYTES_MAX,
    ) -> None:
        is_ours = not factory or factory.startswith("scholiast_indexer.")  # what another embedder needs is its business
        memory = memory_bytes_max if is_ours else 0
        hello = Hello(factory or "", niceness, timeout_s, min(timeout_s, WORKER_FILE_TIMEOUT_S), memory)
        self._workers = [Worker(hello) for _ in range(size or default_size())]

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, workers: int) -> None:
        """Start the first of the workers without waiting: they load while the first jobs are read."""
        with contextlib.suppress(OSError):  # told, or done without, when there is work
            for worker in self._workers[:workers]:
                worker.start()

    def close(self) -> None:
        """End the workers; the pool can be used again, with new ones."""
        for worker in self._workers:
            worker.end()

    def retire(self) -> None:
        """End the workers for good; files that are still asked for are cut by lines."""
        for worker in self._workers:
            worker.retire()

    @property
    def size(self) -> int:
        """How many processes it has at most."""
        return len(self._workers)

    def analyze(self, jobs: Iterable[Job], *others: Iterable[Job]) -> Generator[tuple[int, AnalyzedFile], None, None]:
        """Results `(job number, file)` as they come, in any order. Jobs are read as workers become free.

        Closing the iterator ends the work at once: workers in the middle of a batch are killed. One iterator at a
        time.

        Args:
            jobs: The files.
            others: Files that are better done by another worker than `jobs`. Each worker keeps to one lane while it
                lasts: it compiles a language's query (up to 0.15 s) and learns its words once. Numbers are unique
                over all lanes.

        Raises:
            EmbedderError: The embedder failed in a worker.
        """
        stop, lanes = threading.Event(), (jobs, *others)
        board = Board(len(lanes), len(self._workers) * _QUEUED_BATCHES_PER_WORKER)
        done: _Done = queue.Queue()
        threads = [
            threading.Thread(
                target=_serve,
                args=(worker, place % len(lanes), board, done, stop),
                daemon=True,
                name="scholiast-worker",
            )
            for place, worker in enumerate(self._workers)
        ]
        for thread in threads:
            thread.start()
        try:
            yield from _pump([batches(lane) for lane in lanes], board, done)
        finally:
            stop.set()
            board.close()
            for worker in self._workers:
                worker.interrupt()
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


def _pump(sources: Sequence[Iterator[Batch]], board: Board, done: _Done) -> Iterator[tuple[int, AnalyzedFile]]:
    """Feed batches while there is room, and yield results in between."""
    open_lanes = dict(enumerate(sources))
    running = 0
    while True:
        while (lane := board.neediest(open_lanes)) is not None:
            batch = next(open_lanes[lane], None)
            if batch is None:
                del open_lanes[lane]
                board.end(lane)
            else:
                board.put(lane, batch)
                running += 1
        if not open_lanes and running == 0:
            return
        result = done.get()
        if isinstance(result, BaseException):
            raise result
        running -= 1
        yield from result


def _serve(worker: Worker, lane: int, board: Board, done: _Done, stop: threading.Event) -> None:
    """One thread's loop over one worker."""
    try:
        while (batch := board.take(lane)) is not None:
            done.put(_results(worker, batch, stop))
    except BaseException as error:  # noqa: BLE001  raised again by the thread that reads the results
        done.put(error)


def _results(worker: Worker, batch: Batch, stop: threading.Event) -> Results:
    """Results of a batch; a file that kills the worker is tried alone, then cut by lines."""
    if len(batch) > 1 and worker.is_hasty:
        return [result for job in batch for result in _results(worker, [job], stop)]
    try:
        reply = worker.ask(batch, stop)
    except OSError:  # no process can be started (a limit of the system): slower here, but done
        return [] if stop.is_set() else [(job.number, _analyzed_here(job)) for job in batch]
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
    analyzed = _analyzed_here(msgspec.structs.replace(job, parse=False))
    return msgspec.structs.replace(analyzed, problems=(*analyzed.problems, CRASHED))


def _analyzed_here(job: Job) -> AnalyzedFile:
    from scholiast_indexer.workers.analysis import analyze  # loads what else only workers need

    return analyze(job, None)
