"""The client of the worker processes: hands out batches, takes results, replaces what crashed.

Must not know SQLite or the workspace. Workers are started with `-m`, not by multiprocessing, so that a script without
an `if __name__ == "__main__"` guard can index.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType

import msgspec

from scholiast_indexer.limits import BATCH_BYTES, WORKER_BATCH_TIMEOUT_S
from scholiast_indexer.types import AnalyzedFile
from scholiast_indexer.workers.analysis import Job, analyze
from scholiast_indexer.workers.wire import read_message, write_message

CRASHED = "its parser crashed or stalled: cut by lines"
_QUEUED_BATCHES_PER_WORKER = 2
_END = object()

_Results = list[tuple[int, AnalyzedFile]]


def default_size() -> int:
    """Workers for this machine: one for each processor this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


class WorkerPool:
    """A fixed number of worker processes, started at first use and kept until `close`."""

    def __init__(self, factory: str | None, size: int | None = None, niceness: int = 0) -> None:
        self._factory = factory or ""
        self._size = size or default_size()
        self._niceness = niceness
        self._idle: list[_Worker] = []
        self._running: list[_Worker] = []

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the workers."""
        while self._idle:
            self._idle.pop().stop()

    def analyze(self, jobs: Iterable[Job]) -> Iterator[tuple[int, AnalyzedFile]]:
        """Results `(job number, file)` as they come, in any order. `jobs` is read as workers become free.

        Closing the iterator ends the work at once: workers in the middle of a batch are killed.
        """
        stop = threading.Event()
        todo: queue.Queue[list[Job] | object] = queue.Queue(self._size * _QUEUED_BATCHES_PER_WORKER)
        done: queue.Queue[_Results | BaseException] = queue.Queue()
        threads = [
            threading.Thread(target=self._serve, args=(todo, done, stop), daemon=True, name=f"scholiast-worker-{n}")
            for n in range(self._size)
        ]
        for thread in threads:
            thread.start()
        try:
            yield from _pump(batches(jobs), todo, done, len(threads))
        finally:
            stop.set()
            _drain(todo)
            for worker in list(self._running):
                worker.interrupt()
            for _ in threads:
                todo.put(_END)
            for thread in threads:
                thread.join()

    def _serve(
        self,
        todo: queue.Queue[list[Job] | object],
        done: queue.Queue[_Results | BaseException],
        stop: threading.Event,
    ) -> None:
        """One thread's loop: it owns one worker process while it runs."""
        worker = self._idle.pop() if self._idle else _Worker(self._factory, self._niceness)
        self._running.append(worker)
        try:
            while isinstance(batch := todo.get(), list):
                done.put(worker.run(batch, stop))
        except BaseException as error:  # noqa: BLE001  raised again by the thread that reads the results
            done.put(error)
        finally:
            self._running.remove(worker)
            self._idle.append(worker)


class _Worker:
    """One process and its pipe."""

    def __init__(self, factory: str, niceness: int) -> None:
        self._factory = factory
        self._niceness = niceness
        self._process: subprocess.Popen[bytes] | None = None
        self._decoder = msgspec.msgpack.Decoder(_Results)
        self._encoder = msgspec.msgpack.Encoder()
        self.busy = False

    def run(self, batch: Sequence[Job], stop: threading.Event) -> _Results:
        """Results of a batch; a file that kills the worker is tried alone, then cut by lines."""
        results = self._ask(batch, stop)
        if results is not None:
            return results
        if stop.is_set():
            return []
        if len(batch) > 1:
            return [result for job in batch for result in self.run([job], stop)]
        return [(batch[0].number, _without_parser(batch[0]))]

    def interrupt(self) -> None:
        """Kill the process if it is at work; the thread that waits for it sees the end of its output."""
        process = self._process
        if self.busy and process is not None:
            process.kill()

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # a broken pipe while flushing what nobody reads
                    pipe.close()

    def _ask(self, batch: Sequence[Job], stop: threading.Event) -> _Results | None:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        self.busy = True
        if stop.is_set():  # while the process started, when there was nothing yet to interrupt
            self.busy = False
            return None
        watchdog = threading.Timer(WORKER_BATCH_TIMEOUT_S, process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            write_message(process.stdin, self._encoder.encode(batch))
            message = read_message(process.stdout)
            results = None if message is None else self._decoder.decode(message)
        except (OSError, msgspec.MsgspecError):
            results = None
        finally:
            watchdog.cancel()
        self.busy = False
        if results is None:
            self.stop()
        return results

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-m", "scholiast_indexer.workers.process"]
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
            environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # Ctrl-C goes to the parent, which ends its workers itself
                preexec_fn=None if not self._niceness or os.name != "posix" else lambda: os.nice(self._niceness),
            )
            assert self._process.stdin is not None
            write_message(self._process.stdin, self._factory.encode())
        return self._process


def batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Jobs in batches of about BATCH_BYTES."""
    batch: list[Job] = []
    size = 0
    for job in jobs:
        batch.append(job)
        size += len(job.data) + 1000
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _without_parser(job: Job) -> AnalyzedFile:
    analyzed = analyze(msgspec.structs.replace(job, parse=False), None)
    return msgspec.structs.replace(analyzed, problems=(*analyzed.problems, CRASHED))


def _pump(
    source: Iterator[list[Job]],
    todo: queue.Queue[list[Job] | object],
    done: queue.Queue[_Results | BaseException],
    threads: int,
) -> Iterator[tuple[int, AnalyzedFile]]:
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
        if isinstance(result, list):
            running -= 1
            yield from result


def _drain(todo: queue.Queue[list[Job] | object]) -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            todo.get_nowait()
