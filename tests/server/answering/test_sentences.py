"""Where sentences end, in prose about code."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.models.sentences import code_spans, sentences, split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("It reads, e.g. A.txt, i.e. one. Then it stops.", ["It reads, e.g. A.txt, i.e. one.", "Then it stops."]),
        ("Calls foo.bar and 3.10 stays whole.", ["Calls foo.bar and 3.10 stays whole."]),
        ("Use `a. B` here. Next.", ["Use `a. B` here.", "Next."]),
        ("Cited [1]. Next [2].", ["Cited [1].", "Next [2]."]),
        ("Behind the stop. [1][2] Next.", ["Behind the stop. [1][2]", "Next."]),
        ("Names etc. and more. End!", ["Names etc. and more.", "End!"]),
        ("libuv is small. libuv is fast.", ["libuv is small.", "libuv is fast."]),
        ("A list:\n- one\n- two", ["A list:", "- one", "- two"]),
        ("First\n\nsecond", ["First", "second"]),
        ("```\na. B. C.\n```\nAfter. It.", ["```\na. B. C.\n```", "After.", "It."]),
        ("It is so:\n```\na. B\n```\nAfter.", ["It is so:", "```\na. B\n```", "After."]),
        ("It says “One. Two.” there [1]. Next.", ["It says “One. Two.” there [1].", "Next."]),
        ("It says “One.” Next “two.” End.", ["It says “One.”", "Next “two.”", "End."]),
        ('It raises "No such thing." [1]. Next.', ['It raises "No such thing." [1].', "Next."]),
        ("In this order: one, two … [1][2]. Next.", ["In this order: one, two … [1][2].", "Next."]),
        ("Two steps:\n1. It reads. It ends.\n2. Done.", ["Two steps:", "1. It reads.", "It ends.", "2. Done."]),
        ("", []),
        ("...", ["..."]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("text", ["." * 60_000 + "x", "`" * 60_000, "~" * 60_000 + "x", '."' * 30_000 + "x"])
def test_a_run_of_marks_takes_no_longer_than_text(text: str) -> None:
    started = time.process_time()
    assert sentences(text) == [text]
    assert time.process_time() - started < 2


TOKENS = ["One", ". ", "e.g. ", "`a. b`", "foo.bar", "\n", "```\n", "[1]", "! ", " ", "x"]
PROSE = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)


@given(st.one_of(PROSE, st.text(max_size=200)))
def test_sentences_hold_all_text_in_order(text: str) -> None:
    spans = split_sentences(text)
    end = 0
    for start, stop in spans:
        assert not text[end:start].strip()
        assert text[start:stop] == text[start:stop].strip()
        end = stop
    assert not text[end:].strip()


@given(st.one_of(PROSE, st.text(max_size=200)))
def test_code_is_never_cut(text: str) -> None:
    borders = {border for span in split_sentences(text) for border in span}
    for start, stop in code_spans(text):
        assert not any(start < border < stop for border in borders if text[start:stop].strip() == text[start:stop])
