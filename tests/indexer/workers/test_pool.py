"""The pool of worker processes: what comes back, also when a worker dies, hangs, prints or is not wanted."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.indexer.workers.conftest import HERE

from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.limits import WORKER_FILE_TIMEOUT_S, WORKER_LOST_S_MAX
from scholiast_indexer.types import AnalyzedFile
from scholiast_indexer.workers import Job, WorkerPool
from scholiast_indexer.workers.analysis import analyze
from scholiast_indexer.workers.client import Worker
from scholiast_indexer.workers.pool import CRASHED, batches
from scholiast_indexer.workers.wire import Hello

MISBEHAVING = f"{HERE}:Misbehaving"
PATIENCE_S = 30.0


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers find these tests where this process finds its modules."""
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[3]))


def job(number: int, text: str) -> Job:
    return Job(number, f"def function_{number}():\n    return '{text}'\n".encode(), "python")


def results(jobs: Sequence[Job], factory: str | None = MISBEHAVING, timeout_s: float = 60.0) -> dict[int, AnalyzedFile]:
    with WorkerPool(factory, 2, timeout_s=timeout_s) as pool:
        return dict(pool.analyze(jobs))


def test_workers_give_what_the_function_gives() -> None:
    jobs = [job(number, f"text {number} é") for number in range(50)]
    embedder = StaticEmbedder()
    expected = {item.number: analyze(item, embedder) for item in jobs}
    assert results(jobs, StaticEmbedder.worker_factory) == expected


def test_without_an_embedder_vectors_are_left_out() -> None:
    (analyzed,) = results([job(0, "text")], None).values()
    assert [chunk.vector for chunk in analyzed.chunks] == [b""]


def test_a_retired_pool_starts_no_process_again() -> None:
    pool = WorkerPool(None, 1)
    pool.retire()
    pool.start(1)
    assert dict(pool.analyze([job(0, "text")]))[0].problems == (CRASHED,)
    assert all(worker._process is None for worker in pool._workers)


def test_known_texts_get_no_vector() -> None:
    known = analyze(job(0, "text"), None).chunks[0].text_hash
    again = Job(0, job(0, "text").data, "python", (known,))
    assert results([again])[0].chunks[0].vector == b""


def test_an_empty_file_has_no_chunks() -> None:
    assert results([Job(0, b"", "python")])[0].chunks == ()


@pytest.mark.parametrize("crash", ["KILL", "SEGFAULT", "EXIT"])
def test_a_file_that_kills_its_worker_is_cut_by_lines_and_the_others_are_not(crash: str) -> None:
    jobs = [job(number, crash if number == 3 else "fine") for number in range(8)]
    found = results(jobs)
    assert sorted(found) == list(range(8))
    assert found[3].problems == (CRASHED,)
    assert found[3].symbols == ()
    assert found[3].chunks[0].vector == b""
    assert all(found[number].problems == () and found[number].chunks[0].vector for number in found if number != 3)


@pytest.mark.parametrize("hang", ["HANG", "HOLD"])
def test_a_worker_that_hangs_ends_itself(hang: str) -> None:
    """Also when it holds Python's lock for ever, so that no Python code of it can run."""
    found = results([job(0, "fine"), job(1, hang)], timeout_s=0.5)
    assert (found[0].problems, found[1].problems) == ((), (CRASHED,))


def test_a_worker_that_lost_much_time_loses_less_over_the_next_files() -> None:
    jobs = [job(0, "fine"), job(1, "HANG"), job(2, "fine")]
    with WorkerPool(MISBEHAVING, 1) as pool:
        pool._workers[0]._lost_s = WORKER_LOST_S_MAX
        started = time.monotonic()
        found = dict(pool.analyze(jobs))
        took = time.monotonic() - started
    assert [found[number].problems for number in range(3)] == [(), (CRASHED,), ()]
    assert took < WORKER_FILE_TIMEOUT_S


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold processes to a limit of memory")
def test_a_file_that_takes_its_parser_all_memory_is_cut_by_lines_within_the_limit() -> None:
    """The guesses of Java's parser pile up, with no pause in which it could be stopped."""
    jobs = [job(0, "fine"), Job(1, b"x=>" * 10_000, "java"), job(2, "fine")]
    with WorkerPool(StaticEmbedder.worker_factory, 1, memory_bytes_max=300_000_000) as pool:
        found = dict(pool.analyze(jobs))
    assert [found[number].problems for number in range(3)] == [(), (CRASHED,), ()]


def test_what_a_library_prints_does_not_mix_with_messages() -> None:
    found = results([job(number, "PRINT") for number in range(3)])
    assert all(analyzed.chunks[0].vector for analyzed in found.values())


@pytest.mark.parametrize(
    ("text", "told"), [("RAISE", "failed: RuntimeError: out of memory"), ("NAN", "values that are not numbers")]
)
def test_an_embedder_that_fails_in_a_worker_is_told_as_that(text: str, told: str) -> None:
    with pytest.raises(EmbedderError, match=told):
        results([job(number, text if number == 5 else "fine") for number in range(20)])


