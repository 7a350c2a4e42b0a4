"""Candidates to an order: pure functions over what was found. Must not know storage.

What the two indexes said is weighed for all candidates at once, in arrays; the rest is worked out for those that have a
chance after that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_indexer.search import signals
from scholiast_indexer.search.messages import Message
from scholiast_indexer.search.places import quotes_messages
from scholiast_indexer.search.query import Query
from scholiast_indexer.search.signals import Floats, Weights

ImportanceOf = Callable[[Collection[int]], Mapping[int, float]]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

RANKED_MAX = 120
"""Finds that all signals are worked out for; those that text and file alone put below have no chance."""
RANKED_PER_HIT = 4
MESSAGE_LOOKED_AT = 5
"""Finds whose text is read for a message, those that have most of the query's words: .3 ms."""
MESSAGE_LEXICAL_MIN = 0.4
"""Share of the best BM25 below which a text has too few of the words to say them all."""
NEARER_MIN = 0.1
"""Difference of cosines from which one is all the nearer: among three chunks that are equally near, .01 says nothing.
Of the labelled questions, to workspaces of thousands, one in fifty has less."""


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
    """Its file, one of its definitions or of its re-exports is named by the query."""
    reexports: str = ""
    """Names of a symbol query that it passes on, one a line."""


class Pool(NamedTuple):
    """Everything that may answer."""

    found: Sequence[Find]
    paths: Mapping[int, str]
    """Of each blob."""
    describe: Callable[[Sequence[int]], Mapping[int, Described]]
    """Of these chunks; one that is gone by now is left out."""
    read: Callable[[Sequence[int]], Mapping[int, str]]
    """The text of these chunks; one that is gone by now is left out."""


class Ranked(msgspec.Struct, frozen=True):
    """A chunk with its score and each signal's share in it."""

    find: Find
    path: str
    score: float
    shares: dict[str, float]


class _Shares(NamedTuple):
    """What each signal adds to each chunk, before the factors."""

    lexical: Floats
    dense: Floats
    path: Floats
    definition: Floats
    reexport: Floats
    message: Floats
    coherence: Floats
    importance: Floats


def names_by_chunk(named: Iterable[tuple[int, str]]) -> dict[int, str]:
    """The names of each chunk, one a line."""
    names: dict[int, list[str]] = {}
    for chunk_id, name in named:
        names.setdefault(chunk_id, []).append(name)
    return {chunk_id: "\n".join(of_chunk) for chunk_id, of_chunk in names.items()}


def rank(
    query: Query,
    pool: Pool,
    word_weights: Sequence[float],
    weights: Weights,
    limit: int,
    *,
    importance: ImportanceOf,
) -> list[Ranked]:
    """The best chunks, best first.

    Args:
        query: The query.
        pool: Chunks found by any way.
        word_weights: For each word of the query, how rare it is (its IDF).
        weights: Of the signals.
        limit: How many at most.
        importance: Of files, by blob; asked for those that have a chance.
    """
    if not pool.found or limit <= 0:
        return []
    finds = pool.found
    by_name = np.array([find.by_name for find in finds])
    blobs, file_of = np.unique([find.blob_id for find in finds], return_inverse=True)
    paths = [pool.paths[blob_id] for blob_id in blobs.tolist()]
    matches = signals.path_matches(query, paths, word_weights)
    path = np.array([matches[path] for path in paths])[file_of]
    weights = signals.fitted(weights, signals.unnamed(query, path[by_name].max(initial=0.0)))
    demotion = np.array(signals.demotions(query, paths, weights))[file_of]
    found = (*_weighed(query, finds, weights, file_of), weights.path * path)
    places = _promising(sum(found) * demotion, by_name, max(RANKED_MAX, limit * RANKED_PER_HIT))
    places, described = _described(pool, places)
    file_of, demotion = file_of[places], demotion[places]
    lexical, dense, coherence, path = (column[places] for column in found)
    likely = [finds[place] for place in places.tolist()]
    definition = _definition(query, described, [paths[file] for file in file_of.tolist()], weights)
    shares = _Shares(
        lexical,
        dense,
        path,
        definition,
        np.where(definition > 0, 0.0, _reexport(query, likely, weights)),
        weights.message * messages(query, pool, likely) if weights.message else np.zeros(len(likely)),
        coherence,
        _importance(query, likely, importance, weights),
    )
    demotion = _spared(shares.definition, demotion, weights)
    scores = sum(shares) * demotion
    saturation = _saturation(scores, [line for line, _ in described], file_of, weights)
    final = scores * saturation
    columns = {**shares._asdict(), "demotion": demotion, "saturation": saturation}
    return [
        Ranked(
            finds[places[at]],
            paths[file_of[at]],
            float(final[at]),
            {name: float(column[at]) for name, column in columns.items()},
        )
        for at in _best(final, lambda at: (paths[file_of[at]], described[at].start_line), limit)
    ]


