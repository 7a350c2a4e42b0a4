"""The signals of ranking: each says 0 to 1 how well a chunk or its file fits a query. Must not know storage.

Weights were chosen together on development queries alone (benchmarks/retrieval.py and benchmarks/cosqa.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_indexer.embedding import Embedder, is_static, is_trained
from scholiast_indexer.search.places import Place, older_versions, place_of
from scholiast_indexer.search.query import Query, folded
from scholiast_indexer.text import path_words

Floats = npt.NDArray[np.float64]

COHERENT_CHUNKS = 4
"""Of a file, its best, that say how much of it answers."""


class Weights(msgspec.Struct, frozen=True):
    """How much each signal counts beside the lexical score's 1."""

    names_sentence: float = 0.3
    """Field of defined names beside the text, within BM25."""
    names_symbol: float = 1.0
    dense_sentence: float = 0.3
    dense_unnamed: float = 3.0
    """In place of `dense_sentence` where the words of a sentence name no file (`unnamed`)."""
    dense_symbol: float = 0.1
    dense_floor: float | None = 0.3
    """Share of the near chunks whose nearness says nothing, as cosines of models begin well above 0; None: from 0."""
    path: float = 2.5
    definition: float = 2.5
    """A name that the query spells."""
    reexport: float = 0.5
    """Of a definition's weight, for a chunk that passes on (`pub use`, `__all__`) the name that is asked for. Not in a
    sentence: that asks how a thing works, which the public place that offers it does not tell."""
    message: float = 4.0
    """A message in quotes that the query says word for word: more than nearness alone can be."""
    coherence: float = 0.6
    importance: float = 1.0
    """What much of the code rests on (`importance`); nothing where no file is named."""
    saturation: float = 0.4
    """Factor for each better chunk of the same file."""
    test: float = 0.35
    test_named: float = 0.6
    """Of a test where the query speaks of tests but does not ask for any: it may mean what tests are made of."""
    example: float = 0.5
    document: float = 0.3
    older: float = 0.6
    """Of code in a folder of an older version (`v3`) where a later one answers too."""

    @classmethod
    def of(cls, embedder: Embedder) -> Weights:
        """What was measured best for an embedder of its kind."""
        if not is_trained(embedder):
            return UNTRAINED_WEIGHTS
        return cls() if is_static(embedder) else TRAINED_WEIGHTS


TRAINED_WEIGHTS = Weights(dense_sentence=0.45, dense_unnamed=6.0, coherence=0.8, message=7.0)
"""With a model that reads whole sentences, beside the table (all-MiniLM-L6-v2: CoSQA dev .622)."""

UNTRAINED_WEIGHTS = Weights(dense_unnamed=Weights().dense_sentence, dense_floor=None)
"""With one whose nearness is spelling alone: it leads nowhere."""


def path_matches(query: Query, paths: Iterable[str], word_weights: Sequence[float]) -> dict[str, float]:
    """For each path the share of the query's words that name the file (1), its folder (.6) or a folder above (.3).

    A word also matches a path word of which it is the beginning, or the other way round (`auth`, `authentication`).
    """
    total = sum(word_weights) or 1.0
    words = _PathWords(query.terms)
    found = {}
    for path in paths:
        shares = words.shares(_path_places(path))
        found[path] = sum(word_weights[word] * share for word, share in shares.items()) / total if shares else 0.0
    return found


class _PathWords:
    """What words of paths say of the words of one query."""

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        """`words` are the terms of each word, as `text.word_terms` gives them: of several parts, all joined first."""
        self._parts = [max(1, len(terms) - 1) for terms in words]
        self._terms = [
            (term, word, place - 1 if len(terms) > 1 else 0)
            for word, terms in enumerate(words)
            for place, term in enumerate(terms)
        ]
        """Each term with its word and which part of it that is; -1 for all parts joined."""
        self._beginnings = frozenset(term[:PREFIX_MIN] for term, _, _ in self._terms)
        self._known: dict[str, tuple[tuple[int, int, float], ...]] = {}

    def shares(self, places: Mapping[str, float]) -> dict[int, float]:
        """How well a path names those words that it names: as a whole, or each of their parts for its share."""
        known = self._known
        best: dict[tuple[int, int], float] = {}
        for path_word, value in places.items():
            alike = known.get(path_word)
            if alike is None:
                alike = known[path_word] = self._alike(path_word)
            for word, part, like in alike:
                best[word, part] = max(best.get((word, part), 0.0), like * value)
        return self._shared(best) if best else {}

    def _shared(self, best: Mapping[tuple[int, int], float]) -> dict[int, float]:
        shares: dict[int, float] = {}
        for (word, part), value in best.items():
            if part >= 0:
                shares[word] = shares.get(word, 0.0) + value / self._parts[word]
        for (word, part), value in best.items():
            if part < 0:
                shares[word] = max(shares.get(word, 0.0), value)
        return shares

    def _alike(self, path_word: str) -> tuple[tuple[int, int, float], ...]:
        """Words of the query, with the part of each, that a path's word is (1), or begins or begins with (less)."""
        if path_word[:PREFIX_MIN] not in self._beginnings:  # as it is for most
            return ()
        alike = ((word, part, _likeness(path_word, term, part)) for term, word, part in self._terms)
        return tuple(item for item in alike if item[2])


