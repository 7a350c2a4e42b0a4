"""What a question asks for: its shape, its words, the names it holds; must not know any evidence."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec

from scholiast_indexer.text import STOPWORDS, WORD, identifier_parts, stem
from scholiast_server.models.sentences import word_set

Shape = Literal["where", "how", "what", "which", "why", "callers", "other"]

QUESTION_CHARACTERS_MAX = 2_000
"""Words past it do not steer the answer."""

GENERAL = word_set(
    """
    work works working happen happens function functions method methods class classes module modules file
    files defined define definition defines located location find found called calls call done difference
    responsible logic support supported supports handle handled handles handling exist exists mean means
    explain describe tell source part thing things way ways kind kinds possible purpose behind happening
    determine determined determines determining decide decided decides deciding choose chosen chooses made taken place
    implement implementing occur occurs performs providing explained allow allowed available
    different provide provided provides write written perform
    performed project library package program repository app two same another other new various multiple
    several specific certain internally actually exactly
    """
)
"""Words that name no subject: an answer may lack them, and their presence proves little."""

_SHAPES: tuple[tuple[Shape, re.Pattern[str]], ...] = (
    (
        "callers",
        re.compile(
            r"^(?:who|what|which \w+)\s+(?:calls?|uses?|invokes?|depends on)\b|\bcallers? of\b|\bused by\b"
            r"|^where\b.*\b(?:used|called|invoked)\b",
            re.I,
        ),
    ),
    (
        "where",
        re.compile(r"^(?:(?:in )?which (?:file|module|class|function|method|part)|where|find|locate)\b", re.I),
    ),
    ("why", re.compile(r"^(?:why\b|what(?:'s| is) the (?:reason|purpose|point)|for what reason)", re.I)),
    ("how", re.compile(r"^how\b", re.I)),
    (
        "which",
        re.compile(r"^(?:which|what (?:are|\w+s (?:are|do|can)|kinds? of|types? of)|list|name the)\b", re.I),
    ),
    ("what", re.compile(r"^(?:what|explain|describe|tell me|who|when)\b", re.I)),
)
_IDENTIFIER = re.compile(r"`([^`]+)`|([A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*)*)(?=(\()?)")
_ONE_WORD = r"(?P<name>[A-Za-z_$][\w$]*(?:!|\?(?=\?))?)"
_SUBJECTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^(?:who|what|which \w+)\s+(?:calls?|uses?|invokes?)\s+{_ONE_WORD}\s*[?.]*$",
        rf"^(?:which|what) .*\b(?:call|use|invoke)s?\s+{_ONE_WORD}\s*[?.]*$",
        rf"\b(?:callers?|uses|usages?|users) of\s+{_ONE_WORD}\s*[?.]*$",
        rf"^where (?:is|are)\s+{_ONE_WORD}\s+(?:used|called|invoked|defined|declared|implemented)\s*[?.]*$",
        rf"^(?:explain|describe|what(?: is| are| does)|how does)\s+{_ONE_WORD}"
        r"\s*(?:(?:do|does|for|mean|work|used for)\s*)?[?.]*$",
    )
)
"""Questions whose one subject is a word that need not look like code: `what is Tree?`, `who calls finalize?`."""
_USES_OF_A_NAME = re.compile(
    r"^where (?:is|are) \S+ (?:ever )?(?:raised|thrown|caught|instantiated|constructed|tested|exercised)\b", re.I
)
_OPTION = re.compile(r"(?<![\w-])--[A-Za-z][\w-]+")
_LOOKS_LIKE_CODE = re.compile(r"[a-z0-9][A-Z]|_|\w(?:\.|::|#|->)[A-Za-z_]|^[A-Z][a-z]+[A-Z]|^\$")
_IRREGULAR = word_set(
    """
    built sent made found kept held run set read written thrown chosen bound drawn given hidden split shut put
    cut done sought caught dealt driven fed laid led left lost met paid sold shown spent spun taken told torn
    won begun broken
    """
)
_PASSIVE = re.compile(
    r"^(?:how|where|when|by what|who|what)\s+(?P<be>is|are|was|were|gets?|does)\s+(?P<subject>.{2,60}?)\s+"
    rf"(?:(?:get|being|be)\s+)?(?P<participle>[a-z]{{2,}}ed|{'|'.join(sorted(_IRREGULAR))})\b"
    r"(?P<rest>(?:\s+(?!and\b|or\b)[\w'-]+){0,6})\s*\??\s*$",
    re.I,
)


_CONTRACTION = re.compile(r"(?<=\w)['’](?:t|s|re|ve|ll|d|m)\b", re.I)


_PARTICLES = word_set("out off away apart aside back up down over together")


class Passive(msgspec.Struct, frozen=True):
    """`how are routes registered in flask?`: its parts, to be turned round."""

    subject: str
    be: str
    participle: str
    rest: str

    def statement(self) -> str:
        """`Routes are registered`, without the rest but for what makes another verb: `Secrets are kept out`."""
        subject = self.subject[:1].upper() + self.subject[1:]
        particle = self.rest.partition(" ")[0].lower()
        return f"{subject} {self.be} {self.participle}" + (f" {particle}" if particle in _PARTICLES else "")


class Question(msgspec.Struct, frozen=True):
    """A question taken apart."""

    text: str
    shape: Shape
    words: tuple[str, ...]
    """Content words in lower case, as asked, each once."""
    stems: frozenset[str]
    """Stems of the content words and of the parts of identifiers."""
    names: tuple[str, ...]
    """Identifiers that the question spells out."""
    passive: Passive | None


def read_question(text: str) -> Question:
    """The question taken apart; any text has an answer."""
    text = _CONTRACTION.sub("", " ".join(text[:QUESTION_CHARACTERS_MAX].split()))
    words = content_words(text)
    names = _names(text)
    asks_for_uses = bool(names) and _USES_OF_A_NAME.search(text)
    return Question(
        text=text,
        shape="callers" if asks_for_uses else _shape(text),
        words=words,
        stems=frozenset(stem(part) for word in WORD.findall(text) for part in _parts(word)),
        names=names,
        passive=_passive(text),
    )


def content_words(text: str) -> tuple[str, ...]:
    """The words of a question that name what it is about, in lower case, each once; identifiers stay whole."""
    found: dict[str, None] = {}
    for word in WORD.findall(text):
        if _parts(word):
            found.setdefault(word.lower())
    return tuple(found)


def is_code_name(name: str) -> bool:
    """Whether a name is one by its spelling alone, wherever it stands: `limit_concurrency`, `--factory`, `isMap`."""
    return bool(_LOOKS_LIKE_CODE.search(name) or _OPTION.fullmatch(name))


def subject_stems(question: Question) -> frozenset[str]:
    """Stems without the words that fit any question (`handle`, `class`); all stems when nothing else is left."""
    return (question.stems - _GENERAL_STEMS) or question.stems


def stems_in(text: str) -> frozenset[str]:
    """Stems of all words and identifier parts of a text."""
    return frozenset(part for word in WORD.findall(text) for part in _part_stems(word))


@lru_cache(maxsize=50_000)
def _part_stems(word: str) -> tuple[str, ...]:
    parts = [part for part in identifier_parts(word) if len(part) > 1]
    return tuple(stem(part) for part in parts or _whole(word))


_NO_ACTION = word_set("used called need supposed supported needed defined embed speed seed feed")
"""Participles (or what looks like one) whose statement would say nothing."""

_GENERAL_STEMS = frozenset(stem(word) for word in GENERAL)


def _parts(word: str) -> list[str]:
    if word.lower() in STOPWORDS or word.lower() == "s":
        return []
    return [part for part in identifier_parts(word) if len(part) > 1 or part == word.lower()] or _whole(word)


def _whole(word: str) -> list[str]:
    """`S3`, `k8s`, `v2`: a word whose parts say nothing by themselves; nothing for a letter or a number alone."""
    has_both = any(letter.isalpha() for letter in word) and any(letter.isdigit() for letter in word)
    return [word.lower()] if has_both and word.isalnum() else []


def _shape(text: str) -> Shape:
    for shape, pattern in _SHAPES:
        if pattern.search(text):
            return shape
    return "other"


def _names(text: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in _IDENTIFIER.finditer(text):
        name = match.group(1) or match.group(2)
        if match.group(1) or match.group(3) or _LOOKS_LIKE_CODE.search(name):
            found.setdefault(re.sub(r"::|#|->", ".", name.strip().removesuffix("()")))
    found.update(dict.fromkeys(_OPTION.findall(text)))
    for pattern in _SUBJECTS if not found else ():
        subject = pattern.search(text)
        if subject and _parts(subject["name"]) and subject["name"].lower() not in GENERAL:
            found.setdefault(subject["name"])
            break
    return tuple(found)


def _passive(text: str) -> Passive | None:
    match = _PASSIVE.match(text)
    if match is None or match["participle"].lower() in _NO_ACTION:
        return None
    be = match["be"].lower()
    plural_get = be == "get"
    be = "is" if be in {"gets", "does"} else "are" if plural_get else be
    return Passive(subject=match["subject"], be=be, participle=match["participle"].lower(), rest=match["rest"].strip())
