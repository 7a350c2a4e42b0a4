"""The lexical index by itself: what is added and dropped is found and not found, after kills too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scholiast_indexer.lexical import LexicalChunk, LexicalIndex

STATE_FILES = ("meta.json", ".managed.json", "scholiast.json")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "lexical"
    index = LexicalIndex.create(directory)
    index.add(chunks(range(20)))
    index.commit("catalog", 1)
    index.finish("catalog", 1)
    return directory


def chunks(numbers: range) -> Iterator[LexicalChunk]:
    return (LexicalChunk(n, n, f"word word{n}", "", "") for n in numbers)


def opened(directory: Path) -> LexicalIndex:
    index = LexicalIndex.open(directory, "catalog", lambda: 9)
    assert index is not None
    return index


def found(index: LexicalIndex, term: str) -> set[int]:
    return {chunk_id for chunk_id, _ in index.search({term: 1.0}, 0.0, 100)}


def test_dropped_blobs_are_not_found(directory: Path) -> None:
    index = opened(directory)
    index.remove_blobs([3, 4])
    index.commit("catalog", 2)
    assert found(index, "word") == set(range(20)) - {3, 4}
    assert index.size == 18
    index.close()


def test_deletions_that_a_killed_commit_wrote_do_not_stop_the_next_one(directory: Path) -> None:
    before = {name: (directory / name).read_bytes() for name in STATE_FILES}
    index = opened(directory)
    index.remove_blobs([3])
    index.commit("catalog", 2)
    index.close()
    assert list(directory.glob("*.del"))
    for name, data in before.items():  # as if the process had died before it said so
        (directory / name).write_bytes(data)
    again = opened(directory)
    assert found(again, "word3") == {3}
    again.remove_blobs([3])
    again.commit("catalog", 2)
    assert found(again, "word3") == set()
    again.close()


def test_deletions_in_use_stay(directory: Path) -> None:
    for generation, blob in enumerate((3, 4, 5), start=2):
        index = opened(directory)
        index.remove_blobs([blob])
        index.commit("catalog", generation)
        index.close()
    assert found(opened(directory), "word") == set(range(20)) - {3, 4, 5}


def test_what_a_merge_was_writing_at_a_commit_costs_nothing_later(directory: Path) -> None:
    index = opened(directory)
    merged = directory / f"{'0' * 32}.idx"  # named as tantivy does, of no segment in use
    merged.write_bytes(b"half")
    index.add(chunks(range(20, 30)))
    index.commit("catalog", 2)
    merged.write_bytes(b"half of what a merge writes")
    index.finish("catalog", 2)
    assert found(opened(directory), "word") == set(range(30))
