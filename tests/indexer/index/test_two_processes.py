"""Several processes on one index: one writes, the others wait or say so, and read a consistent state meanwhile."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.indexer.index import kills
from tests.indexer.index.conftest import World, content_of

from scholiast_indexer.errors import IndexBusyError
from scholiast_indexer.index import Index, reset_index
from scholiast_indexer.stores.writer_lock import WriterLock

HOLD = """
import sys
from pathlib import Path
from scholiast_indexer.stores.writer_lock import WriterLock
with WriterLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def held_elsewhere(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the writer's lock until its input ends."""
    command = [sys.executable, "-c", HOLD, str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_an_update_waits_for_another_process_and_says_so(index: Index, world: World) -> None:
    told: list[str] = []
    world.write("src/new.py", "def written_meanwhile():\n    return 1\n")
    with held_elsewhere(index.directory) as other:

        def let_go(message: str) -> None:
            told.append(message)
            other.communicate("\n")

        report = index.update(on_wait=let_go)
    assert told == ["another process is updating this index; waiting for it"]
    assert report.files == 5


def test_an_update_that_must_not_wait_says_at_once_that_it_would(index: Index) -> None:
    told: list[str] = []
    with held_elsewhere(index.directory), pytest.raises(IndexBusyError, match="another process is updating"):
        index.update(wait_s=0.0, on_wait=told.append)
    assert told == []


def test_waiting_ends_after_the_time_given(index: Index) -> None:
    with held_elsewhere(index.directory), pytest.raises(IndexBusyError, match=r"has been updating .* for 0 s"):
        index.update_paths(["src"], wait_s=0.01)


def test_a_search_needs_no_lock(index: Index) -> None:
    with held_elsewhere(index.directory), Index.open(index.root) as reader:
        assert reader.search("retry_request")[0].path == "src/retry.py"


def test_an_index_is_not_deleted_while_it_is_written(index: Index) -> None:
    with held_elsewhere(index.directory), pytest.raises(IndexBusyError):
        reset_index(index.directory)


def test_the_lock_may_be_taken_again_by_its_own_thread_alone(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    found: list[str] = []

    def other_thread() -> None:
        try:
            with lock.held(wait_s=0.0):
                found.append("got it")
        except IndexBusyError:
            found.append("busy")

    with lock.held(), lock.held():
        thread = threading.Thread(target=other_thread)
        thread.start()
        thread.join()
    assert found == ["busy"]


def test_two_processes_indexing_at_once_equal_one(tmp_path: Path) -> None:
    world = World(tmp_path / "work", {})
    kills.write_tree(world.root, 0)
    with kills.start_run(world.root) as one, kills.start_run(world.root) as two:
        errors = [process.communicate()[1].decode() for process in (one, two)]
    assert (one.returncode, two.returncode) == (0, 0), errors
    with Index.open(world.root) as index:
        assert index.notes == []
        assert index.update().embedded == 0
        assert content_of(index) == world.rebuilt(tmp_path / "clean")


def test_a_search_sees_more_and_more_while_another_process_writes(tmp_path: Path) -> None:
    world = World(tmp_path / "work")
    with Index.open(world.root) as index:
        index.update()
        kills.write_tree(world.root, 1)
        seen, searches = 0, 0
        with kills.start_run(world.root) as process:
            while process.poll() is None:
                hits = index.search("the query of a session", 50)
                assert all(hit.text.strip() and hit.path in index.paths() for hit in hits)
                files, _ = index.counts()
                assert files >= seen
                seen, searches = files, searches + 1
            process.communicate()
        assert searches > 1
        assert index.counts()[0] > seen or seen > 100
        assert any(hit.path.startswith("package_") for hit in index.search("the query of a session"))
        assert index.notes == []


def test_what_another_process_wrote_is_known_before_the_next_update(world: World, tmp_path: Path) -> None:
    with Index.open(world.root) as ours:
        ours.update()
        with Index.open(world.root) as theirs:
            world.write("src/theirs.py", "def from_the_other_process():\n    return 1\n")
            theirs.update()
        world.write("src/ours.py", "def from_this_process():\n    return 1\n")
        assert ours.update().embedded == 1
        assert content_of(ours) == world.rebuilt(tmp_path / "clean")
        assert {hit.path for hit in ours.search("from_the_other_process", 1)} == {"src/theirs.py"}


@pytest.mark.parametrize("first", ["search", "update"])
def test_a_reset_by_another_process_is_noticed(index: Index, world: World, tmp_path: Path, first: str) -> None:
    reset_index(index.directory)
    if first == "search":
        assert index.search("retry_request") == []
    assert index.update().files == 4
    assert content_of(index) == world.rebuilt(tmp_path / "clean")


LOOK = """
import sys
from scholiast_indexer.index import Index
with Index.open(sys.argv[1]) as index:
    print(*index.paths(), sep="\\n")
"""


def test_what_is_written_after_another_process_came_and_went_is_seen_by_the_next(index: Index, world: World) -> None:
    """SQLite's last process deletes the log; one that lost its locks would go on writing to the deleted one."""

    def seen_elsewhere() -> list[str]:
        command = [sys.executable, "-c", LOOK, str(world.root)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    for number in range(3):
        assert seen_elsewhere() == index.paths()
        world.write(f"src/new{number}.py", f"def written_{number}():\n    return {number}\n")
        index.update()
    assert seen_elsewhere() == index.paths() and "src/new2.py" in index.paths()
