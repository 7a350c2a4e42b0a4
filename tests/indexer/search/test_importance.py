"""How much of a code base rests on a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from scholiast_indexer.index import Index

CORE = "class Engine:\n    def close(self):\n        return None\n"
USER = "def run_{number}():\n    engine = Engine()\n    engine.close()\n    return engine\n"


@pytest.fixture
def engines(tmp_path: Path) -> Path:
    root = tmp_path / "work"
    root.mkdir()
    (root / "core.py").write_text(CORE)
    (root / "other.py").write_text("class Other:\n    def close(self):\n        return None\n")
    for number in range(30):
        (root / f"user{number}.py").write_text(USER.format(number=number))
    return root


def importance(index: Index, query: str) -> dict[str, float]:
    return {hit.path: hit.why["importance"] for hit in index.search(query, limit=40)}


def test_a_file_counts_by_the_places_that_refer_to_it_and_not_by_names_of_methods(engines: Path) -> None:
    with Index.open(engines) as index:
        index.update()
        found = importance(index, "engine class of core")
        assert found["core.py"] > 0.1
        assert found["other.py"] == 0.0


def test_an_unsaved_file_counts_as_the_saved_one(engines: Path) -> None:
    with Index.open(engines) as index:
        index.update()
        saved = importance(index, "engine class of core")["core.py"]
        assert index.lay_over("core.py", f"# changed\n{CORE}".encode())
        assert importance(index, "engine class of core")["core.py"] == saved
