"""Whether hits can answer a question at all; pure, and must not know engines or how hits are found.

Search always finds something. What tells an answer from a coincidence is whether the rare words of the
question are there: `payment` in no file outweighs `provider` and `supported` in many.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from scholiast_indexer.text import WORD, stem
from scholiast_indexer.types import Hit
from scholiast_server.answering.types import Confidence
from scholiast_server.models.extractive.phrasing import is_verb
from scholiast_server.models.extractive.question import GENERAL, Question, read_question, stems_in
from scholiast_server.models.sentences import word_set

HITS_READ = 5
"""Hits whose words count; an answer is not built from later ones alone."""

COVERAGE_MIN = 0.45
"""Share of the question, weighted by rarity, that the hits must hold."""

COVERAGE_WITH_SIMILARITY_MIN = 0.25
"""The same when the embedder finds a hit close: then other words may say the same thing."""

SIMILARITY_HIGH = 0.6
"""A dense score from which a hit counts as close."""

MISSING_VERB_WEIGHT = 0.3
"""A verb that the code lacks (`persist`) has synonyms (`save`); a noun that it lacks (`payment`) mostly has
not.
"""

CLOSE_FREQUENCY = 3
"""A word that is almost one of the hits' words (a typo, another ending) counts as if it stood in three
chunks.
"""

_NOUN_BEFORE = word_set(
    """
    the a an of for in with on our its this any which what are is and or no
    """
)


def assess(question: str, hits: Sequence[Hit], document_frequency: Callable[[str], int]) -> Confidence:
    """How well the best hits cover what the question is about."""
    asked = read_question(question)
    held = [_words_of(f"{hit.path} {hit.symbol} {hit.text}") for hit in hits[:HITS_READ]]
    together = frozenset[str]().union(*held)
    similarity = max((_signal(hit, "similarity") for hit in hits[:HITS_READ]), default=0.0)
    weights, missing = _weigh(asked, together, document_frequency)
    coverage = _coverage(weights, held, together)
    is_named = any(_is_named(name, hit) for name in asked.names for hit in hits)
    near = similarity >= SIMILARITY_HIGH and coverage >= COVERAGE_WITH_SIMILARITY_MIN
    strong = bool(hits) and (is_named or coverage >= COVERAGE_MIN or near)
    return Confidence("strong" if strong else "weak", round(coverage, 3), round(similarity, 3), missing)


def _weigh(
    asked: Question, together: frozenset[str], document_frequency: Callable[[str], int]
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Each word's weight by its stem, and the words that occur nowhere."""
    weights: dict[str, float] = {}
    missing: list[str] = []
    words = [word for word in asked.words if word not in GENERAL]
    for word in words or asked.words:
        key = stem(word)
        frequency = max(document_frequency(word), document_frequency(key))
        if frequency == 0 and key not in together and (close := _close(key, together)):
            key, frequency = close, CLOSE_FREQUENCY
        weights[key] = 1 / (1 + math.log1p(frequency))
        if frequency == 0 and key not in together:
            missing.append(word)
            weights[key] = MISSING_VERB_WEIGHT if _is_used_as_verb(word, asked.text) else 1.0
    return weights, tuple(missing)


def _words_of(text: str) -> frozenset[str]:
    """Stems of all words and parts, and identifiers whole in lower case, stemmed as a question's words are.
    """
    return stems_in(text) | {stem(word.lower()) for word in WORD.findall(text)}


def _coverage(weights: dict[str, float], held: list[frozenset[str]], together: frozenset[str]) -> float:
    """Mean of what the best hit holds and of what all hold together."""
    total = sum(weights.values())
    if not total or not held:
        return 1.0 if held else 0.0
    best = max(sum(weight for word, weight in weights.items() if word in words) for words in held)
    union = sum(weight for word, weight in weights.items() if word in together)
    return (best + union) / (2 * total)


def _close(word: str, words: frozenset[str]) -> str | None:
    """A word at one edit (two in a long word), or with the same long beginning."""
    if len(word) < 4:
        return None
    edits = 1 if len(word) < 8 else 2
    for other in sorted(words):
        shares_root = (
            len(other) >= 5 and len(word) >= 5 and (word.startswith(other) or other.startswith(word))
        )
        if shares_root or (
            abs(len(other) - len(word)) <= edits and other[0] == word[0] and _distance(word, other) <= edits
        ):
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


def _is_used_as_verb(word: str, text: str) -> bool:
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
