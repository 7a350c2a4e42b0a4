"""Candidates to an order: pure functions over what was found. Must not know storage.

What the two indexes said is weighed for all candidates at once, in arrays; the rest is worked out for those that have a
chance after that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_indexer.search import signals
from scholiast_indexer.search.presence import QueryStems
from scholiast_indexer.search.query import Query
from scholiast_indexer.search.signals import Floats, Weights

ImportanceOf = Callable[[Collection[int]], Mapping[int, float]]
Places = npt.NDArray[np.intp]

RANKED_MAX = 120
"""Candidates that all signals are worked out for; those that text and file alone put below have no chance."""
RANKED_PER_HIT = 4


class Described(NamedTuple):
    """What ranking has to read of a chunk, when it has a chance."""

    start_line: int
    defines: str
    """Names of its definitions, one a line."""


class Find(msgspec.Struct, frozen=True, gc=False):
    """A chunk that may answer, with what the two indexes said of it."""

    chunk_id: int
    blob_id: int
    lexical: float
    """BM25; 0 when it was not among the lexical candidates."""
    dense: float
    """Cosine; 0 when it was not among the dense candidates."""
    by_name: bool
    """Its file or one of its definitions is named by the query."""


class Pool(NamedTuple):
    """Everything that may answer."""

    found: Sequence[Find]
    paths: Mapping[int, str]
    """Of each blob."""
    describe: Callable[[Sequence[int]], Mapping[int, Described]]
    """Of these chunks; one that is gone by now is left out."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A chunk that has a chance."""

    find: Find
    path: str
    start_line: int
    defines: str
    """Names of its definitions, one a line."""


class Ranked(msgspec.Struct, frozen=True):
    """A candidate with its score and each signal's share in it."""

    candidate: Candidate
    score: float
    shares: dict[str, float]


class _Found(NamedTuple):
    """What the two indexes say of each candidate and of its file, and how well the query names that."""

    lexical: Floats
    dense: Floats
    coherence: Floats
    path: Floats


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
    pool: Pool,
    word_weights: Sequence[float],
    weights: Weights,
    limit: int,
    *,
    importance: ImportanceOf,
) -> list[Ranked]:
    """The best candidates, best first.

    Args:
        query: The query.
        pool: Chunks found by any way.
        word_weights: For each word of the query, how rare it is (its IDF).
        weights: Of the signals.
        limit: How many at most.
        importance: Of files, by blob; asked for those that have a chance.
    """
    if not pool.found:
        return []
    named = {pool.paths[find.blob_id] for find in pool.found if find.by_name}
    weights = signals.fitted(weights, signals.unnamed(query, named, word_weights))
    blobs, file_of = np.unique([find.blob_id for find in pool.found], return_inverse=True)
    paths = [pool.paths[blob] for blob in blobs.tolist()]
    demotions = np.array(signals.demotions(query, paths, weights))[file_of]
    by_path = signals.path_matches(query, set(paths), word_weights)
    path = np.array([by_path[path] for path in paths])[file_of]
    found = _Found(*_weighed(query, pool.found, weights, file_of), weights.path * path)
    kept = _promising(pool.found, found, demotions, max(RANKED_MAX, limit * RANKED_PER_HIT))
    kept, candidates = candidates_at(pool, kept)
    important = importance({c.find.blob_id for c in candidates}) if weights.importance else {}
    shares = _shares(query, candidates, _Found(*(column[kept] for column in found)), weights, important)
    demoted = _spared(shares, demotions[kept].tolist(), weights)
    scores = [sum(share) * factor for share, factor in zip(shares, demoted, strict=True)]
    saturations = _saturations(candidates, scores, weights)
    final = [score * saturation for score, saturation in zip(scores, saturations, strict=True)]
    return [
        Ranked(
            candidates[place],
            final[place],
            {**shares[place]._asdict(), "demotion": demoted[place], "saturation": saturations[place]},
        )
        for place in _best(candidates, final, limit)
    ]


def _weighed(query: Query, finds: Sequence[Find], weights: Weights, file_of: Places) -> tuple[Floats, Floats, Floats]:
    """What the two indexes say of each candidate, and of its file; its names are not looked at yet."""
    dense_weight = weights.dense_symbol if query.shape == "symbol" else weights.dense_sentence
    scores = np.array([find.lexical for find in finds])
    lexical = (scores / (scores.max() or 1.0)) ** weights.lexical_power
    dense = dense_weight * nearness([find.dense for find in finds], weights.dense_floor)
    return lexical, dense, weights.coherence * signals.coherence(lexical + dense, file_of)


