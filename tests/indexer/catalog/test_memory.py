"""What a connection remembers: within its limits, and never another state than the one it reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.indexer.catalog.test_catalog import STATE, add

from scholiast_indexer.blocks import BLOCK_BYTES
from scholiast_indexer.catalog import CandidateRow, Catalog
from scholiast_indexer.catalog.candidates import CandidateTable
from scholiast_indexer.catalog.memory import Remembered
from scholiast_indexer.errors import IndexDamagedError


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Catalog]:
    Catalog.create(tmp_path)
    opened = Catalog.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def reader(writer: Catalog) -> Iterator[Catalog]:
    opened = Catalog.open(writer.directory)
    yield opened
    opened.close()


def test_past_its_size_the_oldest_is_forgotten() -> None:
    memory = Remembered[str, str](6, len)
    for key, value in [("a", "12"), ("b", "123"), ("a", "1"), ("c", "12"), ("d", "1"), ("e", "1234567")]:
        memory.put(key, value)
    assert [memory.get(key) for key in "abcde"] == [None] * 5  # the last was too large alone
    memory.put("a", "123456")
    memory.put("b", "1")
    assert (memory.get("a"), memory.get("b"), len(memory)) == (None, "1", 1)
    memory.clear()
    assert (memory.get("b"), len(memory)) == (None, 0)


def rows(count: int) -> list[CandidateRow]:
    """With gaps between the ids, names of all lengths, and more than one block."""
    kinds = ("function", "class", "block")
    return [
        CandidateRow(3 * n + 2, n // 4, ("python", "go")[n % 2], n, kinds[n % 3], "\n".join(["é", "name"][: n % 3]))
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 10, 9_000])
def test_a_table_gives_the_rows_it_was_made_of(count: int) -> None:
    table = CandidateTable.of(rows(count))
    asked = [row.id for row in reversed(rows(count))]
    found, missing = table.rows([0, 3, *asked, 10**9])
    assert found == list(reversed(rows(count)))
    assert missing == [0, 3, 10**9]
    assert len(table) == count
    assert table.rows([]) == ([], [])


@pytest.mark.parametrize(
    "values", [(1, 1, "go", None, "class", ""), (1, 1, "go", 2**40, "class", ""), (1, 1, "", 1, "", b"")]
)
def test_a_table_of_odd_values_is_not_made(values: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="another type"):
        CandidateTable.of([CandidateRow(*values)])  # type: ignore[arg-type]  # as a damaged database gives them


def test_a_damaged_row_is_told_when_a_table_is_made(writer: Catalog) -> None:
    add(writer, "a.py")
    writer._connection.execute("UPDATE chunk SET start_line = 'x'")
    with pytest.raises(IndexDamagedError):
        writer.candidate_table()


@pytest.mark.parametrize("has_table", [False, True])
def test_rows_that_come_after_a_table_are_found(writer: Catalog, reader: Catalog, has_table: bool) -> None:
    add(writer, "a.py")
    if has_table:
        reader.remember_candidates(reader.candidate_table())
    assert reader.remembers_candidates == has_table
    add(writer, "b.py", text="def g(): pass\n")
    for _ in range(2):
        assert sorted(row.id for row in reader.candidate_rows([1, 2, 3])) == [1, 2]
    assert sorted(reader.candidate_rows([1, 2])) == sorted(writer.candidate_rows([2, 1]))


def test_each_snapshot_sees_the_paths_of_its_generation(writer: Catalog, reader: Catalog) -> None:
    blob_id = add(writer, "wood.py")

    def value(is_whole: bool, place: int) -> float:
        return place + (1.0 if is_whole else 0.5)

    def seen() -> tuple[dict[int, list[str]], dict[int, float]]:
        paths = reader.paths_of_blobs([blob_id, 99])
        assert reader.paths_of_blobs([blob_id, 99], checked=False) == paths
        return paths, reader.paths_with_word("wo", 10, value)

    with reader.snapshot():
        assert seen() == ({blob_id: ["wood.py"]}, {1: 0.5})
        add(writer, "word.py")
        with writer.transaction():
            writer.remove_paths(["wood.py"])
        assert seen() == ({blob_id: ["wood.py"]}, {1: 0.5})
    with reader.snapshot():
        assert seen() == ({blob_id: ["word.py"]}, {2: 0.5})
    with writer.transaction():
        writer.remove_paths(["word.py"])
        writer.set_path("wood.py", STATE, blob_id=blob_id, reason=None)
    with reader.snapshot():
        assert seen() == ({blob_id: ["wood.py"]}, {3: 0.5})
    with writer.transaction():
        writer.remove_paths(["wood.py"])
    assert seen() == ({}, {})  # outside a snapshot nothing is taken from memory


def test_pieces_are_those_of_the_whole_wherever_they_begin_and_end(writer: Catalog) -> None:
    text = "".join(f"def f{number}():\n    return {number}\n" for number in range(3 * BLOCK_BYTES // 25))
    text = text[: 3 * BLOCK_BYTES] if len(text) > 3 * BLOCK_BYTES else text.ljust(3 * BLOCK_BYTES)
    large, small = add(writer, "large.py", text=text), add(writer, "small.py")
    whole = {blob_id: writer.content(blob_id) for blob_id in (large, small)}
    places = [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES, len(text) - 1, len(text)]
    spans = [(large, start, end) for start in places for end in places if start <= end]
    for wanted in ([(small, 0, 5)], spans, [(small, 2, 9), *spans[::-1]]):
        assert writer.pieces(wanted) == [whole[blob_id][start:end] for blob_id, start, end in wanted]
    with pytest.raises(IndexDamagedError, match="gone"):
        writer.pieces([(small, 0, 4), (99, 0, 1)])
