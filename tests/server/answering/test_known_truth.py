"""The checker on cases of known truth; `python -m tests.server.answering.known_truth` prints what it says of each."""

from __future__ import annotations

import pytest
from tests.server.answering.known_truth import MOVED, RIGHT, WRONG, Found, Maker, judged, rates, samples, table

CASES = 250
RATE_MIN = 0.95


@pytest.fixture(scope="module")
def found() -> list[Found]:
    return [judged(case) for case in Maker(samples(), seed=7).cases(CASES)]


def test_what_does_not_hold_is_told_from_what_does(found: list[Found]) -> None:
    precision, recall = rates(found)
    print(table(found))
    assert precision >= RATE_MIN and recall >= RATE_MIN, table(found)


def test_the_cases_are_of_all_kinds_and_many_languages(found: list[Found]) -> None:
    assert len(found) == CASES
    kinds = {one.case.kind for one in found}
    assert len(kinds) == len({*RIGHT, *MOVED, *WRONG})
    languages = {piece.language for one in found for piece in one.case.evidence}
    assert len(languages) >= 20
    wrong = sum(one.case.truth == "unsupported" for one in found)
    assert 0.4 <= wrong / CASES <= 0.6


def test_what_moved_is_told_as_moved(found: list[Found]) -> None:
    assert {one.status for one in found if one.case.truth == "moved"} == {"moved"}


def test_a_checker_that_says_the_same_of_all_would_fail(found: list[Found]) -> None:
    """The cases could not be passed without looking at them."""
    wrong = [one.case.truth == "unsupported" for one in found]
    assert max(sum(wrong), len(wrong) - sum(wrong)) / len(wrong) < RATE_MIN
