"""Names are found by what someone types of them, the best fit first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.lookup.names import MATCHES_MAX, NameTable

NAMES = [
    "add_url_rule", "addUrlRules", "url_rule_class", "rule", "Rule", "RuleFactory", "rules", "route", "routes",
    "Router", "unregister", "register_blueprint", "HTTPServer", "http2_stream", "preroute", "__init__", "==",
    "Überschrift", "x",
]  # fmt: skip
TABLE = NameTable(NAMES)


def check(typed: str, *expected: str) -> None:
    assert [name for *_, name in TABLE.matches(typed)][: len(expected)] == list(expected)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("rule", ["rule", "Rule", "rules", "RuleFactory"]),
        ("Rule", ["Rule", "rule", "RuleFactory", "rules"]),
        ("route", ["route", "routes", "Router", "preroute"]),
        ("add_url_rule", ["add_url_rule", "addUrlRules"]),
        ("addurlrule", ["add_url_rule", "addUrlRules"]),
        ("url rule", ["url_rule_class", "addUrlRules", "add_url_rule"]),
        ("add rule", ["addUrlRules", "add_url_rule"]),
        ("ruFac", ["RuleFactory"]),
        ("aur", ["addUrlRules", "add_url_rule"]),
        ("rb", ["register_blueprint"]),
        ("HTTPServer", ["HTTPServer"]),
        ("http", ["http2_stream", "HTTPServer"]),
        ("gister", ["unregister", "register_blueprint"]),
        ("init", ["__init__"]),
        ("==", ["=="]),
        ("überschrift", ["Überschrift"]),
    ],
)
def test_names_are_found_by_what_is_typed_of_them(typed: str, expected: list[str]) -> None:
    check(typed, *expected)


@pytest.mark.parametrize("typed", ["", "\n", "nowhere", "rule route add", "a b c d e f"])
def test_what_fits_no_name_finds_none(typed: str) -> None:
    assert TABLE.matches(typed) == []


@given(names=st.lists(st.text(min_size=1, max_size=12), max_size=20), typed=st.text(max_size=6))
def test_any_text_is_found_in_any_names(names: list[str], typed: str) -> None:
    found = [name for *_, name in NameTable(names).matches(typed)]
    assert len(found) == len(set(found))
    assert set(found) <= set(names)


@given(
    names=st.lists(st.from_regex(r"[a-zA-Z_]{1,12}", fullmatch=True), min_size=1, max_size=20), cut=st.integers(1, 12)
)
def test_every_name_is_found_by_its_beginning(names: list[str], cut: int) -> None:
    table = NameTable(names)
    for name in names:
        assert name in [found for *_, found in table.matches(name[:cut])] or not name[:cut].strip("_")


def test_of_very_many_the_shortest_are_taken() -> None:
    table = NameTable("get" + "x" * number for number in range(3 * MATCHES_MAX))
    assert [len(name) for *_, name in table.matches("ge")] == list(range(3, 3 + MATCHES_MAX))
