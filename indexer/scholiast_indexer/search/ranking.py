"""Candidates to an order: pure functions over what was found. Must not know storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from scholiast_indexer.search import signals
from scholiast_indexer.search.query import Query
from scholiast_indexer.search.signals import Weights


class Candidate(msgspec.Struct, frozen=True):
    """A chunk that may answer, with what the two indexes said of it."""

    chunk_id: int
    blob_id: int
    path: str
    start_line: int
    names: tuple[str, ...]
    lexical: float
    """BM25; 0 when it was not among the lexical candidates."""
    dense: float
    """Cosine; 0 when it was not among the dense candidates."""


class Ranked(msgspec.Struct, frozen=True):
    """A candidate with its score and each signal's share in it."""

    candidate: Candidate
    score: float
    shares: dict[str, float]


def rank(
    query: Query, candidates: Sequence[Candidate], word_weights: Sequence[float], weights: Weights
) -> list[Ranked]:
    """Order candidates, best first.

    Args:
        query: The query.
        candidates: Chunks found by any way.
        word_weights: For each word of the query, how rare it is (its IDF).
        weights: Of the signals.
    """
    scored = _scored(query, candidates, word_weights, weights)
    scored.sort(key=lambda ranked: (-ranked.score, ranked.candidate.path, ranked.candidate.start_line))
    return _saturated(scored, weights)


def _scored(
    query: Query, candidates: Sequence[Candidate], word_weights: Sequence[float], weights: Weights
) -> list[Ranked]:
    dense_weight = weights.dense_symbol if query.shape == "symbol" else weights.dense_sentence
    lexical_best = max((c.lexical for c in candidates), default=0.0) or 1.0
    dense_best = max((c.dense for c in candidates), default=0.0) or 1.0
    query_stems = {term for terms in query.terms for term in terms}
    base = {
        c.chunk_id: (c.lexical / lexical_best, dense_weight * max(0.0, c.dense) / dense_best) for c in candidates
    }
    coherent = signals.coherence(_by_file(candidates, base))
    path_scores = {c.path: signals.path_match(query, c.path, word_weights) for c in candidates}
    ranked = []
    for c in candidates:
        lexical, dense = base[c.chunk_id]
        shares = {
            "lexical": lexical,
            "dense": dense,
            "path": weights.path * path_scores[c.path],
            "definition": weights.definition * signals.defines_identifier(query, c.names)
            + weights.definition_prose * signals.defines_words(query_stems, c.names),
            "coherence": weights.coherence * coherent[c.blob_id],
        }
        factor = signals.demotion(query, c.path, weights)
        ranked.append(Ranked(c, sum(shares.values()) * factor, {**shares, "demotion": factor}))
    return ranked


def _by_file(
    candidates: Sequence[Candidate], base: Mapping[int, tuple[float, float]]
) -> dict[int, list[float]]:
    files: dict[int, list[float]] = {}
    for candidate in candidates:
        files.setdefault(candidate.blob_id, []).append(sum(base[candidate.chunk_id]))
    return files


def _saturated(scored: Sequence[Ranked], weights: Weights) -> list[Ranked]:
    """Each further chunk of a file counts less, so that the first ten show more than one file."""
    seen: dict[int, int] = {}
    result = []
    for ranked in scored:
        better = seen.get(ranked.candidate.blob_id, 0)
        seen[ranked.candidate.blob_id] = better + 1
        factor = weights.saturation**better
        result.append(
            Ranked(ranked.candidate, ranked.score * factor, {**ranked.shares, "saturation": factor})
        )
    result.sort(key=lambda item: (-item.score, item.candidate.path, item.candidate.start_line))
    return result