def _weighed(query: Query, finds: Sequence[Find], weights: Weights, file_of: Places) -> tuple[Floats, Floats, Floats]:
    """What the two indexes say of each find, and of its file; its names are not looked at yet."""
    dense_weight = weights.dense_symbol if query.shape == "symbol" else weights.dense_sentence
    scores = np.array([find.lexical for find in finds])
    lexical = scores / (scores.max() or 1.0)
    dense = dense_weight * nearness([find.dense for find in finds], weights.dense_floor)
    return lexical, dense, weights.coherence * signals.coherence(lexical + dense, file_of)


def nearness(cosines: Sequence[float], floor: float | None) -> Floats:
    """How near each is, 0 to 1, the nearest having 1 unless it is hardly nearer than the others."""
    cosine = np.asarray(cosines, np.float64)
    near = np.sort(cosine[cosine > 0])
    if not len(near):
        return np.zeros(len(cosine))
    least = 0.0 if floor is None else float(near[int(len(near) * floor)])
    if least >= near[-1]:
        least = 0.0
    nearer: Floats = np.maximum(0.0, cosine - least) / max(near[-1] - least, NEARER_MIN)
    return nearer


def _promising(scores: Floats, by_name: Flags, count: int) -> Places:
    """Places of the best by what was found and by their paths, and of all that the query names."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.flatnonzero((scores >= np.partition(scores, -count)[-count]) | by_name)


def _described(pool: Pool, places: Places) -> tuple[Places, list[Described]]:
    """What ranking reads of the finds at these places, and the places, without what is gone by now."""
    chunk_ids = [pool.found[place].chunk_id for place in places.tolist()]
    described = pool.describe(chunk_ids)
    if len(described) < len(chunk_ids):
        places = places[np.array([chunk_id in described for chunk_id in chunk_ids], dtype=np.bool_)]
    return places, [described[chunk_id] for chunk_id in chunk_ids if chunk_id in described]


def _definition(query: Query, described: Sequence[Described], paths: Sequence[str], weights: Weights) -> Floats:
    """What it adds to define a name that the query spells."""
    if not query.identifiers:
        return np.zeros(len(described))
    shares = [signals.defines_identifier(query, defines) for _, defines in described]
    return weights.definition * np.array(signals.at_home(query, shares, paths))


def _reexport(query: Query, finds: Sequence[Find], weights: Weights) -> Floats:
    """What it adds to pass on a name that the query spells: less than to define it."""
    spelled = [signals.defines_identifier(query, find.reexports) if find.reexports else 0.0 for find in finds]
    return weights.definition * weights.reexport * np.array(spelled)


def messages(query: Query, pool: Pool, finds: Sequence[Find]) -> Floats:
    """How much of the query each holds as a message in quotes, 0 to 1."""
    shares = np.zeros(len(finds))
    message = Message(query)
    if not message:
        return shares
    least = MESSAGE_LEXICAL_MIN * max((find.lexical for find in finds), default=0.0)
    likely = [at for at, find in enumerate(finds) if find.lexical > least]
    likely = [at for at in likely if quotes_messages(pool.paths[finds[at].blob_id])]
    best = sorted(likely, key=lambda at: (-finds[at].lexical, finds[at].chunk_id))[:MESSAGE_LOOKED_AT]
    texts = pool.read([finds[at].chunk_id for at in best])
    for at in best:
        shares[at] = message.share(texts.get(finds[at].chunk_id, ""))
    return shares


def _importance(query: Query, finds: Sequence[Find], importance: ImportanceOf, weights: Weights) -> Floats:
    """What it adds that much of the code rests on a find's file."""
    if not weights.importance:
        return np.zeros(len(finds))
    important = importance({find.blob_id for find in finds})
    return np.array(
        [weights.importance * important.get(find.blob_id, 0.0) if counts(query, find) else 0.0 for find in finds]
    )


def counts(query: Query, find: Find) -> bool:
    """Whether a chunk gains by its file's importance: one that a name leads nowhere near does not."""
    return query.shape != "symbol" or find.lexical > 0 or find.by_name


def _spared(definition: Floats, demotion: Floats, weights: Weights) -> Floats:
    """Demotions but for the definitions of a name that the query spells, where each of them would be demoted.

    Whoever asks for a helper of the tests by its name wants no code that has nothing to do with it.
    """
    least = weights.definition * signals.OTHER_CASE_VALUE
    defining = (definition >= least) & (definition > 0)
    mildest = demotion[defining].max(initial=0.0) or 1.0
    return np.where(defining, demotion / mildest, demotion)


def _saturation(scores: Floats, lines: Sequence[int], file_of: Places, weights: Weights) -> Floats:
    """Each further chunk of a file counts less, so that the first ten show more than one file."""
    order = np.lexsort((np.array(lines), -scores, file_of))
    files = file_of[order]
    better = np.arange(len(files)) - np.searchsorted(files, files)
    factors = np.empty(len(scores))
    factors[order] = weights.saturation**better
    return factors


def _best(scores: Floats, tie: Callable[[int], tuple[str, int]], limit: int) -> list[int]:
    """Places of the best, best first; of equal ones by what `tie` says of each."""
    least = np.partition(scores, -limit)[-limit] if len(scores) > limit else -np.inf
    likely = np.flatnonzero(scores >= least).tolist()
    return sorted(likely, key=lambda at: (-scores[at], *tie(at)))[:limit]
