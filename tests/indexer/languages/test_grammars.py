"""Grammars come from a wheel, else from the bundle; a parse keeps its budget."""

from __future__ import annotations

import gc
import random
import time
import tracemalloc

import pytest

from scholiast_indexer.languages import LANGUAGES, bundle, grammars

WHEELS = [row.name for row in LANGUAGES.values() if row.wheel]
BUNDLED = [row.name for row in LANGUAGES.values() if row.bundled and not row.wheel]
WITHOUT = [row.name for row in LANGUAGES.values() if not row.wheel and not row.bundled]


@pytest.mark.parametrize("language", WHEELS)
def test_a_main_language_is_served_by_its_wheel(language: str) -> None:
    found = grammars.provider(language)
    assert (found.kind, found.problems) == ("wheel", ())
    assert found.abi >= 13
    assert found.package in grammars.grammar_versions(language)


@pytest.mark.parametrize("language", BUNDLED)
def test_a_language_of_the_long_tail_is_served_by_the_bundle_or_says_why_not(language: str) -> None:
    found = grammars.provider(language)
    if found.kind == "none":
        assert "not installed" in found.problems[0]
        assert grammars.parse(language, b"x", budget_s=1) is None
        assert grammars.grammar_versions(language) == "lines"
    else:
        assert (found.kind, found.package) == ("bundle", bundle.PACKAGE)
        assert grammars.parser(language) is grammars.parser(language)


def test_a_language_without_grammar_has_no_parser_and_no_tree() -> None:
    assert all(grammars.parser(language) is None for language in WITHOUT)
    assert grammars.parse("proto", b"message A {}", budget_s=1) is None
    assert grammars.provider("proto").problems == ("no grammar for this language",)
    assert grammars.provider("klingon").problems == ("no such language",)


def test_the_broken_lua_grammar_of_the_bundle_is_denied() -> None:
    with pytest.raises(bundle.MissingGrammarError, match="broken"):
        bundle.grammar("lua")


def test_the_bundle_names_a_grammar_that_it_lacks() -> None:
    with pytest.raises(bundle.MissingGrammarError):
        bundle.grammar("klingon")


def test_a_parse_past_its_budget_gives_nothing_and_leaves_a_working_parser() -> None:
    noise = random.Random(1).randbytes(300_000)  # error recovery is what takes long
    began = time.monotonic()
    assert grammars.parse("c", noise, budget_s=0.05) is None
    assert time.monotonic() - began < 5
    tree = grammars.parse("c", b"int x;", budget_s=5)
    assert tree is not None
    assert not tree.root_node.has_error


def test_a_file_longer_than_one_read_is_parsed_whole() -> None:
    data = b"x = 1\n" * 50_000
    tree = grammars.parse("python", data, budget_s=20)
    assert tree is not None
    assert (tree.root_node.end_byte, tree.root_node.has_error) == (len(data), False)


def test_nothing_of_a_source_is_kept_once_its_tree_is_gone() -> None:
    source = b"def read(path):\n    return open(path).read()\n" * 500

    def kept(parses: int) -> int:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(parses):
            tree = grammars.parse("python", source, budget_s=10)
            assert tree is not None
            assert tree.root_node.end_byte == len(source)
            del tree
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        kept(2)
        assert kept(20) < len(source)
    finally:
        tracemalloc.stop()


def test_a_source_longer_than_a_piece_reads_as_it_was_written() -> None:
    source = "".join(f"def f{n}():\n    return '{'é' * (n % 7)}'\n" for n in range(1_000)).encode()
    tree = grammars.parse("python", source, budget_s=10)
    assert tree is not None
    assert tree.root_node.text == source