def _likeness(path_word: str, term: str, part: int) -> float:
    if path_word == term:
        return 1.0
    if len(term) < PREFIX_MIN or len(path_word) < PREFIX_MIN:
        return 0.0
    return PREFIX_VALUE if path_word.startswith(term) or (part >= 0 and term.startswith(path_word)) else 0.0


NAMED_MIN = 0.1
"""Share of a sentence's words, weighed by rarity, from which those say by names what is meant."""


def unnamed(query: Query, named: float) -> float:
    """How little a sentence names files: 1 when no word does, 0 when a tenth of what it says does or one is a name.

    Such a question is asked in the words of people, not of this code: what is near says most then.

    Args:
        query: The query.
        named: How well it names that file of which it names most (`path_matches`).
    """
    if query.shape != "sentence" or query.identifiers:
        return 0.0
    return max(0.0, 1.0 - named / NAMED_MIN)


def fitted(weights: Weights, share: float) -> Weights:
    """The weights for a query that names files so little."""
    if not share:
        return weights
    dense = weights.dense_sentence + share * (weights.dense_unnamed - weights.dense_sentence)
    return msgspec.structs.replace(weights, dense_sentence=dense, importance=weights.importance * (1 - share))


PLACE_VALUES = (1.0, 0.6, 0.3)
PREFIX_VALUE = 0.8
PREFIX_MIN = 3


@lru_cache(maxsize=16_384)
def _path_places(path: str) -> dict[str, float]:
    """Each word of a path with the value of its best place."""
    places: dict[str, float] = {}
    for word, place in path_words(path):
        places[word] = max(places.get(word, 0.0), PLACE_VALUES[place])
    return places


OTHER_CASE_VALUE = 0.6
"""Of a name that the query spells with capitals or marks where this one has others: `Session` asks for no `session()`,
`_run` for no `run()`."""


def defines_identifier(query: Query, defines: str) -> float:
    """1 when the chunk defines a name that the query spells; `defines` has one a line. A word in lower case means any.

    On labelled queries for symbols the difference of case is worth .015.
    """
    if not query.identifiers:
        return 0.0
    folded_names = _folded_names(defines)
    spelled = [typed for word, typed in zip(query.words, query.typed, strict=True) if folded(word) in folded_names]
    if not spelled or query.identifiers.isdisjoint(folded_names):
        return 0.0
    names = _names(defines)
    return (
        1.0
        if any(typed in names or (typed.islower() and typed[0].isalpha()) for typed in spelled)
        else OTHER_CASE_VALUE
    )


AWAY_VALUE = 0.8
"""Of a definition where another lies in the file of that very name. Of 116 such names in 30 repositories, many of them
partial classes of C#, 95 % led to that file first, 83 % without."""


def at_home(query: Query, shares: Sequence[float], paths: Sequence[str]) -> list[float]:
    """How well each chunk defines the one name asked for; `Policy.cs` rather than `Policy.TResult.cs` is about Policy.

    Args:
        query: The query.
        shares: What `defines_identifier` says of each chunk.
        paths: Of each chunk.
    """
    if query.shape != "symbol":
        return list(shares)
    homes = [share == 1.0 and _file_name(path) in query.identifiers for share, path in zip(shares, paths, strict=True)]
    if not any(homes):
        return list(shares)
    return [share if home or share < 1.0 else AWAY_VALUE * share for share, home in zip(shares, homes, strict=True)]


@lru_cache(maxsize=16_384)
def _file_name(path: str) -> str:
    """Of a path the file's name without extension, spelled as `Query.identifiers` are."""
    return folded(path.rsplit("/", 1)[-1].rsplit(".", 1)[0])


@lru_cache(maxsize=16_384)
def _folded_names(defines: str) -> frozenset[str]:
    return frozenset(map(folded, _names(defines)))


def _names(defines: str) -> list[str]:
    return defines.split("\n") if defines else []


def coherence(scores: Floats, file_of: npt.NDArray[np.intp]) -> Floats:
    """How much of each chunk's file answers: the sum of the file's best chunks' scores, the best file having 1.

    Args:
        scores: Of each chunk.
        file_of: The number of each chunk's file, from 0.
    """
    order = np.lexsort((-scores, file_of))
    files = file_of[order]
    first = np.searchsorted(files, files)
    among = np.arange(len(files)) - first < COHERENT_CHUNKS
    sums = np.bincount(files, weights=scores[order] * among)
    best = sums.max(initial=0.0)
    return (sums / best)[file_of] if best > 0 else np.zeros(len(scores))


def demotions(query: Query, paths: Sequence[str], weights: Weights) -> list[float]:
    """Factor for the code of each path: below 1 for what is seldom what is asked for, unless the query asks for it."""
    of_place: dict[Place, float] = {
        "source": 1.0,
        "test": 1.0 if query.wants_tests else weights.test_named if query.names_tests else weights.test,
        "example": 1.0 if query.wants_examples else weights.example,
        "document": 1.0 if query.wants_docs else weights.document,
    }
    older = older_versions(paths, {word.lower() for word in query.words})
    return [of_place[place_of(path)] * (weights.older if path in older else 1.0) for path in paths]
