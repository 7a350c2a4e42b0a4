"""The lexical index by itself: what is added and dropped is found and not found, after kills too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scholiast_indexer import lexical
from scholiast_indexer.errors import StorageError
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


def test_a_merge_that_ends_while_a_commit_is_stamped_takes_no_file_away_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = LexicalIndex.create(tmp_path / "lexical")
    for number in range(7):
        index.add(chunks(range(number, number + 1)))
        index.commit("catalog", number)
    index.add(chunks(range(7, 8)))
    segments = {path.stem for path in (tmp_path / "lexical").glob("*.idx")}
    checksum = lexical._checksum

    def checksum_after_the_merge(path: Path) -> tuple[int, int]:
        writer, index._writer = index._writer, None
        if writer is not None:
            writer.wait_merging_threads()  # the eighth commit began one
            assert segments.isdisjoint(path.stem for path in (tmp_path / "lexical").glob("*.idx"))
        return checksum(path)

    monkeypatch.setattr(lexical, "_checksum", checksum_after_the_merge)
    index.commit("catalog", 8)
    index.close()
    assert found(opened(tmp_path / "lexical"), "word") == set(range(8))


def test_a_file_that_is_lost_is_an_error_and_no_endless_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = LexicalIndex.create(tmp_path / "lexical")
    index.add(chunks(range(3)))

    def lost(path: Path) -> tuple[int, int]:
        raise FileNotFoundError(path)

    monkeypatch.setattr(lexical, "_checksum", lost)
    with pytest.raises(StorageError, match="can't be written"):
        index.commit("catalog", 1)
    index.close()
