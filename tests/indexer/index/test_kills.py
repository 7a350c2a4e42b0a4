"""SIGKILL at any moment of an index run costs time, and nothing else."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from tests.indexer.index import kills
from tests.indexer.index.conftest import World, content_of

from scholiast_indexer.index import Index

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
Result = TypeVar("Result")
KILLS = 8
PATIENCE_S = 30.0


def test_after_a_kill_at_any_moment_the_next_run_equals_a_rebuild(tmp_path: Path) -> None:
    world = World(tmp_path / "work", {})
    chance = random.Random(20)
    whole_s, killed = 2.0, 0
    for seed in range(kills.kills_wanted(KILLS)):
        kills.write_tree(world.root, seed)
        killed += kills.kill_a_run(world.root, chance.uniform(0.15, 1.0) * whole_s)
        if seed % 4 == 1:
            continue  # the next run is killed as well, before any has finished
        whole_s = max(1.0, kills.run_whole(world.root))
        with Index.open(world.root) as index:
            assert index.notes == []
            assert index.update().embedded == 0
            assert content_of(index) == world.rebuilt(tmp_path / f"clean-{seed}")
    assert killed >= kills.kills_wanted(KILLS) // 3, "most runs are still at work when they are killed"


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