def nearness(cosines: Sequence[float], floor: float | None) -> Floats:
    """How near each is, 0 to 1, the nearest having 1."""
    cosine = np.asarray(cosines, np.float64)
    near = np.sort(cosine[cosine > 0])
    if not len(near):
        return np.zeros(len(cosine))
    least = 0.0 if floor is None else float(near[int(len(near) * floor)])
    if least >= near[-1]:
        least = 0.0
    nearer: Floats = np.maximum(0.0, cosine - least) / (near[-1] - least)
    return nearer


def _promising(finds: Sequence[Find], found: _Found, demotions: Floats, count: int) -> Places:
    """Places of the best by what was found and by their paths, and of all that the query names."""
    if len(finds) <= count:
        return np.arange(len(finds))
    scores = (found.lexical + found.dense + found.coherence + found.path) * demotions
    least = np.partition(scores, -count)[-count]
    return np.flatnonzero((scores >= least) | np.array([find.by_name for find in finds]))


def candidates_at(pool: Pool, places: Places) -> tuple[Places, list[Candidate]]:
    """What is found at these places, and the places, without what is gone by now."""
    finds = [pool.found[place] for place in places.tolist()]
    described = pool.describe([find.chunk_id for find in finds])
    if len(described) < len(finds):
        is_there = np.array([find.chunk_id in described for find in finds], dtype=np.bool_)
        places, finds = places[is_there], [find for find in finds if find.chunk_id in described]
    paths = pool.paths
    return places, [Candidate(find, paths[find.blob_id], *described[find.chunk_id]) for find in finds]


def _shares(
    query: Query,
    candidates: Sequence[Candidate],
    found: _Found,
    weights: Weights,
    important: Mapping[int, float],
) -> list[_Shares]:
    """All shares: to what was found come those of what a chunk defines and of the file's importance."""
    stems = QueryStems(term for terms in query.terms for term in terms)
    return [
        _Shares(
            lexical,
            dense,
            path,
            weights.definition * signals.defines_identifier(query, c.defines)
            + (weights.definition_prose and weights.definition_prose * signals.defines_words(stems, c.defines)),
            coherence,
            weights.importance * important.get(c.find.blob_id, 0.0) if counts(query, c.find) else 0.0,
        )
        for c, lexical, dense, coherence, path in zip(candidates, *(column.tolist() for column in found), strict=True)
    ]


def counts(query: Query, find: Find) -> bool:
    """Whether a chunk gains by its file's importance: one that a name leads nowhere near does not."""
    return query.shape != "symbol" or find.lexical > 0 or find.by_name


def _spared(shares: Sequence[_Shares], demotions: Sequence[float], weights: Weights) -> list[float]:
    """Demotions but for the definitions of a name that the query spells, where each of them would be demoted.

    Whoever asks for a helper of the tests by its name wants no code that has nothing to do with it.
    """
    least = weights.definition * signals.OTHER_CASE_VALUE
    defining = [place for place, share in enumerate(shares) if share.definition >= least > 0]
    mildest = max((demotions[place] for place in defining), default=1.0)
    spared = list(demotions)
    for place in defining:
        spared[place] = demotions[place] / mildest
    return spared


def _saturations(candidates: Sequence[Candidate], scores: Sequence[float], weights: Weights) -> list[float]:
    """Each further chunk of a file counts less, so that the first ten show more than one file."""
    factors = [1.0] * len(candidates)
    seen: dict[int, int] = {}
    keys = ((-score, c.start_line, place) for place, (score, c) in enumerate(zip(scores, candidates, strict=True)))
    for _, _, place in sorted(keys):
        blob_id = candidates[place].find.blob_id
        better = seen.get(blob_id, 0)
        seen[blob_id] = better + 1
        if better:
            factors[place] = weights.saturation**better
    return factors


def _best(candidates: Sequence[Candidate], scores: Sequence[float], limit: int) -> list[int]:
    """Places of the best, best first; of equal ones by path and line."""
    least = sorted(scores, reverse=True)[limit - 1] if len(scores) > limit else -np.inf
    likely = [place for place, score in enumerate(scores) if score >= least]
    return sorted(likely, key=lambda place: (-scores[place], candidates[place].path, candidates[place].start_line))[
        :limit
    ]
