"""SIGKILL at any moment of an index run costs time, and nothing else."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from tests.indexer.index import kills
from tests.indexer.index.conftest import World, content_of

from scholiast_indexer.index import Index

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
Result = TypeVar("Result")
KILLS = 8
QUERY = ("the query of a session",)
PATIENCE_S = 30.0


def test_after_a_kill_at_any_moment_the_next_run_equals_a_rebuild(tmp_path: Path) -> None:
    world = World(tmp_path / "work", {})
    chance = random.Random(20)
    longest_s, trees = 1.0, count()
    for number in range(kills.kills_wanted(KILLS)):
        while not kill_one(world.root, next(trees), chance.uniform(0.0, longest_s)):
            longest_s *= 0.7  # it was done before
        longest_s *= 1.2
        if number % 4 == 1:
            continue  # the next run is killed as well, before any has finished
        kills.run_whole(world.root)
        with Index.open(world.root) as index:
            assert index.notes == []
            assert index.update().embedded == 0
            assert content_of(index, QUERY) == world.rebuilt(tmp_path / f"clean-{number}", QUERY)


def kill_one(root: Path, tree: int, after_s: float) -> bool:
    kills.write_tree(root, tree)
    return kills.kill_a_run(root, after_s)


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    kills.write_tree(tmp_path / "work", 0)
    with kills.start_run(tmp_path / "work") as process:
        workers = awaited(lambda: kills.descendants(process.pid))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert awaited(lambda: not any(map(kills.is_running, workers)))


def awaited(ask: Callable[[], Result]) -> Result:
    """The first answer that is true, asked again and again for a while."""
    until = time.monotonic() + PATIENCE_S
    while not (answer := ask()) and time.monotonic() < until:
        os.sched_yield()
    return answer
