"""Files of one language stay together, and lanes weigh about the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.limits import BATCH_BYTES
from scholiast_indexer.updating.lanes import language_lanes
from scholiast_indexer.workspace.values import FileStat


def file(path: str, size: int) -> FileStat:
    return FileStat(path, size, 0, 0, 0)


LANES: list[tuple[str, list[tuple[str, int]], int, list[list[str]]]] = [
    ("nothing", [], 2, [[]]),
    ("few bytes", [("a.py", 10), ("b.go", 10)], 2, [["b.go", "a.py"]]),
    ("one worker", [("a.py", 2 * BATCH_BYTES), ("b.go", 10)], 1, [["b.go", "a.py"]]),
    ("one language", [("b.py", 2 * BATCH_BYTES), ("a.py", 9)], 2, [["b.py", "a.py"]]),
    ("two languages", [("a.py", 9 * BATCH_BYTES), ("b.go", 8), ("c.py", 7)], 2, [["a.py", "c.py"], ["b.go"]]),
    ("a header with its sources", [("a.h", 9), ("b.cc", 9 * BATCH_BYTES), ("c.go", 8)], 2, [["a.h", "b.cc"], ["c.go"]]),
    (
        "the small ones of a lane first",
        [("a.py", 5 * BATCH_BYTES), ("b.go", 4 * BATCH_BYTES), ("c.rb", 2 * BATCH_BYTES), ("d.md", 9)],
        2,
        [["d.md", "a.py"], ["c.rb", "b.go"]],
    ),
]


@pytest.mark.parametrize(("name", "files", "lanes_max", "expected"), LANES)
def test_languages_are_shared_out(
    name: str, files: list[tuple[str, int]], lanes_max: int, expected: list[list[str]]
) -> None:
    found = language_lanes([file(*one) for one in files], lanes_max)
    assert [[one.path for one in lane] for lane in found] == expected, name


@given(
    st.lists(st.tuples(st.sampled_from("a.py b.go c.md d.rb e f.h g.c".split()), st.integers(0, 5 * BATCH_BYTES))),  # noqa: SIM905
    st.integers(1, 5),
)
def test_every_file_is_in_one_lane(sizes: list[tuple[str, int]], lanes_max: int) -> None:
    files = [file(f"{number}/{path}", size) for number, (path, size) in enumerate(sizes)]
    lanes = language_lanes(files, lanes_max)
    assert 1 <= len(lanes) <= lanes_max
    assert sorted(one.path for lane in lanes for one in lane) == sorted(one.path for one in files)
