"""The checker of citations: what holds, what moved, what does not hold, and that any text is taken."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.types import Symbol
from scholiast_server.answering.anchors import anchor_hash, source_lines
from scholiast_server.answering.citations import check_answer
from scholiast_server.answering.claims import named_code, parse_claims
from scholiast_server.models.protocol import Evidence

SCAFFOLD = '''\
class Scaffold:
    """Common behaviour."""

    def route(self, rule, **options):
        """Decorate a view function to register it."""

        def decorator(view):
            self.add_url_rule(rule, view, **options)
            return view

        return decorator

    def endpoint(self, name):
        return name
'''
APP = """\
class App(Scaffold):
    def add_url_rule(self, rule, view):
        if view in self.view_functions:
            raise AssertionError("taken")
        self.url_map.add(rule)
"""
FILES = {"src/scaffold.py": SCAFFOLD, "src/app.py": APP}


def piece(n: int, path: str, start: int, end: int, symbol: str) -> Evidence:
    lines = source_lines(FILES[path].encode())[start - 1 : end]
    return Evidence(
        n, path, start, end, "python", "method", symbol, lines[0].strip(), "", "\n".join(lines), anchor_hash(lines), 1.0
    )


EVIDENCE = (
    piece(1, "src/scaffold.py", 4, 11, "Scaffold.route"),
    piece(2, "src/app.py", 2, 5, "App.add_url_rule"),
)


def check(
    text: str, expected: Mapping[int, str], files: Mapping[str, str] = FILES, evidence: tuple[Evidence, ...] = EVIDENCE
) -> dict[int, str]:
    """Checks the status of each number; gives back the reasons."""
    current = {path: content.encode() for path, content in files.items()}
    found = check_answer(text, evidence, current.get).citations
    assert {citation.n: citation.status for citation in found} == expected
    return {citation.n: citation.reason for citation in found}


RIGHT = "`Scaffold.route` calls `add_url_rule` [1]."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RIGHT, {1: "verified"}),
        ("`route` calls `App.add_url_rule`, which adds to `url_map` [1][2].", {1: "verified", 2: "verified"}),
        ("`route` calls `App.add_url_rule`, which adds to `url_map` [1, 2].", {1: "verified", 2: "verified"}),
        ("`route` calls `App.add_url_rule`, which adds to `url_map` [1-2].", {1: "verified", 2: "verified"}),
        ("Nothing is named here, so nothing can be wrong [2].", {2: "verified"}),
        ("`route` stores it in `url_map` [1].", {1: "unsupported"}),
        ("It raises KeyError [2].", {2: "unsupported"}),
        ("It raises AssertionError [2].", {2: "verified"}),
        ("It is kept in view_functions [2].", {2: "verified"}),
        ("It calls self.url_map.add() [2].", {2: "verified"}),
        ("It calls flush_all() [2].", {2: "unsupported"}),
        ("`self.url_map.add(rule)` does it [2].", {2: "verified"}),
        ("`self.url_map.add(rule, 5)` does it [2].", {2: "unsupported"}),
        ("See `src/app.py` [2].", {2: "verified"}),
        ("See src/views.py [2].", {2: "unsupported"}),
        ("GitHub and JavaScript are prose [1].", {1: "verified"}),
        ("Forged [7].", {7: "unsupported"}),
        ("Forged [999999999].", {999999999: "unsupported"}),
        ("Zero is no evidence [0].", {0: "unsupported"}),
        ("`url_map` gets it [1][2].", {1: "unsupported", 2: "verified"}),
        ("The first one holds [1]. `missing_name` does not [2].", {1: "verified", 2: "unsupported"}),
        ("Behind the stop, with `url_map`. [2] The next sentence names `nothing_of_it`.", {2: "verified"}),
        ("An index such as `rules[1]` is no citation.", {}),
        ("Nor is rule_list[1] or call()[1] or a[1].", {}),
        ("```\nreturn rules[1]\n[2]\n```\n", {}),
        ("A [^1] footnote, a [link](http://x/[1).", {}),
        ("[[1]] in brackets about `route`.", {1: "verified"}),
        ("", {}),
    ],
)
def test_a_citation_holds_only_when_its_lines_name_what_the_sentence_names(text: str, expected: dict[int, str]) -> None:
    check(text, expected)


@pytest.mark.parametrize(
    ("path", "symbol", "text", "says", "holds"),
    [
        ("lib/request.rb", "Rack.Request.form_data?", "def form_data?\n  true", "`Request.form_data?`", True),
        ("lib/request.rb", "Rack.Request.form_data?", "def form_data?\n  true", "`Rack::Request#form_data?`", True),
        ("lib/request.rb", "Rack.Request.form_data?", "def form_data?\n  true", "`Response.form_data?`", False),
        ("models.py", "Response.text", "def text(self):\n    return 1", "`Response.text`", True),
        ("models.py", "Response.text", "def text(self):\n    return 1", "`text.py`", False),
        ("src/app.py", "run", "def run(app):\n    app.start()", "`app.py`", True),
        ("src/app.py", "run", "def run(app):\n    app.start()", "`lib/app.py`", False),
        ("src/run.py", "run", "def run(app):\n    app.start()", "`app.py`", False),
        ("src/run.py", "run", "import app.py", "`app.py`", True),
        ("libexec/run-test", "main", "main() {\n  true\n}", "`libexec/run-test`", True),
        ("libexec/run-test", "main", "main() {\n  true\n}", "`libexec/run-all`", False),
        ("a.rs", "[T; 0].deserialize", "fn deserialize()", "`[T; 0].deserialize`", True),
        ("a.ts", "$Catch.inst.parse", "inst.parse = (x) => 1", "`$Catch.inst.parse`", True),
        ("a.ts", "Options.#proxy", "#proxy() {\n  return 1;\n}", "`Options.#proxy`", True),
        ("a.ts", "Options.#proxy", "#proxy() {\n  return 1;\n}", "`Request.#proxy`", False),
        ("a.ts", "Options.headers", "get headers() {\n  return this.#proxy();\n}", "`this.#proxy()`", True),
        ("a.py", "f", "def f(x, y=None, *z):\n    return x == y", "`f(x, y)`", True),
        ("a.py", "f", "def f(x, y=None, *z):\n    return x == y", "`f(y, x)`", False),
        ("a.py", "f", "def f(x, y=None, *z):\n    return x == y", "`x == y`", True),
        ("a.py", "f", "def f(x, y=None, *z):\n    return x == y", "`x != y`", False),
        ("a.py", "f", "def f(x, y=None, *z):\n    return x == y", "`f(x, y=None, ...)`", True),
        ("a.py", "f", "x = 'one'", '`x = "one"`', True),
        ("a.py", "f", "def f(\n    a: int,\n    b: int,\n):", "`def f(a: int, b: int)`", True),
        ("a.py", "f", "def f(): pass", "line 10", True),
        ("a.py", "f", "def f(): pass", "`a.py:10`", True),
        ("a.py", "f", "def f(): pass", "`a.py:90`", False),
        ("a.py", "f", "def f(): pass", "lines 9-10", False),
    ],
)
def test_code_has_to_stand_there_as_it_is_written(path: str, symbol: str, text: str, says: str, holds: bool) -> None:
    lines = text.split("\n")
    here = Evidence(
        1, path, 10, 9 + len(lines), "", "function", symbol, "", "", "\n".join(lines), anchor_hash(lines), 1.0
    )
    found = check_answer(f"It says {says} [1].", [here], {path: ("\n" * 9 + text).encode()}.get)
    assert found.sentences[0].status == ("verified" if holds else "unsupported"), found.sentences[0].reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`route` registers a view [1]. It calls `add_url_rule`.", ["verified", "uncited"]),
        ("`route` registers a view [1]. It calls `flush_all`.", ["verified", "unsupported"]),
        ("`route` registers a view [1].\n\nIt calls `add_url_rule`.", ["verified", "unsupported"]),
        ("Views are registered. `route` does it [1].", ["uncited", "verified"]),
        ("`route` does two things:\n\n- it decorates [1]\n- `add_url_rule` [1]", ["uncited", "verified", "verified"]),
        ("`route` does this [1]:\n1. It decorates. It calls `add_url_rule`.\n2. It ends.", ["verified"] * 4),
        ("`route` does this [1]:\n1. It decorates. It calls `url_map`.", ["verified", "verified", "unsupported"]),
        ("`route` does this [1]:\n\n- `url_map`\n\nThen `add_url_rule`.", ["verified", "unsupported", "unsupported"]),
        ("It reads [1]:\n```python\nreturn view\n```\nSo it is.", ["verified", "verified", "uncited"]),
        ("It reads [1]:\n```python\nreturn views\n```", ["verified", "unsupported"]),
        ("It reads so [1].\n\n```\n# so\ndef decorator(view):\n    ...\n    return view  # it\n```", ["verified"] * 2),
        ("```\nreturn view\n```", ["unsupported"]),
        ("## How `route` works\n\nIt decorates [1].", ["uncited", "verified"]),
        ("`None` is what it gives.", ["uncited"]),
    ],
)  # fmt: skip
def test_what_cites_nothing_is_judged_by_where_it_stands(text: str, expected: list[str]) -> None:
    """An item or a block under `…[1]:` rests on [1]; all else that names code has to cite it, or stand beside it."""
    found = check_answer(text, EVIDENCE, {path: content.encode() for path, content in FILES.items()}.get)
    assert [sentence.status for sentence in found.sentences] == expected


def test_the_reason_names_the_lines_and_what_they_lack() -> None:
    reasons = check("`route` adds to `url_map` [1].", {1: "unsupported"})
    assert reasons == {1: "cites lines 4-11, which do not mention `url_map`"}
    assert check("Forged [7].", {7: "unsupported"}) == {7: "cites [7], but the evidence has 2 pieces"}


def test_lines_that_moved_are_found_again() -> None:
    moved = {**FILES, "src/scaffold.py": "import typing\n\n\n" + SCAFFOLD}
    assert check(RIGHT, {1: "moved"}, moved) == {1: "moved from lines 4-11 to lines 7-14"}


def test_indentation_and_line_ends_do_not_move_an_anchor() -> None:
    reindented = {**FILES, "src/scaffold.py": SCAFFOLD.replace("    ", "\t").replace("\n", "\r\n")}
    check(RIGHT, {1: "verified"}, reindented)


def test_lines_that_were_edited_no_longer_support_a_claim() -> None:
    edited = {**FILES, "src/scaffold.py": SCAFFOLD.replace("add_url_rule", "keep_rule")}
    reasons = check(RIGHT, {1: "unsupported"}, edited)
    assert reasons == {1: "cites lines 4-11, but src/scaffold.py reads differently there now"}


def test_a_file_that_became_shorter_or_went_away_is_told_apart() -> None:
    shorter = {**FILES, "src/scaffold.py": "\n".join(SCAFFOLD.split("\n")[:6])}
    assert check(RIGHT, {1: "unsupported"}, shorter)[1].endswith("src/scaffold.py ends at line 5 now")
    assert check(RIGHT, {1: "unsupported"}, {}) == {1: "src/scaffold.py is gone"}


def test_a_piece_that_is_off_by_lines_is_anchored_where_its_text_stands() -> None:
    wrong = msgspec.structs.replace(EVIDENCE[0], start_line=6)
    citation = check_answer(RIGHT, (wrong,), {path: text.encode() for path, text in FILES.items()}.get).citations[0]
    assert (citation.status, citation.start_line, citation.end_line) == ("moved", 4, 11)


def test_a_forged_anchor_is_never_verified() -> None:
    forged = msgspec.structs.replace(EVIDENCE[0], hash="0" * 24)
    check(RIGHT, {1: "unsupported"}, evidence=(forged,))


def test_a_copy_in_another_definition_is_not_the_one_that_moved() -> None:
    body = "        return self.rules\n"
    before = f"class A:\n    def rules_of(self):\n{body}"
    after = f"class B:\n    def rules_of(self):\n{body}".encode()
    lines = before.split("\n")[1:3]
    text_hash = anchor_hash(lines)
    cited = Evidence(1, "a.py", 2, 3, "python", "method", "A.rules_of", "", "", "\n".join(lines), text_hash, 1.0)
    shifted = b"\n" + after

    def outline(path: str, data: bytes) -> tuple[Symbol, ...]:
        return chunk_file(data, "python").symbols

    text = "It gives `self.rules` [1]."
    assert check_answer(text, (cited,), lambda path: shifted, outline).citations[0].status == "unsupported"
    assert check_answer(text, (cited,), lambda path: shifted).citations[0].status == "moved"


def test_a_number_cited_twice_is_as_good_as_its_worst_use() -> None:
    text = "`route` is a decorator [1]. It fills `url_map` [1]."
    citation = check_answer(text, EVIDENCE, {path: text.encode() for path, text in FILES.items()}.get).citations[0]
    assert citation.status == "unsupported"
    assert [use.status for use in citation.uses] == ["verified", "unsupported"]
    assert [text[use.start : use.end] for use in citation.uses] == [
        "`route` is a decorator [1].",
        "It fills `url_map` [1].",
    ]


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Routes are registered by a decorator, e.g. in views.", ()),
        ("`a.b(c)` and FooBar, snake_case and A::b.", ("a.b(c)", "FooBar", "snake_case", "A::b")),
        ("A dotted.name, and call().", ("dotted.name", "call")),
        ("Version 3.10 and 1.2.3 of HTTP/1.1, i.e. the URL https://example.com/a_b.", ()),
        ("It lies in src/flask/app.py.", ("src/flask/app.py",)),
        ("__init__ and _private_name", ("__init__", "_private_name")),
    ],
)  # fmt: skip
def test_code_is_told_from_prose(sentence: str, names: tuple[str, ...]) -> None:
    assert named_code(sentence) == names


TOKENS = ["[1]", "[2]", "[99]", "`", "```\n", "[", "]", ". ", "\n", "a_b", "[1, 2]", "[[", "("]
CITING = st.lists(st.one_of(st.text(max_size=30), st.sampled_from(TOKENS)), max_size=40).map("".join)


@given(CITING)
def test_any_text_is_taken(text: str) -> None:
    read = {path: content.encode() for path, content in FILES.items()}.get
    for citation in check_answer(text, EVIDENCE, read).citations:
        assert citation.status in {"verified", "unsupported"}
        assert (citation.reason == "") == (citation.status == "verified")
        for use in citation.uses:
            assert 0 <= use.start < use.end <= len(text)
        if citation.n not in {1, 2}:
            assert citation.status == "unsupported"


@given(CITING)
def test_every_sentence_is_judged_and_none_that_cites_nothing_is_verified(text: str) -> None:
    checked = check_answer(text, EVIDENCE, {path: content.encode() for path, content in FILES.items()}.get)
    spans = [(sentence.start, sentence.end) for sentence in checked.sentences]
    assert spans == [(claim.start, claim.end) for claim in parse_claims(text)]
    end = 0
    for sentence in checked.sentences:
        assert not text[end : sentence.start].strip()
        assert (sentence.reason == "") == (sentence.status == "verified")
        assert sentence.citations or sentence.status in {"unsupported", "uncited"}
        end = sentence.end
    assert not text[end:].strip()


@pytest.mark.parametrize(
    "text",
    [
        ("`route` registers [1]. " * 2_000) + "[" * 20_000 + "`" * 5_001 + "[1" * 10_000 + "a.b" * 5_000,
        "`" + "a.b" * 20_000 + "` [1].",
        "`" + "a.b(" * 16_000 + "` [1].",
        "`route(" + "(" * 60_000 + "` [1].",
        "1. " * 20_000 + "[1]",
        "- `route` [1]\n" * 4_500,
        "“" * 60_000 + " [1].",
        "It is so [1]:\n```\n" + "return view\n" * 5_000,
    ],
    ids=["mixed", "dots", "calls", "parentheses", "numbers", "items", "quotations", "block"],
)
def test_a_huge_answer_is_checked_in_linear_time(text: str) -> None:
    assert check_answer(text, EVIDENCE, {path: content.encode() for path, content in FILES.items()}.get).citations
