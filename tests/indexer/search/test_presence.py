"""Words are found in a text exactly when one of their terms is a term of it."""

from __future__ import annotations

import keyword
import pydoc_data.topics
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.search.presence import WordFinder, beginning
from scholiast_indexer.text import WORD, identifier_parts, stem, text_terms, word_terms

ENGLISH = sorted({word for topic in pydoc_data.topics.topics.values() for word in WORD.findall(topic)})
ODD = [
    "dying",
    "lying",
    "tying",
    "skies",
    "idly",
    "gently",
    "early",
    "only",
    "ability",
    "possibly",
    "news",
    "ties",
    "I",
]
PIECES = [
    "add",
    "Url",
    "URL",
    "_",
    "rule",
    "s",
    "ability",
    "dying",
    "die",
    "x",
    "2",
    "é",
    "Ω",
    " ",
    "\n",
    ".",
    "(",
    "ies",
]

texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def by_all_terms(words: Sequence[Sequence[str]], text: str) -> list[bool]:
    present = set(text_terms(text).split())
    return [not present.isdisjoint(terms) for terms in words]


@given(st.lists(texts, max_size=4), texts)
def test_what_is_found_is_what_the_terms_say(asked: list[str], text: str) -> None:
    words = [word_terms(word) for piece in asked for word in WORD.findall(piece)]
    assert WordFinder(words).found(text) == by_all_terms(words, text)


@pytest.mark.parametrize("topic", sorted(pydoc_data.topics.topics)[::9])
def test_what_is_found_in_prose_is_what_the_terms_say(topic: str) -> None:
    text = pydoc_data.topics.topics[topic]
    words = [word_terms(word) for word in [*ENGLISH[::40], *ODD, *keyword.kwlist, *sys.builtin_module_names]]
    assert WordFinder(words).found(text) == by_all_terms(words, text)


def test_a_word_begins_as_its_stem_does() -> None:
    for word in [*ENGLISH, *ODD]:
        for part in identifier_parts(word):
            assert not part.isascii() or part.startswith(beginning(stem(part))), part
