"""Whether hits can answer a question at all; pure, and must not know engines or how hits are found.

Search always finds something. What tells an answer from a coincidence is whether the rare words of the question are
there, `payment` in no file outweighs `provider` and `supported` in many, and whether a hit is near in meaning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from scholiast_indexer.text import STOPWORDS, WORD, identifier_parts, stem
from scholiast_indexer.types import Hit
from scholiast_server.answering.types import Confidence
from scholiast_server.models.extractive.phrasing import is_verb
from scholiast_server.models.extractive.question import GENERAL, Question, read_question, stems_in
from scholiast_server.models.sentences import word_set

HITS_READ = 5
"""Hits whose words count; an answer is not built from later ones alone."""

COVERAGE_MIN = 0.58
"""Share of the question's words, weighted, that one hit must hold where nearness says nothing: with an embedder whose
cosines nobody has measured.
"""

EVIDENCE_MIN = 0.98
"""What coverage and similarity must come to. Measured by benchmarks/confidence.py on 18 repositories: 3 % of the
questions about them fall below it, of questions about things that they do not have 4 % lie above (coverage alone, at
.58: 8 % and 8 %).
"""

VERB_WEIGHT = 0.6
"""A verb of the question weighs against a noun: `persist` has synonyms (`save`), `payment` mostly not.
"""

NAME_WEIGHT = 2.0
"""A word of no chunk that the question writes as a name (`S3`, `to Kafka`): nothing else means the same."""

RARITY_SHARE = 0.5
"""How much of a word's weight depends on how rare it is: all of it would let one rare word decide alone."""

CLOSE_CREDIT = 0.5
"""What a word counts that is only almost there: a typo, or another word of the same root."""

FOREIGN_WEIGHT = 0.3
"""What a word of no chunk weighs in a question of another language: most likely it is a word of that language."""

SLIP_CHARACTERS_MIN = 4
"""A shorter word is too near to many others."""

_ASKING = sorted(word for word in STOPWORDS | GENERAL if len(word) >= SLIP_CHARACTERS_MIN)
_NOUN_BEFORE = word_set(
    """
    the a an of for in with on our its this any which what are is and or no
    """
)


class _Word(msgspec.Struct, frozen=True):
    """One content word of the question: what it weighs, and in which form the hits may hold it."""

    text: str
    stem: str
    weight: float
    credit: float
    is_missing: bool


def assess(
    question: str, hits: Sequence[Hit], document_frequency: Callable[[str], int], *, is_foreign: bool = False
) -> Confidence:
    """How well the best hit covers what the question is about.

    Args:
        question: What is looked for.
        hits: Best first.
        document_frequency: In how many chunks a word occurs.
        is_foreign: Whether it is in another language than English: words that no code holds are no names then, and
            nearness in meaning is not known.
    """
    asked = read_question(question)
    held = [_words_of(f"{hit.path} {hit.symbol} {hit.text}") for hit in hits[:HITS_READ]]
    together = frozenset[str]().union(*held)
    content = [word for word in asked.words if word not in GENERAL] or list(asked.words)
    words = [_weigh(word, asked, together, document_frequency) for word in content]
    if is_foreign:
        words = [_only_foreign(word) if word.is_missing or not word.text.isascii() else word for word in words]
    else:
        words = [word for word in words if not (word.is_missing and _says_nothing(word.text))] or words
    coverage = max((_share(words, there) for there in held), default=0.0)
    similarities = [_signal(hit, "similarity") for hit in hits if "similarity" in hit.why]
    similarity = max(similarities, default=0.0)
    is_near = bool(similarities) and not is_foreign
    holds = coverage + similarity >= EVIDENCE_MIN if is_near else coverage >= COVERAGE_MIN
    strong = bool(hits) and (holds or any(_is_named(name, hit) for name in asked.names for hit in hits))
    missing = tuple(word.text for word in words if word.is_missing)
    return Confidence("strong" if strong else "weak", round(coverage, 3), round(similarity, 3), missing)


def _only_foreign(word: _Word) -> _Word:
    return msgspec.structs.replace(word, weight=word.weight * FOREIGN_WEIGHT)


