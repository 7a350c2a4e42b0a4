"""The first five hits of thirty queries over small projects and samples of every language, kept beside this test.

`pytest --update-goldens` writes them again, to be read as a diff: what a change of ranking does is seen at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scholiast_indexer.index import Index

GOLDEN = Path(__file__).parent / "goldens" / "ranks.txt"
TESTS = Path(__file__).parents[2]
SAMPLES = TESTS / "indexer" / "languages" / "samples"
PROJECTS = TESTS / "server" / "answering" / "answers"
WITH_GRAMMARS_EVERYWHERE = frozenset(
    (".sh", ".c", ".cpp", ".cs", ".ex", ".go", ".hs", ".java", ".js", ".kt", ".lua", ".php", ".pyw", ".rb", ".rs",
     ".scala", ".sql", ".swift", ".ts")
)  # fmt: skip
"""Under Python 3.13 other languages are cut by lines, and other names are found in them."""
HITS = 5
HEADING = "? "


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    root = tmp_path_factory.mktemp("ranked")
    (root / "samples").mkdir()
    for sample in sorted(SAMPLES.iterdir()):
        if sample.suffix in WITH_GRAMMARS_EVERYWHERE:
            shutil.copy(sample, root / "samples")
    for project in sorted(PROJECTS.glob("*.txt")):
        for part in ("\n" + project.read_text("utf-8")).split("\n=== ")[1:]:
            path, _, text = part.partition("\n")
            if not path.startswith(HEADING):
                target = root / project.stem / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text + "\n", "utf-8")
    with Index.open(root) as opened:
        opened.update()
        yield opened


def queries() -> list[str]:
    lines = GOLDEN.read_text("utf-8").splitlines()
    return [line.removeprefix(HEADING) for line in lines if line.startswith(HEADING)]


def shown(index: Index) -> str:
    parts = []
    for query in queries():
        hits = (f"  {hit.path}:{hit.start_line} {hit.symbol}".rstrip() for hit in index.search(query, limit=HITS))
        parts.append("\n".join([HEADING + query, *hits]))
    return "\n\n".join(parts) + "\n"


def test_hits_rank_as_kept(index: Index, request: pytest.FixtureRequest) -> None:
    found = shown(index)
    if request.config.getoption("--update-goldens"):
        GOLDEN.write_text(found, "utf-8")
    assert len(queries()) >= 30
    assert found == GOLDEN.read_text("utf-8")
