"""What a question adds to its hits that spells a name: the definition of it, and what uses it, from a real index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scholiast_indexer import open_index
from scholiast_indexer.index import Index
from scholiast_indexer.search import Filters
from scholiast_server.answering.limits import HITS_READ_MAX
from scholiast_server.answering.types import Answer
from scholiast_server.compose import ask
from scholiast_server.models.extractive import ExtractiveEngine

TREE = "class Tree:\n    pass\n\n\ndef prune(tree):\n    return tree\n"
FILES = HITS_READ_MAX + 10


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """More places that speak of trees than are read for an answer; one of them prunes, far down."""
    root = tmp_path_factory.mktemp("forest")
    (root / "base.py").write_text(TREE)
    for number in range(FILES):
        does = "prune(tree)" if number == FILES - 1 else "tree.grow(tree)"
        text = f'def plant_tree_{number}(tree):\n    """Plant tree {number}: a tree, what a tree is."""\n    {does}\n'
        (root / f"tree_{number}.py").write_text(text)
    with open_index(root) as opened:
        opened.update()
        yield opened


def asked(index: Index, question: str) -> Answer:
    """The answer of the engine that ships."""
    return ask(index, ExtractiveEngine(), question)


def test_the_definition_of_a_name_opens_the_answer_though_others_speak_more_of_it(index: Index) -> None:
    answer = asked(index, "what is Tree?")
    assert answer.answer.startswith("`Tree` "), answer.answer


def test_what_uses_a_name_is_found_past_the_hits_of_the_question(index: Index) -> None:
    answer = asked(index, "which functions call prune?")
    assert answer.answer.startswith(f"`prune` is called by `plant_tree_{FILES - 1}` [1]."), answer.answer


def test_the_version_that_is_wanted_opens_the_answer(index: Index) -> None:
    question = "which version of python is required?"
    (index.root / "pyproject.toml").write_text('[project]\nname = "forest"\nrequires-python = ">=3.10"\n')
    index.update()
    assert asked(index, question).answer.startswith(
        'In `pyproject.toml`, line 3 reads `requires-python = ">=3.10"` [1].'
    )
    assert "pyproject" not in ask(index, ExtractiveEngine(), question, Filters(paths=("*.py",))).answer


def test_nothing_is_said_to_use_what_nothing_uses(index: Index) -> None:
    assert "used by" not in asked(index, "who uses Tree?").answer