@lru_cache(maxsize=1_000)
def _says_nothing(word: str) -> bool:
    """Whether a word of no chunk is a word of any question with one slip of the keys: `hapens`, `wrok`."""
    return len(word) >= SLIP_CHARACTERS_MIN and any(
        other[0] == word[0] and abs(len(other) - len(word)) <= 1 and _distance(word, other) == 1 for other in _ASKING
    )


def _weigh(word: str, asked: Question, together: frozenset[str], document_frequency: Callable[[str], int]) -> _Word:
    """A word of no chunk is of rarity 1, one of ten chunks .3, one of a thousand .13."""
    key = stem(word)
    frequency = document_frequency(word)
    rarity = 1 / (1 + math.log1p(frequency))
    weight = (1 - RARITY_SHARE) + RARITY_SHARE * math.sqrt(rarity)
    is_missing = frequency == 0 and key not in together
    close = _close(key, together) if is_missing else None
    return _Word(
        text=word,
        stem=close or key,
        weight=weight * _standing(asked, word, is_missing=is_missing and close is None),
        credit=CLOSE_CREDIT if close else 1.0,
        is_missing=is_missing and close is None,
    )


def _standing(asked: Question, word: str, *, is_missing: bool) -> float:
    if is_missing and _is_name(asked, word):
        return NAME_WEIGHT
    return VERB_WEIGHT if _is_verb_of(asked, word) else 1.0


def _is_name(asked: Question, word: str) -> bool:
    """Whether the question writes the word as a name: with a capital letter, but not as its first word, or with letters
    and digits. Of an identifier such as `sessionManager` the parts may be there.
    """
    found = {token: place for place, token in enumerate(WORD.findall(asked.text)) if token.lower() == word}
    return any(
        len([part for part in identifier_parts(token) if len(part) > 1]) <= 1
        and ((token[:1].isupper() and place > 0) or (not token.isalpha() and not token.isdigit()))
        for token, place in found.items()
    )


def _share(words: Sequence[_Word], there: frozenset[str]) -> float:
    """The weighted share of the words that are there; 1 for a question without content words."""
    total = sum(word.weight for word in words)
    held = sum(word.weight * word.credit for word in words if word.stem in there)
    return held / total if total else 1.0


def _words_of(text: str) -> frozenset[str]:
    """Stems of all words and parts, and identifiers whole in lower case, stemmed as a question's words are."""
    return stems_in(text) | {stem(word.lower()) for word in WORD.findall(text)}


def _close(word: str, words: frozenset[str]) -> str | None:
    """A word with the same root, or at one edit inside it (two in a long word): endings make other words."""
    if len(word) < 5:
        return None
    edits = 1 if len(word) < 9 else 2
    for other in sorted(words):
        shorter, longer = sorted((word, other), key=len)
        if len(shorter) >= 5 and longer.startswith(shorter):
            return other
        is_swapped = len(word) >= 6 and len(other) == len(word) and sorted(other) == sorted(word)
        if is_swapped and other[0] == word[0] and _distance(word, other) == 1:
            return other
        is_near = other[0] == word[0] and other[-2:] == word[-2:] and abs(len(other) - len(word)) <= edits
        if is_near and _distance(word, other) <= edits:
            return other
    return None


def _distance(left: str, right: str) -> int:
    """Edits (insert, delete, replace, swap neighbours) that turn one word into the other."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        current = [i]
        for j, b in enumerate(right, start=1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]


def _is_verb_of(asked: Question, word: str) -> bool:
    """Whether the word is what is done rather than what it is done to, as far as its form and place tell."""
    if asked.passive and asked.passive.participle == word:
        return True
    text = asked.text
    words = [found.lower() for found in WORD.findall(text)]
    before = words[words.index(word) - 1] if word in words[1:] else ""
    has_auxiliary = bool(re.search(r"\b(?:do|does|did|can|to|could|should|will|would)\b", text, re.I))
    inflected = word.endswith(("ed", "ing")) and is_verb(word)
    return inflected or (has_auxiliary and is_verb(word) and before not in _NOUN_BEFORE)


def _is_named(name: str, hit: Hit) -> bool:
    return bool(hit.symbol) and (
        name == hit.symbol or name == hit.symbol.rpartition(".")[2] or hit.symbol.endswith("." + name)
    )


def _signal(hit: Hit, name: str) -> float:
    value = hit.why.get(name, 0.0)
    return float(value) if isinstance(value, (int, float)) else 0.0
