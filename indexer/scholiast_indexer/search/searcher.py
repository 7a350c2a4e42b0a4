"""Ties a search together: candidates from both indexes, names and paths; ranking; hits. Must not know editors."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from scholiast_indexer.catalog import Catalog, ChunkRow
from scholiast_indexer.embedding import Embedder, Vectors, embed_query, is_static, is_trained
from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.lexical import LexicalIndex
from scholiast_indexer.overlay import Overlay
from scholiast_indexer.search.beside import begun
from scholiast_indexer.search.filters import Filters, PathFilter
from scholiast_indexer.search.importance import Importance
from scholiast_indexer.search.overlaid import (
    narrowed,
    overlaid_descriptions,
    overlaid_finds,
    overlaid_nearest,
    overlaid_texts,
)
from scholiast_indexer.search.places import place_of
from scholiast_indexer.search.presence import WordFinder
from scholiast_indexer.search.query import Query, analyze_query, languages_named
from scholiast_indexer.search.ranking import Described, Find, Pool, Ranked, names_by_chunk, rank
from scholiast_indexer.search.signals import PLACE_VALUES, PREFIX_VALUE, Weights, path_matches
from scholiast_indexer.types import Hit
from scholiast_indexer.vectors import VectorStore

LEXICAL_CANDIDATES = 150
DENSE_CANDIDATES = 60
DENSE_ALONE_MIN = 0.25
"""Cosine from which a chunk counts that shares no word with the query; below it, nearness is chance."""
DEFINITION_CANDIDATES = 60
PATH_WORD_ROWS = 400
"""Path words looked at for each word of a query: a word that is in more paths than this tells little."""
PATH_FILES = 8
"""Files best named by the query, whose best chunks become candidates."""
PATH_CANDIDATES = 32
LANGUAGE_SHARE_MIN = 0.2
"""Share of all chunks from which a language is one that nearly any hit is in."""
BESIDE_MIN = 20_000
"""Chunks from which vectors and words are looked up at the same time; below, waking a thread takes as long."""
FILTERED_FACTOR = 4
"""More candidates when a filter is applied after them."""


class _Found(NamedTuple):
    """What the two indexes say of a query."""

    vector: Vectors
    dense: dict[int, float]
    """Cosine by chunk."""
    lexical: dict[int, float]
    """BM25 by chunk."""
    named_blobs: list[int]
    """Blobs of files that the query names."""


class Searcher:
    """Searches one open index. Not for several threads at once: callers hold a lock."""

    def __init__(
        self, catalog: Catalog, lexical: LexicalIndex, vectors: VectorStore, embedder: Embedder,
        weights: Weights | None = None, overlay: Overlay | None = None, *, beside_min: int = BESIDE_MIN,
    ) -> None:  # fmt: skip
        """`overlay` holds text that is searched in place of what is stored of its paths."""
        self._beside_min = beside_min
        self._overlay = overlay or Overlay.empty(embedder.dimension)
        self._catalog = catalog
        self._lexical = lexical
        self._vectors = vectors
        self._embedder = embedder
        self._weights = weights or Weights.of(embedder)
        self.problem = ""
        """Why the last search went by words alone; empty when it did not."""

    def search(self, text: str, limit: int, filters: Filters | None = None) -> list[Hit]:
        """The best hits, best first; none for a query without words."""
        query = self._analyzed(text)
        if not query.words or limit <= 0:
            return []
        filters = filters or Filters()
        word_weights = self._word_weights(query)
        pool = self._pool(query, word_weights, limit, filters)
        importance = Importance(self._catalog, self._lexical, self._overlay).of
        ranked = rank(query, pool, word_weights, self._weights, limit, importance=importance)
        return self._hits(query, word_weights, ranked)

    def _analyzed(self, text: str) -> Query:
        """A query without the language that nearly all code here is in: it is in no text, or in the wrong ones."""
        query = analyze_query(text)
        named = languages_named(query)
        if named:
            common = self._catalog.common_languages(LANGUAGE_SHARE_MIN)
            query = analyze_query(text, [word for word, language in named.items() if language in common])
        return query

    # -- candidates ---------------------------------------------------------------------------------------------

    def _pool(self, query: Query, word_weights: Sequence[float], limit: int, filters: Filters) -> Pool:
        """Chunks found by words, by nearness, by their names or by their file's."""
        blob_ids = self._allowed_blobs(filters)
        factor = FILTERED_FACTOR if filters.kinds else 1
        limits = (max(LEXICAL_CANDIDATES, limit * 3) * factor, max(DENSE_CANDIDATES, limit * 2) * factor)
        vector, dense, lexical, named_blobs = self._found(query, word_weights, limits, blob_ids)
        defining = self._catalog.chunks_defining(query.spellings, DEFINITION_CANDIDATES) if query.spellings else ()
        named = set(defining)
        reexports = self._reexports(query)
        near = [chunk_id for chunk_id, cosine in dense.items() if cosine >= DENSE_ALONE_MIN]
        blob_of = self._catalog.blobs_of_chunks(self._of_kinds({*lexical, *near, *named, *reexports}, filters))
        if blob_ids is not None:
            blob_of = {chunk_id: blob_id for chunk_id, blob_id in blob_of.items() if blob_id in blob_ids}
        paths = self._best_paths(query, word_weights, set(blob_of.values()), filters)
        found = [
            Find(
                chunk_id, blob_id, lexical.get(chunk_id, 0.0), dense.get(chunk_id, 0.0),
                chunk_id in named or chunk_id in reexports or blob_id in named_blobs, reexports.get(chunk_id, ""),
            )
            for chunk_id, blob_id in blob_of.items()
            if blob_id in paths
        ]  # fmt: skip
        overlaid = self._overlaid(query, vector, dense, limits, filters)
        shown = {**paths, **self._overlay.paths} if overlaid else paths
        return Pool([*found, *overlaid], shown, self._described, self._texts)

    def _reexports(self, query: Query) -> Mapping[int, str]:
        """Chunks that pass on what is asked for, by the names that they do."""
        if query.shape != "symbol":
            return {}
        return names_by_chunk(self._catalog.chunks_reexporting(query.spellings, DEFINITION_CANDIDATES))

    def _texts(self, chunk_ids: Sequence[int]) -> dict[int, str]:
        """Their own text, without headers; one that is gone by now is left out."""
        overlaid = overlaid_texts(self._overlay, chunk_ids)
        rows = self._catalog.chunk_rows([chunk_id for chunk_id in chunk_ids if chunk_id > 0])
        pieces = self._catalog.pieces([(row.blob_id, row.start_byte, row.end_byte) for row in rows])
        stored = {row.id: piece.decode("utf-8", "replace") for row, piece in zip(rows, pieces, strict=True)}
        return {**stored, **{chunk_id: text for chunk_id, (_, text) in overlaid.items()}}

    def _of_kinds(self, chunk_ids: Collection[int], filters: Filters) -> Collection[int]:
        if not filters.kinds:
            return chunk_ids
        return [row.id for row in self._catalog.candidate_rows(chunk_ids) if row.kind in filters.kinds]

    def _described(self, chunk_ids: Sequence[int]) -> dict[int, Described]:
        stored = self._catalog.descriptions([chunk_id for chunk_id in chunk_ids if chunk_id > 0])
        described = {chunk_id: Described(*described) for chunk_id, described in stored.items()}
        return {**described, **overlaid_descriptions(self._overlay, chunk_ids)} if self._overlay else described

    def _found(
        self, query: Query, word_weights: Sequence[float], limits: tuple[int, int], blob_ids: Collection[int] | None
    ) -> _Found:
        """What both indexes say; in a large one the vectors are looked up beside the words."""
        allowed = None if blob_ids is None else self._catalog.chunk_ids_of_blobs(blob_ids)

        def find_near() -> tuple[Vectors, dict[int, float]]:
            vector = self._query_vector(query)
            if vector is None:
                return np.zeros(self._embedder.dimension, np.float32), {}
            return vector, self._dense_scores(vector, limits[1] + self._crowd(limits[1]), allowed)

        near_found = begun(find_near) if self._lexical.size >= self._beside_min else find_near
        lexical = self._lexical_scores(query, limits[0] + self._crowd(limits[0]), blob_ids)
        named_blobs = self._blobs_named(query, word_weights, blob_ids)
        if named_blobs:
            lexical = {**self._lexical_scores(query, PATH_CANDIDATES, named_blobs), **lexical}
        return _Found(*near_found(), lexical, named_blobs)

    def _query_vector(self, query: Query) -> Vectors | None:
        """None where the embedder fails: words find something too."""
        text = query.text if is_trained(self._embedder) else " ".join(query.words)
        try:
            return embed_query(self._embedder, text, self._rarity)
        except EmbedderError as error:
            self.problem = f"searched by words alone: {error}"
            return None

    def _crowd(self, limit: int) -> int:
        """How many more to ask the indexes for: some will be left out for what is laid over them."""
        return min(limit // 4, self._overlay.size)

    def _overlaid(
        self, query: Query, vector: Vectors, stored: Mapping[int, float], limits: tuple[int, int], filters: Filters
    ) -> list[Find]:
        overlay = narrowed(self._overlay, filters)
        if not overlay:
            return []
        lexical = overlay.lexical(_term_weights(query), self._name_weight(query), limits[0], self._lexical)
        dense = overlaid_nearest(overlay, vector, limits[1], stored)
        return overlaid_finds(query, overlay, lexical, dense, dense_alone_min=DENSE_ALONE_MIN, kinds=filters.kinds)

    def _lexical_scores(self, query: Query, limit: int, blob_ids: Collection[int] | None) -> dict[int, float]:
        found = self._lexical.search(_term_weights(query), self._name_weight(query), limit, blob_ids=blob_ids)
        return dict(found)

    def _name_weight(self, query: Query) -> float:
        return self._weights.names_symbol if query.shape == "symbol" else self._weights.names_sentence

    def _dense_scores(self, vector: Vectors, limit: int, chunk_ids: Collection[int] | None) -> dict[int, float]:
        allowed = None if chunk_ids is None else np.fromiter(chunk_ids, dtype=np.int64, count=len(chunk_ids))
        ids, scores = self._vectors.nearest(vector, limit, allowed)
        return dict(zip(ids.tolist(), scores.tolist(), strict=True))

    def _blobs_named(self, query: Query, word_weights: Sequence[float], blob_ids: Collection[int] | None) -> list[int]:
        """Blobs of the files whose names fit the query best."""
        scores: dict[int, float] = {}
        for terms, weight in zip(query.terms, word_weights, strict=True):
            for path_id, value in self._paths_named(terms).items():
                scores[path_id] = scores.get(path_id, 0.0) + weight * value
        count = PATH_FILES * 2
        least = heapq.nlargest(count, scores.values())[-1] if len(scores) > count else 0.0
        likely = [path_id for path_id, score in scores.items() if score >= least]
        best = sorted(likely, key=lambda path_id: (-scores[path_id], path_id))[:count]
        blobs = dict.fromkeys(self._catalog.blobs_of_path_ids(best).values())
        return [blob for blob in blobs if blob_ids is None or blob in blob_ids][:PATH_FILES]

    def _paths_named(self, terms: Sequence[str]) -> Mapping[int, float]:
        """For each path how well a word's terms name it."""
        named = [
            self._catalog.paths_with_word(term, PATH_WORD_ROWS, _word_value) if len(term) > 2 else {} for term in terms
        ]
        if len(named) == 1:
            return named[0]
        merged: dict[int, float] = {}
        for values in named:
            for path_id, value in values.items():
                if value > merged.get(path_id, 0.0):
                    merged[path_id] = value
        return merged

    def _best_paths(
        self, query: Query, word_weights: Sequence[float], blob_ids: Collection[int], filters: Filters
    ) -> dict[int, str]:
        """For each blob the path to show: one the filter lets pass, named best by the query, not a copy in tests."""
        found = self._catalog.paths_of_blobs(blob_ids, checked=False)
        path_filter = PathFilter(filters) if filters.by_path else None
        laid_over = self._overlay.files
        best: dict[int, str] = {}
        for blob_id, entries in found.items():
            paths = entries
            if laid_over:
                paths = [path for path in paths if path not in laid_over]
            if path_filter is not None:
                paths = [path for path in paths if path_filter.allows(path)]
            if len(paths) > 1:
                named = path_matches(query, paths, word_weights)
                best[blob_id] = min(paths, key=lambda path: (place_of(path) != "source", -named[path], len(path), path))
            elif paths:
                best[blob_id] = paths[0]
        return best

    def _allowed_blobs(self, filters: Filters) -> set[int] | None:
        """Blobs that the filter's paths and languages leave; None when it leaves all."""
        if not filters.by_path and not filters.languages:
            return None
        path_filter = PathFilter(filters)
        return {
            blob_id
            for blob_id, path, language in self._catalog.blob_places()
            if (not filters.languages or language in filters.languages) and path_filter.allows(path)
        }

    def _word_weights(self, query: Query) -> list[float]:
        """IDF of each word, by its rarest term that occurs; a word that never occurs weighs most."""
        weights = []
        for terms in query.terms:
            counts = [count for term in terms if (count := self._document_frequency(term))]
            weights.append(self._idf(min(counts, default=0)))
        return weights

    def _rarity(self, term: str) -> float:
        return self._idf(self._document_frequency(term))

    def _idf(self, count: int) -> float:
        return math.log(1 + (max(1, self._lexical.size) + 0.5) / (count + 0.5))

    def _document_frequency(self, term: str) -> int:
        return self._lexical.document_frequency(term) or self._overlay.document_frequency(term)

    # -- hits ---------------------------------------------------------------------------------------------------

    def _hits(self, query: Query, word_weights: Sequence[float], ranked: Sequence[Ranked]) -> list[Hit]:
        chunk_ids = [item.find.chunk_id for item in ranked]
        overlaid = overlaid_texts(self._overlay, chunk_ids)
        rows = {row.id: row for row in self._catalog.chunk_rows([id_ for id_ in chunk_ids if id_ not in overlaid])}
        shown = self._catalog.paths_of_blobs({row.blob_id for row in rows.values()})
        pieces = self._catalog.pieces([(row.blob_id, row.start_byte, row.end_byte) for row in rows.values()])
        texts = dict(zip(rows, pieces, strict=True))
        asked = _Asked(query, word_weights, WordFinder(query.terms), is_static(self._embedder))
        hits = []
        for item in ranked:
            if item.find.chunk_id in overlaid:
                hits.append(_hit(asked, item, *overlaid[item.find.chunk_id]))
                continue
            row = rows.get(item.find.chunk_id)
            if row is None or item.path not in shown.get(row.blob_id, ()):
                continue  # gone since the candidates were read: another process is updating
            hits.append(_hit(asked, item, row, texts[row.id].decode("utf-8", "replace")))
        return hits


class _Asked(NamedTuple):
    """What a hit is held against."""

    query: Query
    word_weights: Sequence[float]
    finder: WordFinder
    says_similarity: bool
    """Whether a cosine means the same in every workspace: of the built-in embedder it is known what is near."""


def _hit(asked: _Asked, ranked: Ranked, row: ChunkRow, text: str) -> Hit:
    path = ranked.path
    matched = asked.finder.found(f"{text}\n{row.symbol}\n{path}")
    total = sum(asked.word_weights) or 1.0
    why: dict[str, Any] = {name: round(share, 4) for name, share in ranked.shares.items()}
    if asked.says_similarity:
        why["similarity"] = round(ranked.find.dense, 4)
    why["terms"] = [word for word, found in zip(asked.query.words, matched, strict=True) if found]
    why["coverage"] = round(sum(w for w, found in zip(asked.word_weights, matched, strict=True) if found) / total, 4)
    return Hit(
        path=path, start_line=row.start_line + 1, end_line=row.end_line, score=round(ranked.score, 6),
        language=row.language, symbol=row.symbol, kind=row.kind, text=text, why=why,
    )  # fmt: skip


def _term_weights(query: Query) -> dict[str, float]:
    return {term: 1.0 for group in query.terms for term in group}


def _word_value(is_whole: bool, place: int) -> float:
    return PLACE_VALUES[place] * (1.0 if is_whole else PREFIX_VALUE)
