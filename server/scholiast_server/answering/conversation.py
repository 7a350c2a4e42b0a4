"""What was said before: conversations by name, bounded, and the words that a follow-up question leans on.

Must not know evidence, engines or protocols.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from threading import Lock

from scholiast_indexer.text import WORD
from scholiast_server.answering.limits import (
    CONVERSATION_NAME_CHARACTERS_MAX,
    CONVERSATIONS_MAX,
    EARLIER_WORDS_MAX,
    FOLLOW_UP_WORDS_MAX,
    HISTORY_CHARACTERS_MAX,
    TURNS_MAX,
)
from scholiast_server.models.extractive.question import GENERAL, content_words, read_question
from scholiast_server.models.protocol import Turn

_LEADS = re.compile(r"^(?:(?:and|but|so|ok(?:ay)?|then|also|or)\b[ ,:]*)+", re.I)
_GOES_ON = re.compile(r"^(?:what|how) about\b|^(?:and|or)\b|^why( not)?\s*\??$", re.I)
_REFERS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|those|the latter|the former|the same|that (?:one|function|method|class|type)"
    r"|(?:is|does|do|did|was|about|of|for|with) that)\b",
    re.I,
)
_ANTECEDENT = re.compile(r"\b(?:it|they|them|those|that(?: (?:one|function|method|class|type))?)\b", re.I)
_OF_CODE = re.compile(r"\b(?:defined|declared|implemented|overridden|tested)\b", re.I)
"""Said of code alone, as are the words that ask for callers."""
_HANDLED = re.compile(
    r"^how (?:do|does|can|could|should) (?:i|we|you|one) [a-z]+ (?P<subject>(?:an?|the) [\w-]+(?: [\w-]+)?)\s*\??$",
    re.I,
)
"""`how do I plant a tree?`: what its `it` will be."""
_QUOTED_NAME = re.compile(r"`([A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*)*)(?:\(\))?`")
_OWN_SUBJECT_WORDS = 4
"""A question with so many words of its own says itself what its `it` is."""


class Conversations:
    """Remembered in memory alone; for any thread."""

    def __init__(self) -> None:
        self._turns: dict[str, tuple[Turn, ...]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._turns)

    def history(self, name: str | None) -> tuple[Turn, ...]:
        """The turns of a conversation, oldest first; none for one that is new, or without a name."""
        return self._turns.get(_key(name), ()) if name else ()

    def remember(self, name: str | None, turn: Turn) -> None:
        """Add a turn, and forget what is over the limits; without a name nothing is remembered."""
        if not name:
            return
        key = _key(name)
        with self._lock:
            turns = (*self._turns.pop(key, ()), turn)  # taken out first, so that it becomes the one asked last
            self._turns[key] = bounded(turns)
            for oldest in list(self._turns)[: max(0, len(self._turns) - CONVERSATIONS_MAX)]:
                del self._turns[oldest]


def bounded(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The last turns that fit the limits, oldest first."""
    kept: list[Turn] = []
    left = HISTORY_CHARACTERS_MAX
    for turn in reversed(turns[-TURNS_MAX:]):
        cut = Turn(turn.question[: HISTORY_CHARACTERS_MAX // 4], turn.answer[: HISTORY_CHARACTERS_MAX // 4])
        left -= len(cut.question) + len(cut.answer)
        if left < 0:
            break
        kept.append(cut)
    return tuple(reversed(kept))


def in_context(question: str, history: Sequence[Turn]) -> str:
    """The question so that it can be searched for by itself: one that leans on an earlier one gets its words.

    `where is it called?` after `what does register_route do?` becomes ``where is `register_route` called?``; after a
    question in words, the code that the answer named first is meant.
    """
    if not history or not is_follow_up(question):
        return question
    asked = _LEADS.sub("", question.strip()) or question
    names, words = _earlier(history)
    if not names and _is_of_code(asked):
        names = _QUOTED_NAME.findall(history[-1].answer)[:1]
    if len(names) == 1 and _ANTECEDENT.search(asked):
        return _ANTECEDENT.sub(f"`{names[0]}`", asked, count=1)
    if not names and (said := _with_subject(asked, history[-1].question)):
        return said
    known = {word.lower() for word in WORD.findall(asked)}
    added = [word for word in (*names, *words) if word.lower() not in known]
    return " ".join([asked, *added[:EARLIER_WORDS_MAX]])


def is_follow_up(question: str) -> bool:
    """Whether the question says too little by itself, or refers back to what was said."""
    stripped = question.strip()
    if read_question(stripped).names:
        return bool(_GOES_ON.search(stripped))
    own = [word for word in content_words(_LEADS.sub("", stripped)) if word not in GENERAL]
    refers_back = len(own) < _OWN_SUBJECT_WORDS and bool(_REFERS_BACK.search(stripped))
    return len(own) <= FOLLOW_UP_WORDS_MAX or refers_back or bool(_GOES_ON.search(stripped))


def _earlier(history: Sequence[Turn]) -> tuple[list[str], list[str]]:
    """Names and other words of the last question, and of those it leans on in turn."""
    names: dict[str, None] = {}
    words: dict[str, None] = {}
    for turn in reversed(history):
        found = read_question(turn.question).names
        names.update(dict.fromkeys(found))
        spelled = {word.lower() for name in found for word in WORD.findall(name)}
        words.update(dict.fromkeys(word for word in _own_words(turn.question) if word not in spelled))
        if names or not is_follow_up(turn.question):
            break
    return list(names), list(words)


def _is_of_code(question: str) -> bool:
    return bool(_ANTECEDENT.search(question)) and (
        read_question(question).shape == "callers" or bool(_OF_CODE.search(question))
    )


def _with_subject(asked: str, earlier: str) -> str | None:
    """`how are they applied?` after `how are patches generated?` asks how patches are applied, not generated again."""
    found = _ANTECEDENT.search(asked)
    if found is None or is_follow_up(earlier):
        return None
    passive = read_question(earlier).passive
    handled = _HANDLED.match(earlier.strip())
    subject = passive.subject if passive else handled["subject"] if handled else ""
    is_plural = found[0].lower() in {"they", "them", "those"}
    if not subject or is_plural != (passive is not None and passive.be in {"are", "were"}):
        return None
    thing = subject if is_plural else f"the {re.sub(r'^(?:an?|the) ', '', subject, flags=re.I)}"
    return f"{asked[: found.start()]}{thing}{asked[found.end() :]}"


def _own_words(question: str) -> Iterator[str]:
    return (word for word in content_words(question) if word not in GENERAL)


def _key(name: str) -> str:
    return name[:CONVERSATION_NAME_CHARACTERS_MAX]
