"""A question that leans on an earlier one is searched for with its words; what is remembered is bounded."""

from __future__ import annotations

import pytest

from scholiast_server.answering.conversation import Conversations, bounded, in_context
from scholiast_server.answering.limits import (
    CONVERSATION_NAME_CHARACTERS_MAX,
    CONVERSATIONS_MAX,
    HISTORY_CHARACTERS_MAX,
    TURNS_MAX,
)
from scholiast_server.models.protocol import Turn

ROUTES = "how are routes registered?"
RULE = "what does `add_url_rule` do?"


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        ([], "where is it called?", "where is it called?"),
        ([RULE], "where is it called?", "where is `add_url_rule` called?"),
        ([RULE], "and where is that method called?", "where is `add_url_rule` called?"),
        ([RULE], "who uses that?", "who uses `add_url_rule`?"),
        ([RULE], "why?", "why? add_url_rule"),
        ([RULE, "why?"], "where is it tested?", "where is `add_url_rule` tested?"),
        ([ROUTES], "where is that tested?", "where is that tested? routes registered"),
        ([ROUTES], "and what about blueprints?", "what about blueprints? routes registered"),
        ([ROUTES, "why?"], "is it safe?", "is it safe? routes registered"),
        ([ROUTES], "how are they matched?", "how are routes matched?"),
        (["how is a reply parsed?"], "where is it freed?", "where is the reply freed?"),
        (["how do I plant a tree?"], "where is it stored?", "where is the tree stored?"),
        (["what does halt do?"], "who calls it?", "who calls `halt`?"),
        ([ROUTES], "how are session cookies signed?", "how are session cookies signed?"),
        ([ROUTES], "what is CookieSigner?", "what is CookieSigner?"),
        ([ROUTES], "how does a router keep a rule once it is registered?", None),
    ],
)
def test_a_follow_up_is_searched_for_with_earlier_words(
    history: list[str], question: str, expected: str | None
) -> None:
    turns = [Turn(asked, "It is so.") for asked in history]
    assert in_context(question, turns) == (question if expected is None else expected)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and where is it called?", "where is `Scaffold.add_url_rule` called?"),
        ("who uses that?", "who uses `Scaffold.add_url_rule`?"),
        ("where is that method tested?", "where is `Scaffold.add_url_rule` tested?"),
        ("where is it stored?", "where is it stored? routes registered"),  # the route, perhaps
        ("why?", "why? routes registered"),
    ],
)
def test_what_is_asked_of_code_is_asked_of_the_code_that_the_answer_named_first(question: str, expected: str) -> None:
    answer = "Routes are registered by `Scaffold.add_url_rule()`, which `route` calls [1]."
    assert in_context(question, [Turn(ROUTES, answer)]) == expected


def test_turns_are_remembered_by_conversation() -> None:
    conversations = Conversations()
    conversations.remember("a", Turn("one?", "1"))
    conversations.remember("b", Turn("two?", "2"))
    conversations.remember("a", Turn("three?", "3"))
    conversations.remember(None, Turn("four?", "4"))
    assert [turn.question for turn in conversations.history("a")] == ["one?", "three?"]
    assert [turn.question for turn in conversations.history("b")] == ["two?"]
    assert conversations.history(None) == () == conversations.history("c")


def test_the_conversation_that_was_quiet_longest_is_forgotten_first() -> None:
    conversations = Conversations()
    for number in range(CONVERSATIONS_MAX):
        conversations.remember(str(number), Turn("?", ""))
    conversations.remember("0", Turn("?", ""))
    conversations.remember("new", Turn("?", ""))
    assert len(conversations) == CONVERSATIONS_MAX
    assert len(conversations.history("0")) == 2 and conversations.history("1") == ()


def test_what_is_remembered_of_a_conversation_is_bounded() -> None:
    assert bounded([Turn(str(n), "") for n in range(TURNS_MAX + 3)])[0].question == "3"
    long = bounded([Turn("a" * HISTORY_CHARACTERS_MAX, "b" * HISTORY_CHARACTERS_MAX)] * TURNS_MAX)
    assert long and sum(len(turn.question) + len(turn.answer) for turn in long) <= HISTORY_CHARACTERS_MAX
    conversations = Conversations()
    conversations.remember("x" * 10_000, Turn("?", ""))
    assert conversations.history("x" * CONVERSATION_NAME_CHARACTERS_MAX)
