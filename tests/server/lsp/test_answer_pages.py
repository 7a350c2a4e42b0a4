"""An answer as a Markdown document: its citations are links, and nothing else in it is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.server.lsp.rendered import targets

from scholiast_indexer.types import Hit
from scholiast_server.answering.answer import POINTED
from scholiast_server.answering.citations import check_answer
from scholiast_server.answering.types import Answer, Citation, Provenance, Sentence, Source
from scholiast_server.lsp.answer_pages import answer_page, hits_page, said
from scholiast_server.models.protocol import Evidence


def target(path: str, line: int) -> str:
    return f"file:///{path.replace(' ', '%20')}#L{line}"


def cited(n: int, path: str = "a.py", **more: Any) -> Citation:
    citation = Citation(n, path, n, n + 1, "verified", "code", "f", "", ())
    return msgspec.structs.replace(citation, **more)


def known(*numbers: int) -> dict[int, Citation]:
    return {n: cited(n) for n in numbers}


def answer(
    text: str,
    *citations: Citation,
    sentences: tuple[Sentence, ...] = (),
    found: bool = True,
    title: str = "why?",
) -> Answer:
    confidence = POINTED if found else msgspec.structs.replace(POINTED, level="weak")
    closest = (Source(1, "a_b.py", 3, 4, "f_g", "python", "function", "", 1.0),)
    provenance = Provenance(asked=title, engine="x", evidence=closest, confidence=confidence)
    return Answer(title, text, "x", None, found, citations, sentences, provenance)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is [1].", "It is [1]."),
        ("It is [1][2].", "It is [1] [2]."),
        ("It is [1, 2].", "It is [1] [2]."),
        ("See [9].", "See \\[9\\]."),
        ("`a[1]` and xs[1].", "`a[1]` and xs\\[1\\]."),
        ("One.\nTwo.\n\nThree.", "One.  \nTwo.\n\nThree."),
        ("So:\n```python\nx = [1]\n```\nDone [1].", "So:\n\n```\nx = [1]\n```\n\nDone [1]."),
        ("~~~\n```\n~~~", "````\n```\n````"),
        ("![1] and \\![1]", "\\![1] and \\\\\\![1]"),
        ("[1]: http://x", "[1]\\: `http://x`"),
    ],
)
def test_citations_are_references_and_all_else_is_text(text: str, expected: str) -> None:
    assert said(text, known(1, 2)) == expected


def test_a_page_names_its_sources_and_what_does_not_hold() -> None:
    page = answer_page(
        "how_is it *so*?",
        answer("So [1]. Or [7].", cited(1), cited(7, "", status="unsupported", reason="cites [7]")),
        target,
        "Being indexed.",
    )
    assert page == (
        "# how_is it \\*so\\*?\n\nSo [1]. Or \\[7\\].\n\n## Sources\n\n"
        "- [1] `a.py:1-2` · `f` · ✓ verified\n- \\[7\\] ✗ unsupported: cites \\[7\\]\n\n"
        "Being indexed.\n\n[1]: file:///a.py#L1\n"
    )
    assert targets(page) == ["file:///a.py#L1"] * 2


def test_a_page_without_an_answer_lists_the_closest_places() -> None:
    page = answer_page("why?", answer("Nothing in this code answers that. The closest:\n  a", found=False), target)
    assert page == (
        "# why?\n\nNothing in this code answers that. The closest:\n\n- [`a_b.py:3`](file:///a_b.py#L3) `f_g`\n"
    )


def test_places_are_listed_as_links() -> None:
    hit = Hit("a b.py", 3, 4, 1.0, "python", "", "block", "\n<b>x</b>\n", {})
    assert targets(hits_page("x", [hit], target)) == ["file:///a%20b.py#L3"]
    assert "Nothing else" in hits_page("x", [], target)


_PIECES = [
    "[", "]", "(", ")", "!", "<", ">", "`", "``", "```", "~~~", ":", "\\", "&lt;", "*", "_", "|", "#", "-", "=",
    "1", "x", "[1]", "[2]", "command:x", "http://x", "<b>", "![a](b)", "[1]:", "$", "+", "1.", "www.x.y",
    "a@b.c", "javascript:x",
]  # fmt: skip
_SPACES = ["\n", "\n\n", " ", "    ", "\r", "\t", "\u2028", "\ue000", "\ue0011"]
_HOSTILE = st.lists(st.sampled_from([*_PIECES, *_SPACES]), max_size=30).map("".join)


@settings(max_examples=400, deadline=None)
@given(text=_HOSTILE, name=_HOSTILE, reason=_HOSTILE)
@example(text="`[1]", name="", reason="`www.x.y`<b>")  # code right behind code
def test_whatever_an_answer_says_only_citations_are_links(text: str, name: str, reason: str) -> None:
    piece = Evidence(1, "a.py", 1, 1, "python", "function", name, "", "", "x", "", 1.0)
    checked = check_answer(text, [piece], lambda _: b"x")
    citations = (msgspec.structs.replace(citation, reason=reason, symbol=name) for citation in checked.citations)
    sentences = tuple(msgspec.structs.replace(sentence, reason=reason) for sentence in checked.sentences)
    made = answer(text, *citations, sentences=sentences, title=name)
    page = answer_page(name, made, target, reason)
    assert set(targets(page)) <= {"file:///a.py#L1"}
    hit = Hit("a.py", 1, 1, 1.0, "python", name, "block", text, {})
    assert set(targets(hits_page(name, [hit], target))) == {"file:///a.py#L1"}
