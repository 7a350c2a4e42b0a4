"""Candidates to an order: pure functions over what was found. Must not know storage."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from scholiast_indexer.search import signals
from scholiast_indexer.search.places import place_of
from scholiast_indexer.search.presence import QueryStems
from scholiast_indexer.search.query import Query
from scholiast_indexer.search.signals import Weights

ImportanceOf = Callable[[Collection[int]], Mapping[int, float]]

RANKED_MAX = 80
"""Candidates that all signals are worked out for; those that text and file alone put below have no chance."""
RANKED_PER_HIT = 4


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A chunk that may answer, with what the two indexes said of it."""

    chunk_id: int
    blob_id: int
    path: str
    start_line: int
    defines: str
    """Names of its definitions, one a line."""
    lexical: float
    """BM25; 0 when it was not among the lexical candidates."""
    dense: float
    """Cosine; 0 when it was not among the dense candidates."""
    by_name: bool
    """Its file or one of its definitions is named by the query."""


class Ranked(msgspec.Struct, frozen=True):
    """A candidate with its score and each signal's share in it."""

    candidate: Candidate
    score: float
    shares: dict[str, float]


class _Found(NamedTuple):
    """What the two indexes say of a candidate and of its file."""

    lexical: float
    dense: float
    coherence: float


class _Shares(NamedTuple):
    """What each signal adds, before the factors."""

    lexical: float
    dense: float
    path: float
    definition: float
    coherence: float
    importance: float


def rank(
    query: Query,
    candidates: Sequence[Candidate],
    word_weights: Sequence[float],
    weights: Weights,
    limit: int,
    *,
    importance: ImportanceOf,
) -> list[Ranked]:
    """The best candidates, best first.

    Args:
        query: The query.
        candidates: Chunks found by any way.
        word_weights: For each word of the query, how rare it is (its IDF).
        weights: Of the signals.
        limit: How many at most.
        importance: Of files, by blob; asked for those that have a chance.
    """
    factors = signals.demotions(query, weights)
    demotions = {path: factors[place_of(path)] for path in {c.path for c in candidates}}
    found = _found(query, candidates, weights)
    candidates, found = _promising(candidates, found, demotions, max(RANKED_MAX, limit * RANKED_PER_HIT))
    important = importance({c.blob_id for c in candidates}) if weights.importance else {}
    shares = [
        share._replace(importance=weights.importance * important.get(c.blob_id, 0.0))
        for c, share in zip(candidates, _named(query, candidates, found, word_weights, weights), strict=True)
    ]
    scores = [sum(share) * demotions[c.path] for c, share in zip(candidates, shares, strict=True)]
    saturations = _saturations(candidates, scores, weights)

    def order(place: int) -> tuple[float, str, int]:
        return (-scores[place] * saturations[place], candidates[place].path, candidates[place].start_line)

    return [
        Ranked(
            candidates[place],
            scores[place] * saturations[place],
            {
                **shares[place]._asdict(),
                "demotion": demotions[candidates[place].path],
                "saturation": saturations[place],
            },
        )
        for place in sorted(range(len(candidates)), key=order)[:limit]
    ]


def _found(query: Query, candidates: Sequence[Candidate], weights: Weights) -> list[_Found]:
    """What the two indexes say of each candidate and of its file; its names are not looked at yet."""
    dense_weight = weights.dense_symbol if query.shape == "symbol" else weights.dense_sentence
    lexical_best = max((c.lexical for c in candidates), default=0.0) or 1.0
    lexical = [(c.lexical / lexical_best) ** weights.lexical_power for c in candidates]
    dense = [dense_weight * near for near in nearness([c.dense for c in candidates], weights.dense_floor)]
    coherent = signals.coherence(_by_file(candidates, [sum(both) for both in zip(lexical, dense, strict=True)]))
    coherence = [weights.coherence * coherent[c.blob_id] for c in candidates]
    return list(map(_Found, lexical, dense, coherence))


def nearness(cosines: Sequence[float], floor: float | None) -> list[float]:
    """How near each is, 0 to 1, the nearest having 1."""
    near = sorted(cosine for cosine in cosines if cosine > 0)
    if not near:
        return [0.0] * len(cosines)
    least = 0.0 if floor is None else near[int(len(near) * floor)]
    if least >= near[-1]:
        least = 0.0
    return [max(0.0, cosine - least) / (near[-1] - least) for cosine in cosines]


def _promising(
    candidates: Sequence[Candidate], found: Sequence[_Found], demotions: Mapping[str, float], count: int
) -> tuple[list[Candidate], list[_Found]]:
    """The best by what was found, and all that the query names."""
    if len(candidates) <= count:
        return list(candidates), list(found)
    scores = [sum(share) * demotions[c.path] for c, share in zip(candidates, found, strict=True)]
    least = sorted(scores, reverse=True)[count - 1]
    kept = [place for place, c in enumerate(candidates) if c.by_name or scores[place] >= least]
    return [candidates[place] for place in kept], [found[place] for place in kept]


def _named(
    query: Query,
    candidates: Sequence[Candidate],
    found: Sequence[_Found],
    word_weights: Sequence[float],
    weights: Weights,
) -> list[_Shares]:
    """All shares: to what was found come those of the path and of what a chunk defines."""
    named = signals.path_matches(query, {c.path for c in candidates}, word_weights)
    stems = QueryStems(term for terms in query.terms for term in terms)
    return [
        _Shares(
            lexical=share.lexical,
            dense=share.dense,
            path=weights.path * named[c.path],
            definition=weights.definition * signals.defines_identifier(query, c.defines)
            + (weights.definition_prose and weights.definition_prose * signals.defines_words(stems, c.defines)),
            coherence=share.coherence,
            importance=0.0,
        )
        for c, share in zip(candidates, found, strict=True)
    ]


def _by_file(candidates: Sequence[Candidate], scores: Sequence[float]) -> dict[int, list[float]]:
    files: dict[int, list[float]] = {}
    for candidate, score in zip(candidates, scores, strict=True):
        files.setdefault(candidate.blob_id, []).append(score)
    return files


def _saturations(candidates: Sequence[Candidate], scores: Sequence[float], weights: Weights) -> list[float]:
    """Each further chunk of a file counts less, so that the first ten show more than one file."""
    factors = [1.0] * len(candidates)
    seen: dict[int, int] = {}
    for place in sorted(range(len(candidates)), key=lambda place: (-scores[place], candidates[place].start_line)):
        better = seen.get(candidates[place].blob_id, 0)
        seen[candidates[place].blob_id] = better + 1
        factors[place] = weights.saturation**better
    return factors
