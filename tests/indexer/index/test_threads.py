"""One thread may update while others search and read."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.indexer.index import kills
from tests.indexer.index.conftest import World, content_of

from scholiast_indexer.errors import IndexBusyError, IndexClosedError
from scholiast_indexer.index import Index
from scholiast_indexer.types import Progress


class Meanwhile:
    """Runs a function again and again in threads of its own until the block ends; what it raises is raised there."""

    def __init__(self, act: Callable[[], object], threads: int = 2) -> None:
        self._act = act
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]
        self.rounds = 0
        self.errors: list[BaseException] = []

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._act()
                self.rounds += 1
        except BaseException as error:  # noqa: BLE001  raised again below
            self.errors.append(error)

    def __enter__(self) -> Meanwhile:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self.errors:
            raise self.errors[0]


@pytest.mark.parametrize("vectors", ["exact", "hnsw"])
def test_searches_during_an_update_see_more_and_more(tmp_path: Path, vectors: str) -> None:
    world = World(tmp_path / "work", {})
    kills.write_tree(world.root, 0)
    lock, seen = threading.Lock(), [0]
    with Index.open(world.root, vectors="hnsw" if vectors == "hnsw" else "exact") as index:

        def look() -> None:
            with lock:
                files, _ = index.counts()
                assert files >= seen[0]
                seen[0] = files
            hits = index.search("the query of a session", 50)
            for hit in hits[:2]:
                assert hit.text.encode() in (index.read(hit.path) or b"")
                index.symbols(hit.path)
            index.status()
            index.is_stale()

        with Meanwhile(look) as looks:
            index.update()
        assert looks.rounds > 0
        kills.write_tree(world.root, 1)
        seen[0] = 0
        with Meanwhile(lambda: index.search("cookie", 5)) as looks:
            index.update()
        assert content_of(index) == world.rebuilt(tmp_path / "clean")


def test_a_graph_is_built_beside_the_searches_that_want_one(world: World) -> None:
    with Index.open(world.root, vectors="hnsw") as index:
        index.update()
        assert not list(index.directory.glob("graph.*")), "one search alone is faster without"
        index.search("cart")
        index.search("cart")
        until = time.monotonic() + 30
        while not (index.directory / "graph.stamp").exists() and time.monotonic() < until:
            assert index.search("retry_request")[0].path == "src/retry.py"
    assert (world.directory / "graph.stamp").exists()
    assert index.notes == []


def test_the_callback_may_search(index: Index, world: World) -> None:
    found: list[int] = []
    world.write("src/new.py", "def new():\n    return 1\n")
    index.update(lambda _: found.append(len(index.search("retry_request"))))
    assert all(found)


def test_two_updates_at_once_take_turns(index: Index, world: World, tmp_path: Path) -> None:
    reports = []
    threads = [threading.Thread(target=lambda: reports.append(index.update())) for _ in range(3)]
    world.write("src/new.py", "def new():\n    return 1\n")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.files for report in reports] == [5, 5, 5]
    assert content_of(index) == world.rebuilt(tmp_path / "clean")


def test_an_update_beside_another_may_refuse_to_wait(index: Index, world: World) -> None:
    refused: list[str] = []

    def try_another(progress: Progress) -> None:
        def other() -> None:
            try:
                index.update(wait_s=0.0)
            except IndexBusyError as error:
                refused.append(str(error))

        if progress.stage == "scanning":
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()

    index.update(try_another)
    assert len(refused) == 1


def test_closing_waits_for_an_update(world: World) -> None:
    index = Index.open(world.root)
    closing = threading.Thread(target=index.close)
    stages: list[str] = []

    def close_meanwhile(progress: Progress) -> None:
        stages.append(progress.stage)
        if progress.stage == "scanning":
            closing.start()

    assert index.update(close_meanwhile).files == 4
    closing.join()
    assert stages[-1] == "finishing"


def test_damage_found_by_many_threads_is_mended_once(index: Index, world: World) -> None:
    index.close()
    with world.database.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(bytes(1 << 16))
    with Index.open(world.root) as mended:
        with Meanwhile(lambda: mended.search("retry"), threads=3):
            mended.update()
            while not mended.search("retry_request"):
                pass
        assert sum("set aside" in note for note in mended.notes) <= 1
        assert mended.check() is None


def test_a_folder_deleted_under_an_open_index_is_made_again(index: Index, world: World, tmp_path: Path) -> None:
    shutil.rmtree(index.directory)
    assert index.update().files == 4
    assert content_of(index) == world.rebuilt(tmp_path / "clean")


def test_a_closed_index_says_so_to_whoever_still_asks(world: World) -> None:
    index = Index.open(world.root)
    index.update()
    asked: list[Callable[[], object]] = [
        lambda: index.search("cart"),
        lambda: index.read("src/cart.py"),
        index.counts,
        index.update,
        lambda: index.symbols_like("cart"),
    ]

    def ask() -> None:
        for act in asked:
            try:
                act()
            except IndexClosedError:
                closed.set()

    closed = threading.Event()
    with Meanwhile(ask, threads=3):
        index.close()
        assert closed.wait(30)
    index.close()
