"""What a query is taken to ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.search.query import WORDS_MAX, analyze_query, folded, is_name_like


@pytest.mark.parametrize(
    ("text", "shape", "words"),
    [
        ("how are routes registered?", "sentence", ("routes", "registered")),
        ("add_url_rule", "symbol", ("add_url_rule",)),
        ("Flask.add_url_rule", "symbol", ("Flask", "add_url_rule")),
        ("std::vector::push_back()", "symbol", ("std", "vector", "push_back")),
        ("src/flask/app.py", "path", ("src", "flask", "app", "py")),
        ("retry", "symbol", ("retry",)),
        ("where is SecureCookie signed", "sentence", ("SecureCookie", "signed")),
        ("the of and", "sentence", ("the", "of", "and")),
        ("where are WHERE conditions built", "sentence", ("WHERE", "conditions", "built")),
        ("row lock FOR UPDATE", "sentence", ("row", "lock", "FOR", "UPDATE")),
        ("WHAT IS A ROUTE", "sentence", ("ROUTE",)),
        ("", "sentence", ()),
        ("?!…", "sentence", ()),
    ],
)
def test_shape_and_words(text: str, shape: str, words: tuple[str, ...]) -> None:
    query = analyze_query(text)
    assert (query.shape, query.words) == (shape, words)


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("how does add_url_rule store views", {"addurlrule"}),
        ("HTTPServer startup", {"httpserver"}),
        ("retry", {"retry"}),
        ("where are retries handled", set()),
    ],
)
def test_words_written_like_code_are_identifiers(text: str, identifiers: set[str]) -> None:
    assert analyze_query(text).identifiers == identifiers


def test_a_name_is_looked_for_with_the_mark_before_it_and_without() -> None:
    query = analyze_query("how does $Type extend Base")
    assert query.typed == ("$Type", "extend", "Base")
    assert analyze_query("$Type").spellings == {"$type", "type"}
    assert analyze_query("$Type").identifiers == {"type"}


@pytest.mark.parametrize(
    ("text", "tests", "examples", "docs"),
    [
        ("tests for the parser", True, False, False),
        ("an example of streaming", False, True, False),
        ("documentation of settings", False, False, True),
        ("latest contest", False, False, False),
        ("where is the parser tested", True, False, False),
        ("unit tests of the parser", True, False, False),
        ("tests/parser fixtures", True, False, False),
        ("test client", False, False, False),
        ("how setup runs before each test", False, False, False),
    ],
)
def test_tests_examples_and_documents_are_wanted_when_named(text: str, tests: bool, examples: bool, docs: bool) -> None:
    query = analyze_query(text)
    assert (query.wants_tests, query.wants_examples, query.wants_docs) == (tests, examples, docs)


@pytest.mark.parametrize(("text", "named"), [("test client", True), ("tests for the parser", True), ("latest", False)])
def test_a_query_may_speak_of_tests_without_asking_for_them(text: str, named: bool) -> None:
    assert analyze_query(text).names_tests is named


def test_spellings_of_one_name_fold_to_one() -> None:
    assert {folded(name) for name in ("add_url_rule", "addUrlRule", "AddURLRule", "ADD_URL_RULE")} == {"addurlrule"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("snake_case", True),
        ("camelCase", True),
        ("utf8", True),
        ("Flask", False),
        ("word", False),
        ("_private", True),
        ("ALLCAPS", False),
    ],
)
def test_name_like_words(word: str, expected: bool) -> None:
    assert is_name_like(word) is expected


@given(st.text(max_size=6000))
def test_any_text_is_a_bounded_query(text: str) -> None:
    query = analyze_query(text)
    assert len(query.words) <= WORDS_MAX
    assert len(query.terms) == len(query.words)
    assert all(query.terms)


def test_names_are_looked_up_as_the_catalog_spells_them() -> None:
    query = analyze_query("add_url_rule")
    assert query.spellings == {"add_url_rule"}
    assert query.identifiers == {"addurlrule"}
    assert analyze_query("who calls retryRequest and add_item").spellings == {"retryrequest", "add_item"}
