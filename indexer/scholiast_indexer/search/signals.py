"""The signals of ranking: each says 0 to 1 how well a chunk or its file fits a query. Must not know storage.

Weights were chosen on the development queries alone (benchmarks/retrieval.py); each stands beside its signal, with
what the signal adds to NDCG@10 there in benchmarks/results.
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
    places = {path: _path_places(path) for path in paths}
    path_terms = {term for placed in places.values() for term in placed}
    found = dict.fromkeys(paths, 0.0)
    for terms, weight in zip(query.terms, word_weights, strict=True):
        likeness = {known: like for known in path_terms if (like := max(_likeness(term, known) for term in terms))}
        if not likeness:
            continue
        for path, placed in places.items():
            best = max((place * likeness.get(known, 0.0) for known, place in placed.items()), default=0.0)
            found[path] += weight * best / total
    return found


PLACE_VALUES = (1.0, 0.6, 0.3)
PREFIX_VALUE = 0.8
PREFIX_MIN = 3


def _likeness(term: str, known: str) -> float:
    if term == known:
        return 1.0
    if len(term) < PREFIX_MIN or len(known) < PREFIX_MIN or term[0] != known[0]:
        return 0.0
    return PREFIX_VALUE if known.startswith(term) or term.startswith(known) else 0.0


@lru_cache(maxsize=16_384)
def _path_places(path: str) -> Mapping[str, float]:
    places: dict[str, float] = {}
    for word, place in path_words(path):
        places[word] = max(places.get(word, 0.0), PLACE_VALUES[place])
    return places


def defines_identifier(query: Query, names: Sequence[str]) -> float:
    """1 when the chunk defines a name that the query spells."""
    return 1.0 if any(folded(name) in query.identifiers for name in names) else 0.0


def defines_words(query_stems: Collection[str], names: Sequence[str]) -> float:
    """Best overlap of a defined name's words with the query's: both how much of the name and of the query."""
    best = 0.0
    for name in names:
        parts = name_stems(name)
        common = len(parts.intersection(query_stems))
        if common:
            best = max(best, common / len(parts) * min(1.0, common / min(len(query_stems), 3)))
    return best


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
