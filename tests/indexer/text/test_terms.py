"""Words become the same terms wherever they stand: in code, in prose, in a question, in a path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.text import (
    CACHE_WORDS_MAX,
    TERM_CHARACTERS_MAX,
    WORD,
    docs_by_chunk,
    first_sentence,
    identifier_parts,
    name_terms,
    path_words,
    retrieval_text,
    summary_terms,
    text_hash,
    text_terms,
    word_terms,
    words,
)

PARTS: list[tuple[str, list[str]]] = [
    ("addUrlRule", ["add", "url", "rule"]),
    ("add_url_rule", ["add", "url", "rule"]),
    ("AddURLRule", ["add", "url", "rule"]),
    ("parseHTTPHeader2", ["parse", "http", "header", "2"]),
    ("HTTPServer", ["http", "server"]),
    ("__init__", ["init"]),
    ("MAX_SIZE", ["max", "size"]),
    ("utf8", ["utf", "8"]),
    ("sha256sum", ["sha", "256", "sum"]),
    ("x", ["x"]),
    ("X", ["x"]),
    ("aB", ["a", "b"]),
    ("IOError", ["io", "error"]),
    ("userIDs", ["user", "ids"]),
    ("URLsafe", ["ur", "lsafe"]),
    ("größeÄndern", ["gr", "öß", "e", "ä", "ndern"]),
    ("变量", ["变量"]),
    ("name变量", ["name", "变量"]),
    ("___", []),
    ("", []),
]


@pytest.mark.parametrize(("word", "parts"), PARTS)
def test_identifiers_fall_into_their_parts(word: str, parts: list[str]) -> None:
    assert identifier_parts(word) == parts


TERMS: list[tuple[str, list[str]]] = [
    ("registered", ["regist"]),
    ("routes", ["rout"]),
    ("addUrlRules", ["addurlrules", "add", "url", "rule"]),
    ("add_url_rules", ["addurlrules", "add", "url", "rule"]),
    ("URLs", ["url"]),
    ("CPUs", ["cpu"]),
    ("parseURLs", ["parseurls", "pars", "url"]),
    ("userIDsOf", ["useridsof", "user", "id", "of"]),
    ("xAxis", ["xaxis", "axi"]),
    ("x", ["x"]),
    ("_x", ["x"]),
    ("a_b", ["ab"]),
    ("utf8", ["utf8", "utf"]),
    ("___", []),
    ("e" * TERM_CHARACTERS_MAX, []),
    ("d41d8cd98f00b204e9800998ecf8427e" * 3, []),
]


@pytest.mark.parametrize(("word", "terms"), TERMS)
def test_a_word_is_indexed_whole_and_in_stemmed_parts(word: str, terms: list[str]) -> None:
    assert word_terms(word) == terms


SAME: list[tuple[str, str]] = [
    ("addUrlRule", "add_url_rule"),
    ("AddUrlRule", "ADD_URL_RULE"),
    ("getHTTPHeader", "get_http_header"),
    ("registered", "register"),
    ("Routes", "route"),
    ("serializers", "serializer"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_thing_share_all_terms(one: str, other: str) -> None:
    assert word_terms(one) == word_terms(other)


@given(st.text(max_size=200))
def test_any_text_gives_terms_without_space_or_capitals(text: str) -> None:
    terms = text_terms(text).split(" ")
    assert [term for term in terms if term] == text_terms(text).split(), "nothing but spaces stands between terms"
    assert all(len(term) <= TERM_CHARACTERS_MAX and term == term.lower() for term in terms)


@given(st.lists(st.from_regex(r"\A[a-zA-Z]{1,10}\Z"), min_size=1, max_size=4))
def test_camel_case_and_underscores_give_the_same_parts(words: list[str]) -> None:
    lower = [word.lower() for word in words]
    snake, camel = "_".join(lower), "".join(word.capitalize() for word in lower)
    if all(len(word) > 1 for word in lower):
        assert identifier_parts(snake) == identifier_parts(camel) == lower


@given(st.lists(st.text(alphabet="ab _é\n.", max_size=10), max_size=6))
def test_terms_of_a_text_are_those_of_its_words_in_order(words: list[str]) -> None:
    assert text_terms(" . ".join(words)).split() == [term for word in words for term in text_terms(word).split()]


def test_the_memory_of_words_is_bounded() -> None:
    text_terms(" ".join(f"word{number}x" for number in range(CACHE_WORDS_MAX + 10)))
    assert text_terms("addUrlRule") == "addurlrule add url rule"


PATHS: list[tuple[str, list[tuple[str, int]]]] = [
    ("src/flask/json/provider.py", [("provid", 0), ("json", 1), ("flask", 2), ("src", 2)]),
    ("README.md", [("readm", 0)]),
    ("lib/HTTPClient.test.js", [("httpclient", 0), ("http", 0), ("client", 0), ("lib", 1)]),
    (".gitignore", [("gitignor", 0)]),
    ("a/a/a.py", [("a", 0), ("a", 1), ("a", 2)]),
    ("caf\udce9/\udcff.py", [("caf", 1)]),
]


@pytest.mark.parametrize(("path", "words"), PATHS)
def test_a_path_gives_its_words_with_their_place(path: str, words: list[tuple[str, int]]) -> None:
    assert path_words(path) == words


def test_the_retrieval_text_is_the_header_and_the_bytes() -> None:
    assert retrieval_text("", b"x = 1\n") == "x = 1\n"
    assert retrieval_text("class A:", b"x = '\xe9'\n") == "class A:\nx = '�'\n"
    assert name_terms(["addItem"], "Cart.addItem") == "additem add item cart additem add item"


@given(st.text(), st.text())
def test_a_text_hash_names_one_text(one: str, other: str) -> None:
    assert len(text_hash(one, "")) == 16
    assert (text_hash(one, "") == text_hash(other, "")) == (one == other)


def test_a_text_that_defines_other_names_has_another_hash() -> None:
    assert text_hash("def broken(:", "broken") != text_hash("def broken(:", "")


@given(st.text(alphabet=st.characters(max_codepoint=300), max_size=60))
def test_words_are_what_the_pattern_finds(text: str) -> None:
    assert words(text) == WORD.findall(text)
    assert words(text.encode("ascii", "replace").decode()) == WORD.findall(text.encode("ascii", "replace").decode())


@pytest.mark.parametrize(
    ("doc", "sentence"),
    [
        ("Close the session. Later calls do nothing.", "Close the session"),
        ("Version 1.2 of the format", "Version 1.2 of the format"),
        ("Close the session\n\nMore about it.", "Close the session"),
        ("Close the session\n:param session: Whose.", "Close the session"),
        ("Close the session\n  Args:\n    session: Whose.", "Close the session"),
        ("Close the session\nand forget its cookie", "Close the session\nand forget its cookie"),
        ("@throws SessionError\n@throws CookieError", ""),
        ("@param session which one,\n   and of whom\nClose the session. At once.", "Close the session"),
        ("@see {@link https://example.org}\nClose the session. At once.", "Close the session"),
        ("@brief Close the session.\n@param session Whose.", "Close the session"),
        ("\\brief Close the session\n\\param session Whose.", "Close the session"),
        ("@overload close(session)\n  Close the session.\n  @return [nil]", "Close the session"),
        ("@return the session that was closed", "the session that was closed"),
        ("Public: Close the session. At once.", "Close the session"),
        ("", ""),
    ],
)
def test_the_first_sentence_of_a_comment(doc: str, sentence: str) -> None:
    assert first_sentence(doc) == sentence


def test_each_chunk_gets_the_comments_of_the_definitions_that_begin_in_it() -> None:
    docs = [(12, "second"), (3, "first"), (3, ""), (0, "head"), (40, "last")]
    assert docs_by_chunk([0, 10, 20], docs) == [["head", "first"], ["second"], ["last"]]
    assert docs_by_chunk([0, 10, 20], reversed(docs)) == docs_by_chunk([0, 10, 20], docs)
    assert docs_by_chunk([0], []) == [[]]


def test_a_summary_has_the_names_and_on_a_second_line_what_is_said_of_them() -> None:
    assert summary_terms("close session", ["Ends the session. More.", "Cookies too"]) == (
        "close session\nend the session cooki too"
    )
    assert summary_terms("close", []) == "close\n"
