"""What nearness and words count in a ranking, by kind of embedder."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from scholiast_indexer.search.query import analyze_query
from scholiast_indexer.search.ranking import Described, Find, Pool, Ranked, rank
from scholiast_indexer.search.signals import TRAINED_WEIGHTS, Weights, fitted, path_matches, unnamed

QUERY = analyze_query("how to remove empty elements from a list")


def pool(*scores: tuple[float, float], gone: Collection[int] = (), folder: str = "code") -> Pool:
    """Chunks of a file each, with a lexical score and a cosine; the query names them all if it names their folder."""
    by_name = folder in QUERY.words
    found = [Find(number, number, lexical, dense, by_name) for number, (lexical, dense) in enumerate(scores)]
    described = {number: Described(0, "") for number in range(len(scores)) if number not in gone}
    paths = {number: f"{folder}/{number}.py" for number in range(len(scores))}
    return Pool(found, paths, lambda _: described, lambda _: {})


def ranked(found: Pool, weights: Weights, importance: Mapping[int, float] | None = None) -> list[Ranked]:
    return rank(QUERY, found, [1.0] * len(QUERY.words), weights, 10, importance=lambda _: importance or {})


def best(weights: Weights, *scores: tuple[float, float], folder: str = "code") -> int:
    return ranked(pool(*scores, folder=folder), weights)[0].find.chunk_id


def test_with_a_trained_model_the_nearest_leads_a_question_in_words() -> None:
    scores = ((20.0, 0.5), (9.0, 0.8), (8.0, 0.52), (7.0, 0.51), (6.0, 0.5))
    assert best(TRAINED_WEIGHTS, *scores) == 1


def test_nearness_says_most_of_a_question_that_names_no_file_and_less_of_one_that_does() -> None:
    scores = ((20.0, 0.5), (9.0, 0.8), (8.0, 0.52))
    assert best(Weights(), *scores) == 1
    assert best(Weights(), *scores, folder="list") == 0


def test_a_question_that_hardly_names_a_file_is_weighed_between_the_two() -> None:
    rarities = ([10.0, 10.0, 10.0, rarity] for rarity in (0.0, 2.0, 9.0))
    hardly = [unnamed(QUERY, path_matches(QUERY, ["list/a.py"], weights)["list/a.py"]) for weights in rarities]
    assert hardly[0] == 1.0
    assert 0.0 < hardly[1] < 1.0
    assert hardly[2] == 0.0
    middle = fitted(Weights(), hardly[1])
    assert Weights().dense_sentence < middle.dense_sentence < Weights().dense_unnamed
    assert 0.0 < middle.importance < Weights().importance


@pytest.mark.parametrize("query", ["parse_header", "where is parse_header called", "src/other.py"])
def test_what_spells_a_name_is_never_weighed_as_a_question_in_words(query: str) -> None:
    assert unnamed(analyze_query(query), 0.0) == 0.0


def test_a_class_asked_for_with_its_capitals_comes_before_a_function_of_that_name() -> None:
    files = {"a.py": (9.0, 0.0, "session"), "b.py": (9.0, 0.0, "Session")}
    assert places("Session", files, {}) == ["b.py", "a.py"]
    assert places("session", files, {}) == ["a.py", "b.py"], "without capitals either is meant"


@pytest.mark.parametrize(("plain", "marked"), [("run", "_run"), ("Type", "$Type"), ("init", "__init__")])
def test_a_name_asked_for_with_its_marks_comes_before_one_without(plain: str, marked: str) -> None:
    files = {"a.py": (9.0, 0.0, plain), "b.py": (9.0, 0.0, marked)}
    assert places(marked, files, {}) == ["b.py", "a.py"]
    assert places(plain, files, {}) == ["a.py", "b.py"]


@pytest.mark.parametrize("cosines", [(0.0, 0.0, 0.0), (0.6, 0.6, 0.6), (0.6, 0.0, 0.0), (-0.1, -0.2, -0.3)])
def test_without_a_difference_in_nearness_words_decide(cosines: tuple[float, float, float]) -> None:
    assert best(TRAINED_WEIGHTS, *zip((9.0, 5.0, 1.0), cosines, strict=True)) == 0


def test_what_is_no_nearer_than_most_gets_nothing_for_it() -> None:
    found = pool(*((1.0, 0.5),) * 8, (1.0, 0.6), (1.0, 0.7))
    shares = [item.shares["dense"] for item in ranked(found, TRAINED_WEIGHTS)]
    whole = TRAINED_WEIGHTS.dense_unnamed
    assert shares == pytest.approx([whole, whole / 2] + [0.0] * 8)


def test_of_some_that_are_equally_near_none_leads_by_it() -> None:
    shares = [item.shares["dense"] for item in ranked(pool((1.0, 0.85), (1.0, 0.851), (1.0, 0.85)), Weights())]
    assert max(shares) < 0.05 * Weights().dense_unnamed


def test_of_two_that_answer_alike_what_the_code_rests_on_comes_first() -> None:
    found = pool((5.0, 0.5), (5.0, 0.5), folder="list")
    assert [item.find.chunk_id for item in ranked(found, Weights(), {1: 0.8})] == [1, 0]
    assert ranked(found, Weights(), {1: 0.8})[0].shares["importance"] == pytest.approx(0.8 * Weights().importance)


def test_where_no_file_is_named_importance_says_nothing() -> None:
    assert ranked(pool((5.0, 0.5), (5.0, 0.5)), Weights(), {1: 0.8})[0].shares["importance"] == 0.0


def test_what_is_gone_since_it_was_found_is_left_out_and_nothing_else() -> None:
    scores = ((9.0, 0.9), (5.0, 0.7), (4.0, 0.6))
    found = {item.find.chunk_id: item.shares for item in ranked(pool(*scores), Weights())}
    left = {item.find.chunk_id: item.shares for item in ranked(pool(*scores, gone={1}), Weights())}
    assert left == {number: shares for number, shares in found.items() if number != 1}


@pytest.mark.parametrize("count", [0, 1, 400])
def test_any_number_of_finds_is_ranked(count: int) -> None:
    found = pool(*((float(count - number), 0.0) for number in range(count)))
    assert [item.find.chunk_id for item in ranked(found, Weights())] == [*range(count)][:10]


def places(
    query: str,
    files: Mapping[str, tuple[float, float, str]],
    importance: Mapping[int, float],
    reexports: Mapping[str, str] | None = None,
) -> list[str]:
    """Paths in order, of files with a lexical score, a cosine and the name that each defines; some pass one on."""
    found = [
        Find(n, n, lexical, dense, by_name=False, reexports=(reexports or {}).get(path, ""))
        for n, (path, (lexical, dense, _)) in enumerate(files.items())
    ]
    described = {number: Described(0, defines) for number, (_, _, defines) in enumerate(files.values())}
    asked = Pool(found, dict(enumerate(files)), lambda _: described, lambda _: {})
    words = analyze_query(query)
    return [
        item.path
        for item in rank(words, asked, [1.0] * len(words.words), Weights(), 10, importance=lambda _: importance)
    ]


@pytest.mark.parametrize("home", ["docs/links.py", "tests/links.py", "examples/links.py"])
def test_a_name_defined_only_aside_comes_before_code_that_has_nothing_to_do_with_it(home: str) -> None:
    files = {"src/core.py": (0.0, 0.9, "core"), "src/base.py": (0.0, 0.8, "base"), home: (20.0, 0.0, "list_links")}
    assert places("list_links", files, {0: 1.0, 1: 1.0})[0] == home


def test_of_definitions_of_a_name_those_of_the_code_come_before_those_of_its_tests() -> None:
    files = {"tests/test_links.py": (20.0, 0.9, "list_links"), "src/links.py": (15.0, 0.5, "list_links")}
    assert places("list_links", files, {})[0] == "src/links.py"


def test_code_without_the_word_asked_for_gains_nothing_by_being_important() -> None:
    files = {"src/core.py": (0.0, 0.9, "core"), "docs/use.md": (20.0, 0.0, "")}
    assert places("list_links", files, {0: 1.0}) == places("list_links", files, {})


def test_what_tests_are_made_of_comes_before_tests_unless_these_are_asked_for() -> None:
    files = {"tests/test_client.py": (12.0, 0.5, "test_get"), "src/client.py": (10.0, 0.5, "Client")}
    assert places("test client", files, {})[0] == "src/client.py"
    assert places("tests for the client", files, {})[0] == "tests/test_client.py"


def test_an_older_version_comes_behind_the_later_one_unless_it_is_asked_for() -> None:
    files = {"src/v3/types.ts": (12.0, 0.5, "ZodType"), "src/v4/types.ts": (10.0, 0.5, "ZodType")}
    assert places("ZodType", files, {})[0] == "src/v4/types.ts"
    assert places("v3 ZodType", files, {})[0] == "src/v3/types.ts"


def test_a_name_that_only_an_older_version_has_is_found_there_first() -> None:
    files = {"src/v3/types.ts": (12.0, 0.5, "ZodEffects"), "src/v4/types.ts": (10.0, 0.5, "ZodType")}
    assert places("ZodEffects", files, {})[0] == "src/v3/types.ts"


def test_the_place_that_passes_a_name_on_comes_after_its_definition_and_before_what_uses_it() -> None:
    files = {
        "src/api.py": (5.0, 0.5, ""),
        "src/use.py": (9.0, 0.9, "run"),
        "src/router.py": (4.0, 0.4, "Router"),
        "src/other.py": (9.0, 0.9, "walk"),
    }
    assert places("Router", files, {}, {"src/api.py": "Router"})[:2] == ["src/router.py", "src/api.py"]
    assert places("Router", files, {}, {"src/api.py": "Other"})[-1] == "src/api.py"


def test_a_definition_gains_nothing_by_being_passed_on_in_its_chunk_too() -> None:
    query = analyze_query("Router")

    def shares(reexports: str) -> Mapping[str, float]:
        described = {1: Described(0, "Router")}
        found = Pool([Find(1, 1, 1.0, 0.0, True, reexports)], {1: "a.py"}, lambda _: described, lambda _: {})
        return rank(query, found, [1.0], Weights(), 10, importance=lambda _: {})[0].shares

    assert shares("Router") == shares("")


def test_a_name_passed_on_in_other_case_counts_less() -> None:
    files = {"src/a.py": (5.0, 0.5, ""), "src/b.py": (5.0, 0.5, "")}
    assert places("Router", files, {}, {"src/a.py": "router", "src/b.py": "Router"})[0] == "src/b.py"
    assert places("router", files, {}, {"src/a.py": "router", "src/b.py": "Router"})[0] == "src/a.py"


def test_a_demoted_place_is_not_spared_for_passing_a_name_on() -> None:
    files = {"tests/api.py": (9.0, 0.9, ""), "src/use.py": (9.0, 0.9, "run")}
    assert places("Router", files, {}, {"tests/api.py": "Router"})[0] == "src/use.py"
