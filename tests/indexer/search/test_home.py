"""Of several definitions of a name, that in the file of that very name comes first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.indexer.search.laid_out import indexed

from scholiast_indexer.index import Index

FILES = {
    "src/Brigade.Ops.cs": "/// <summary>Operators: Brigade + Brigade.</summary>\npublic partial class Brigade\n{\n"
    "    public static Brigade Add(Brigade a, Brigade b) => new Brigade(a, b);\n}\n",
    "src/Brigade.cs": "public partial class Brigade\n{\n    private readonly int _size;\n}\n",
    "src/Lantern.cs": "public class Lantern\n{\n    public Brigade Owner { get; }\n}\n",
    "core/beacon.lua": "local beacon = {}\n\nfunction beacon.light(fuel)\n  return fuel\nend\n\nreturn beacon\n",
    "core/tower.lua": "local tower = {}\n\n-- light, light, light\nfunction tower.light(light)\n  return light\nend\n"
    "\nreturn tower\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with indexed(tmp_path_factory.mktemp("home"), FILES) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "home", "away"),
    [
        ("Brigade", "src/Brigade.cs", "src/Brigade.Ops.cs"),
        ("beacon.light", "core/beacon.lua", "core/tower.lua"),
    ],
)
def test_a_name_leads_to_the_file_that_bears_it_before_others_that_define_it(
    index: Index, query: str, home: str, away: str
) -> None:
    best, next_best, *_ = index.search(query)
    assert (best.path, next_best.path) == (home, away)
    assert best.why["definition"] > next_best.why["definition"] > 0


def test_where_no_file_bears_the_name_all_its_definitions_are_alike(index: Index) -> None:
    defining = [hit.why["definition"] for hit in index.search("light") if hit.why["definition"]]
    assert len(defining) == 2 and len(set(defining)) == 1


def test_a_question_is_not_about_one_name(index: Index) -> None:
    of_brigade = [hit for hit in index.search("how does a Brigade add another Brigade") if "Brigade" in hit.path]
    assert len({hit.why["definition"] for hit in of_brigade}) == 1
