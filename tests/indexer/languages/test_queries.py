"""Every query file fits its grammar and speaks the documented vocabulary."""

from __future__ import annotations

import re
from importlib import resources
from typing import get_args

import pytest
from tree_sitter import Language, Query

from scholiast_indexer.languages import LANGUAGES, generic, grammars, queries
from scholiast_indexer.types import Kind

FOLDER = resources.files("scholiast_indexer.languages") / "queries"
FILES = sorted(file.name for file in FOLDER.iterdir() if file.name.endswith(".scm"))
OWN = [language for language in LANGUAGES if queries.own_sources(language)]


@pytest.mark.parametrize("language", OWN)
def test_a_query_compiles_against_the_installed_grammar(language: str) -> None:
    if grammars.provider(language).kind == "none":
        pytest.skip("; ".join(grammars.provider(language).problems))
    found = queries.compiled(language)
    assert found is not None
    assert found.problem == ""
    assert all(len(part.roles) == part.query.pattern_count for part in found.parts)


@pytest.mark.parametrize("name", FILES)
def test_each_capture_is_documented_and_each_kind_known(name: str) -> None:
    source = re.sub(r'"[^"]*"|;.*', "", (FOLDER / name).read_text(encoding="utf-8"))
    documented = (FOLDER / "captures.md").read_text(encoding="utf-8")
    for capture in set(re.findall(r"@([a-z][\w.]*)", source)):
        base, _, kind = capture.partition(".")
        assert f"`@{base}" in documented, capture
        assert not kind or kind in {*get_args(Kind), "namespace"}, capture


def test_no_query_file_lies_idle() -> None:
    used = {stem for language in LANGUAGES for stem in queries.stems(language)}
    assert {name.removesuffix(".scm") for name in FILES} <= used


def test_a_query_that_does_not_fit_is_replaced_by_one_from_node_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "own_sources", lambda language: {-1: "(no_such_node) @reference"})
    found = queries.compiled.__wrapped__("python")
    assert found is not None
    assert "does not fit" in found.problem
    assert {"definition.function", "comment"} <= set(found.parts[0].roles)


@pytest.mark.parametrize("language", ["python", "java", "go", "rust", "php", "bash"])
def test_node_names_alone_make_a_query_for_functions(language: str) -> None:
    grammar = grammars.grammar(language)
    assert isinstance(grammar, Language)
    assert Query(grammar, generic.source(grammar)).pattern_count > 0
    assert "@definition." in generic.source(grammar)
