"""The signals of ranking: each says 0 to 1 how well a chunk or its file fits a query. Must not know storage.

Weights were chosen together on development queries alone (benchmarks/retrieval.py and benchmarks/cosqa.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import msgspec

from scholiast_indexer.search.places import place_of
from scholiast_indexer.search.query import Query, folded, name_stems
from scholiast_indexer.text import path_words


class Weights(msgspec.Struct, frozen=True):
    """How much each signal counts beside the lexical score's 1."""

    names_sentence: float = 0.3
    """Field of defined names beside the text, within BM25."""
    names_symbol: float = 1.0
    dense_sentence: float = 0.15
    dense_symbol: float = 0.5
    path: float = 1.75
    definition: float = 1.5
    """A name that the query spells."""
    definition_prose: float = 0.5
    """A name made of the query's words."""
    coherence: float = 0.8
    saturation: float = 0.4
    """Factor for each better chunk of the same file."""
    test: float = 0.5
    example: float = 0.5
    document: float = 0.3


def path_matches(query: Query, paths: Collection[str], word_weights: Sequence[float]) -> dict[str, float]:
    """For each path the share of the query's words that name the file (1), its folder (.6) or a folder above (.3).

    A word also matches a path word of which it is the beginning, or the other way round (`auth`, `authentication`).
    """
    total = sum(word_weights) or 1.0
    paths_by_word: dict[str, list[tuple[str, float]]] = {}
    for path in paths:
        for known, place in _path_places(path):
            paths_by_word.setdefault(known, []).append((path, place))
    found = dict.fromkeys(paths, 0.0)
    for terms, weight in zip(query.terms, word_weights, strict=True):
        best: dict[str, float] = {}
        for known, places in paths_by_word.items():
            like = _likeness(terms, known)
            if like:
                for path, place in places:
                    best[path] = max(best.get(path, 0.0), like * place)
        for path, value in best.items():
            found[path] += weight * value / total
    return found


PLACE_VALUES = (1.0, 0.6, 0.3)
PREFIX_VALUE = 0.8
PREFIX_MIN = 3


def _likeness(terms: Sequence[str], known: str) -> float:
    if known in terms:
        return 1.0
    if len(known) < PREFIX_MIN:
        return 0.0
    begins = (len(term) >= PREFIX_MIN and (known.startswith(term) or term.startswith(known)) for term in terms)
    return PREFIX_VALUE if any(begins) else 0.0


@lru_cache(maxsize=16_384)
def _path_places(path: str) -> tuple[tuple[str, float], ...]:
    places: dict[str, float] = {}
    for word, place in path_words(path):
        places[word] = max(places.get(word, 0.0), PLACE_VALUES[place])
    return tuple(places.items())


def defines_identifier(query: Query, names: Sequence[str]) -> float:
    """1 when the chunk defines a name that the query spells."""
    return 1.0 if query.identifiers and any(folded(name) in query.identifiers for name in names) else 0.0


def defines_words(query_stems: frozenset[str], names: tuple[str, ...]) -> float:
    """Best overlap of a defined name's words with the query's: both how much of the name and of the query."""
    every, stems = _stems_of_names(names)
    if every.isdisjoint(query_stems):
        return 0.0
    asked = min(len(query_stems), 3)
    best = 0.0
    for parts in stems:
        common = len(parts & query_stems)
        if common:
            best = max(best, common / len(parts) * min(1.0, common / asked))
    return best


@lru_cache(maxsize=16_384)
def _stems_of_names(names: tuple[str, ...]) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    stems = tuple(name_stems(name) for name in names)
    return frozenset().union(*stems), stems


def coherence(scores_by_file: Mapping[int, Sequence[float]]) -> dict[int, float]:
    """How much of a file answers: the sum of its best chunks' scores, the best file having 1."""
    sums = {file: sum(sorted(scores, reverse=True)[:4]) for file, scores in scores_by_file.items()}
    best = max(sums.values(), default=0.0)
    return {file: total / best if best else 0.0 for file, total in sums.items()}


def demotion(query: Query, path: str, weights: Weights) -> float:
    """Factor for code that is seldom what is asked for, unless the query asks for it."""
    place = place_of(path)
    if place == "test":
        return 1.0 if query.wants_tests else weights.test
    if place == "example":
        return 1.0 if query.wants_examples else weights.example
    if place == "document":
        return 1.0 if query.wants_docs else weights.document
    return 1.0
