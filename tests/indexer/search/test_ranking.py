"""What nearness and words count in a ranking, by kind of embedder."""

from __future__ import annotations

import pytest

from scholiast_indexer.search.query import analyze_query
from scholiast_indexer.search.ranking import Candidate, rank
from scholiast_indexer.search.signals import TRAINED_WEIGHTS, Weights

QUERY = analyze_query("how to remove empty elements from a list")


def candidates(*scores: tuple[float, float]) -> list[Candidate]:
    """Chunks of a file each, with a lexical score and a cosine."""
    return [
        Candidate(number, number, f"file{number}.py", 0, "", lexical, dense, by_name=False)
        for number, (lexical, dense) in enumerate(scores)
    ]


def best(weights: Weights, *scores: tuple[float, float]) -> int:
    found = candidates(*scores)
    return rank(QUERY, found, [1.0] * len(QUERY.words), weights, 1)[0].candidate.chunk_id


def test_with_a_trained_model_the_nearest_leads_a_question_in_words() -> None:
    scores = ((20.0, 0.5), (9.0, 0.8), (8.0, 0.52), (7.0, 0.51), (6.0, 0.5))
    assert best(TRAINED_WEIGHTS, *scores) == 1
    assert best(Weights(), *scores) == 0, "an embedder of spelling alone does not"


@pytest.mark.parametrize("cosines", [(0.0, 0.0, 0.0), (0.6, 0.6, 0.6), (0.6, 0.0, 0.0), (-0.1, -0.2, -0.3)])
def test_without_a_difference_in_nearness_words_decide(cosines: tuple[float, float, float]) -> None:
    assert best(TRAINED_WEIGHTS, *zip((9.0, 5.0, 1.0), cosines, strict=True)) == 0


def test_what_is_no_nearer_than_most_gets_nothing_for_it() -> None:
    found = candidates(*((1.0, 0.5),) * 8, (1.0, 0.6), (1.0, 0.7))
    shares = [ranked.shares["dense"] for ranked in rank(QUERY, found, [1.0] * len(QUERY.words), TRAINED_WEIGHTS, 10)]
    assert shares == pytest.approx([2.5, 1.25] + [0.0] * 8)
