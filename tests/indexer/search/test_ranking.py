"""What nearness and words count in a ranking, by kind of embedder."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from scholiast_indexer.search.query import analyze_query
from scholiast_indexer.search.ranking import Candidate, Ranked, rank
from scholiast_indexer.search.signals import TRAINED_WEIGHTS, Weights

QUERY = analyze_query("how to remove empty elements from a list")


def candidates(*scores: tuple[float, float]) -> list[Candidate]:
    """Chunks of a file each, with a lexical score and a cosine."""
    return [
        Candidate(number, number, f"file{number}.py", 0, "", lexical, dense, by_name=False)
        for number, (lexical, dense) in enumerate(scores)
    ]


def ranked(found: list[Candidate], weights: Weights, importance: Mapping[int, float] | None = None) -> list[Ranked]:
    return rank(QUERY, found, [1.0] * len(QUERY.words), weights, 10, importance=lambda _: importance or {})


def best(weights: Weights, *scores: tuple[float, float]) -> int:
    return ranked(candidates(*scores), weights)[0].candidate.chunk_id


def test_with_a_trained_model_the_nearest_leads_a_question_in_words() -> None:
    scores = ((20.0, 0.5), (9.0, 0.8), (8.0, 0.52), (7.0, 0.51), (6.0, 0.5))
    assert best(TRAINED_WEIGHTS, *scores) == 1
    assert best(Weights(), *scores) == 0, "one that knows words alone does not"


@pytest.mark.parametrize("cosines", [(0.0, 0.0, 0.0), (0.6, 0.6, 0.6), (0.6, 0.0, 0.0), (-0.1, -0.2, -0.3)])
def test_without_a_difference_in_nearness_words_decide(cosines: tuple[float, float, float]) -> None:
    assert best(TRAINED_WEIGHTS, *zip((9.0, 5.0, 1.0), cosines, strict=True)) == 0


def test_what_is_no_nearer_than_most_gets_nothing_for_it() -> None:
    found = candidates(*((1.0, 0.5),) * 8, (1.0, 0.6), (1.0, 0.7))
    shares = [item.shares["dense"] for item in ranked(found, TRAINED_WEIGHTS)]
    assert shares == pytest.approx([2.5, 1.25] + [0.0] * 8)


def test_of_two_that_answer_alike_what_the_code_rests_on_comes_first() -> None:
    found = candidates((5.0, 0.5), (5.0, 0.5))
    assert [item.candidate.chunk_id for item in ranked(found, Weights(), {1: 0.8})] == [1, 0]
    assert ranked(found, Weights(), {1: 0.8})[0].shares["importance"] == pytest.approx(0.8 * Weights().importance)
