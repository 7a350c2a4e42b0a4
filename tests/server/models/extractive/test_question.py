"""Questions taken apart."""

from __future__ import annotations

import pytest

from scholiast_server.models.extractive.question import Shape, read_question


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("how are routes registered in flask?", "Routes are registered"),
        ("how are secrets kept out of the index?", "Secrets are kept out"),
        ("how are old files moved away?", "Old files are moved away"),
    ],
)
def test_a_passive_question_is_turned_round_with_the_particle_of_its_verb(question: str, statement: str) -> None:
    passive = read_question(question).passive
    assert passive is not None
    assert passive.statement() == statement


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("what is Tree?", ("Tree",)),
        ("what does settings do?", ("settings",)),
        ("who calls finalize?", ("finalize",)),
        ("who calls route!?", ("route!",)),
        ("where is halt used?", ("halt",)),
        ("which functions call finalize?", ("finalize",)),
        ("what does the --factory option do?", ("--factory",)),
        ("who calls it?", ()),
        ("what is a draft?", ()),
        ("how does it work?", ()),
        ("what does this function do?", ()),
        ("how are routes registered?", ()),
    ],
)
def test_the_one_subject_of_a_question_is_a_name_whatever_it_looks_like(question: str, names: tuple[str, ...]) -> None:
    assert read_question(question).names == names


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("where is BadSignature raised?", "callers"),
        ("where is `add_rule` tested?", "callers"),
        ("where are sessions created?", "where"),
        ("where is it tested?", "where"),
        ("where is add_rule defined?", "where"),
        ("Signature does not match", "other"),
    ],
)
def test_where_a_name_is_raised_or_tested_asks_for_what_uses_it(question: str, shape: Shape) -> None:
    assert read_question(question).shape == shape