@pytest.mark.parametrize(
    ("factory", "told"),
    [
        (f"{HERE}:unmakeable", "can't be made: FileNotFoundError: no model here"),
        (f"{HERE}:no_such_function", "can't be made: AttributeError"),
        ("no.such.module:function", "can't be made: ModuleNotFoundError"),
    ],
)
def test_an_embedder_that_can_t_be_made_is_told_as_that(factory: str, told: str) -> None:
    with pytest.raises(EmbedderError, match=told):
        results([job(0, "text")], factory)


def test_a_worker_that_can_t_start_leaves_the_work_to_this_process() -> None:
    found = results([job(0, "text")], f"{HERE}:deadly")
    assert (found[0].problems, len(found[0].chunks)) == ((), 1)


def test_without_a_python_to_start_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert results([job(0, "text")])[0].problems == ()


def test_closing_the_iterator_kills_workers_at_once() -> None:
    started = time.monotonic()
    with WorkerPool(MISBEHAVING, 2) as pool:
        jobs = [Job(n, b"x = 'HANG'\n" if n else b" " * 500_000, "text") for n in range(6)]
        found = pool.analyze(jobs)
        next(found)
        found.close()
    assert time.monotonic() - started < PATIENCE_S


def test_an_error_while_jobs_are_read_ends_the_work() -> None:
    def jobs() -> Iterator[Job]:
        yield job(0, "text")
        raise KeyboardInterrupt

    with WorkerPool(None, 2) as pool, pytest.raises(KeyboardInterrupt):
        list(pool.analyze(jobs()))


def test_a_pool_can_be_used_again_after_all_that() -> None:
    with WorkerPool(MISBEHAVING, 2) as pool:
        with pytest.raises(EmbedderError):
            list(pool.analyze([job(0, "RAISE")]))
        assert dict(pool.analyze([job(0, "KILL")]))[0].problems == (CRASHED,)
        assert dict(pool.analyze([job(0, "fine")]))[0].problems == ()
        pool.close()
        assert dict(pool.analyze([job(0, "fine")]))[0].problems == ()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc lists what is open")
def test_no_process_thread_or_descriptor_is_left() -> None:
    def in_use() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208  a count is asked for

    before = in_use()
    for text in ("fine", "KILL", "HANG"):
        results([job(number, text if number else "fine") for number in range(2)], timeout_s=0.5)
    assert in_use() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # not even one to be reaped


def test_a_worker_ends_with_its_parent_even_when_it_hangs(tmp_path: Path) -> None:
    """The parent is killed in the middle of a batch that never ends."""
    script = (
        "import sys\nfrom scholiast_indexer.workers import Job, WorkerPool\n"
        f"pool = WorkerPool({MISBEHAVING!r}, 1, timeout_s=1.5)\n"
        "jobs = [Job(0, b' ' * 500_000, 'text'), Job(1, b'x = \"HOLD\"\\n', 'python')]\n"
        "for number, _ in pool.analyze(jobs): print(pool._workers[0]._process.pid, flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{worker}").exists() and time.monotonic() < until:
        os.sched_yield()
    assert not Path(f"/proc/{worker}").exists()


def test_a_worker_that_was_killed_while_idle_is_replaced() -> None:
    worker = Worker(Hello("", 0, 60.0))
    never = threading.Event()
    assert worker.ask([job(0, "a")], never) is not None
    assert worker._process is not None
    worker._process.kill()
    worker._process.wait()
    assert worker.ask([job(0, "a")], never) is None
    assert worker.ask([job(0, "a")], never) is not None
    worker.end()


def test_batches_hold_about_as_many_bytes_each() -> None:
    jobs = [Job(number, b"x" * 150_000, "text") for number in range(7)]
    assert [[item.number for item in batch] for batch in batches(jobs)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [len(batch) for batch in batches(Job(n, b"", "text") for n in range(1000))] == [400, 400, 200]
    assert list(batches([])) == []


def test_workers_that_were_started_ahead_are_those_that_work() -> None:
    with WorkerPool(MISBEHAVING, 2) as pool:
        pool.start(1)
        ahead, later = (worker._process for worker in pool._workers)
        assert (ahead is not None, later) == (True, None)
        assert dict(pool.analyze([job(0, "fine")]))[0].problems == ()
        assert pool._workers[0]._process is ahead
        pool.start(2)
        assert pool._workers[0]._process is ahead


def test_a_worker_that_can_t_start_ahead_leaves_the_work_to_this_process() -> None:
    with WorkerPool(f"{HERE}:deadly", 1) as pool:
        pool.start(1)
        assert dict(pool.analyze([job(0, "text")]))[0].problems == ()


def test_each_lane_is_done_by_a_worker_of_its_own() -> None:
    lanes = [[job(10 * lane + number, "fine") for number in range(3)] for lane in range(2)]
    with WorkerPool(MISBEHAVING, 2) as pool:
        assert sorted(dict(pool.analyze(*lanes))) == [0, 1, 2, 10, 11, 12]
        assert all(worker._process is not None for worker in pool._workers)
