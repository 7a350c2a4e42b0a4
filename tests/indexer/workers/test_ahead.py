"""Workers that are started before the index they build is opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.index import Index
from scholiast_indexer.workers.ahead import SHIPPED, workers_ahead

LOADED = """
import sys
from scholiast_indexer.workers import ahead
print(sorted({"numpy", "sqlite3", "tantivy", "tree_sitter"} & set(sys.modules)))
"""


def test_starting_them_loads_nothing_that_only_they_need() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", LOADED], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_they_make_the_embedder_that_ships() -> None:
    assert StaticEmbedder.worker_factory == SHIPPED


def test_the_index_is_built_by_them_and_ends_them(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("def one():\n    return 1\n")
    pool = workers_ahead()
    started = [worker._process for worker in pool._workers if worker._process is not None]
    with Index.open(tmp_path, pool=pool) as index:
        assert index.update().embedded == 1
        assert [worker._process for worker in pool._workers if worker._process is not None] == started
    assert started
    assert all(process.poll() is not None for process in started)
