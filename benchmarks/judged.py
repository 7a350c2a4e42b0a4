"""Labelled queries and what a search collects for them, as arrays that ranking can be tried on again and again.

Must not know which weights are good. `Trial.ndcg` is `search.ranking.rank` over all queries at once: some 0.1 s for a
thousand, where searching takes seconds. `tuning.py --check` holds one against the other.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from cosqa import lay_out

from scholiast_indexer.index import Index
from scholiast_indexer.search import Filters, Searcher, ranking, signals
from scholiast_indexer.search.importance import Importance
from scholiast_indexer.search.places import older_versions, place_of
from scholiast_indexer.search.query import Query
from scholiast_indexer.search.ranking import Described, Find, Pool
from scholiast_indexer.search.signals import Weights

Floats = npt.NDArray[np.float64]
RANKS = 10


class Question(NamedTuple):
    """A query with its targets."""

    text: str
    category: str
    targets: tuple[tuple[str, int | None, int | None], ...]
    """Path under the indexed folder; first and last line, 1-based, or None for the whole file."""


class Workspace(NamedTuple):
    """A folder that is indexed, and what is asked of it."""

    name: str
    scope: str
    """`root`, `full` or `cosqa`."""
    folder: Path
    questions: tuple[Question, ...]


class Candidate(NamedTuple):
    """A chunk that may answer."""

    find: Find
    path: str
    start_line: int
    defines: str
    """Names of its definitions, one a line."""


class Asked(NamedTuple):
    """What a search collected for one question."""

    workspace: str
    scope: str
    question: Question
    query: Query
    candidates: list[Candidate]
    ends: dict[int, int]
    """Last line of each chunk, where a target names lines."""
    word_weights: list[float]
    importance: dict[int, float]
    """Of the files, by blob."""
    messages: dict[int, float]
    """`ranking.messages` of those chunks that have any."""
    texts: dict[int, str]
    """Of the chunks that were read for it."""

    @property
    def pool(self) -> Pool:
        """The same candidates as `rank` takes them."""
        described = {c.find.chunk_id: Described(c.start_line, c.defines) for c in self.candidates}
        paths = {c.find.blob_id: c.path for c in self.candidates}
        return Pool([c.find for c in self.candidates], paths, lambda _: described, lambda _: self.texts)

    def of(self, blob_ids: Collection[int]) -> dict[int, float]:
        """The importance of these files."""
        return {blob_id: self.importance[blob_id] for blob_id in blob_ids}


def workspaces(queries: Path, repos: Path, cosqa: Path | None, work: Path) -> Iterator[Workspace]:
    """All that there is to ask, each repository in both scopes."""
    by_repository: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in queries.read_text("utf-8").splitlines():
        query = json.loads(line)
        by_repository[query["repo"]].append(query)
    for name, rows in by_repository.items():
        root = rows[0]["root"] or "."
        for scope, folder in (("root", root), ("full", ".")):
            prefix = "" if folder == "." else f"{folder}/"
            yield Workspace(name, scope, repos / name / folder, tuple(_question(row, prefix) for row in rows))
    if cosqa is not None:
        folder_of_functions = work / "functions"
        if not folder_of_functions.exists():
            folder_of_functions.mkdir(parents=True)
            lay_out(cosqa / "corpus.jsonl", folder_of_functions)
        lines = [json.loads(line) for line in (cosqa / "dev.jsonl").read_text("utf-8").splitlines()]
        asked = tuple(Question(row["query"], "typed", ((f"{row['relevant']}.py", None, None),)) for row in lines)
        yield Workspace("cosqa", "cosqa", folder_of_functions, asked)


def _question(row: dict[str, Any], prefix: str) -> Question:
    targets = [(str(t["path"]), t["start"], t["end"]) for t in row["relevant"]]
    inside = [
        (path.removeprefix(prefix) if path.startswith(prefix) else f"../{path}", start, end)
        for path, start, end in targets
    ]
    return Question(row["query"], row["category"], tuple(inside))


def collect(workspace: Workspace, index: Index, weights: Weights) -> list[Asked]:
    """Candidates for the questions to a folder, from its index, which is up to date."""
    with index._keeper.searching() as stores:
        searcher = Searcher(stores.reader, stores.lexical, stores.vectors, stores.searched_with, weights)
        return [_asked(workspace, question, searcher) for question in workspace.questions]


def _asked(workspace: Workspace, question: Question, searcher: Searcher) -> Asked:
    query = searcher._analyzed(question.text)
    word_weights = searcher._word_weights(query)
    pool = searcher._pool(query, word_weights, RANKS, Filters())
    described = pool.describe([find.chunk_id for find in pool.found])
    candidates = [
        Candidate(find, pool.paths[find.blob_id], *described[find.chunk_id])
        for find in pool.found
        if find.chunk_id in described
    ]
    ends: dict[int, int] = {}
    if any(start is not None for _, start, _ in question.targets):
        rows = searcher._catalog.chunk_rows([candidate.find.chunk_id for candidate in candidates])
        ends = {row.id: row.end_line for row in rows}
    blobs = {candidate.find.blob_id for candidate in candidates}
    important = Importance(searcher._catalog, searcher._lexical, searcher._overlay).of(blobs)
    texts: dict[int, str] = {}

    def read(chunk_ids: Sequence[int]) -> dict[int, str]:
        texts.update(pool.read(chunk_ids))
        return texts

    shares = ranking.messages(query, pool._replace(read=read), pool.found).tolist()
    messages = {find.chunk_id: share for find, share in zip(pool.found, shares, strict=True) if share}
    return Asked(
        workspace.name, workspace.scope, question, query, candidates, ends, word_weights, important, messages, texts
    )


class Trial:
    """Candidates of many questions as arrays."""

    def __init__(self, asked: list[Asked]) -> None:
        self.asked = asked
        counts = [len(one.candidates) for one in asked]
        self._owner = np.repeat(np.arange(len(asked)), counts)
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        candidates = [candidate for one in asked for candidate in one.candidates]
        self._lexical = self._scaled([c.find.lexical for c in candidates])
        self._near: dict[float | None, Floats] = {}
        rows = [row for one in asked for row in _named(one)]
        columns = (np.array(column, float) for column in zip(*rows, strict=True))
        self._path, self._spelled, self._reexported = columns
        self._important = np.array([
            one.importance.get(c.find.blob_id, 0.0) * ranking.counts(one.query, c.find)
            for one in asked for c in one.candidates
        ])  # fmt: skip
        self._message = np.array([one.messages.get(c.find.chunk_id, 0.0) for one in asked for c in one.candidates])
        self._is_symbol = np.array([one.query.shape == "symbol" for one in asked])[self._owner]
        self._unnamed = np.array([_unnamed(one) for one in asked])[self._owner]
        self._place = np.array([place for one in asked for place in _places(one)])
        self._older = np.array([is_older for one in asked for is_older in _older(one)])
        files = np.array([candidate.find.blob_id for candidate in candidates])
        _, self._file = np.unique(self._owner * (files.max() + 1) + files, return_inverse=True)
        self._tie = self._tied(candidates)
        self._line = np.array([candidate.start_line for candidate in candidates])
        self._targets = [_target_masks(one) for one in asked]
        self.scopes = np.array([one.scope for one in asked])
        self.groups = np.array([one.workspace for one in asked])
        self.categories = np.array([one.question.category for one in asked])

    def _scaled(self, values: list[float]) -> Floats:
        column = np.array(values, float)
        best = np.zeros(len(self.asked))
        np.maximum.at(best, self._owner, column)
        return column / np.where(best > 0, best, 1)[self._owner]

    def _nearness(self, floor: float | None) -> Floats:
        if floor not in self._near:
            rows = [ranking.nearness([c.find.dense for c in one.candidates], floor) for one in self.asked]
            self._near[floor] = np.array([near for row in rows for near in row])
        return self._near[floor]

    def _tied(self, candidates: list[Candidate]) -> npt.NDArray[np.int64]:
        order = sorted(range(len(candidates)), key=lambda at: (candidates[at].path, candidates[at].start_line))
        tie = np.empty(len(order), np.int64)
        tie[order] = np.arange(len(order))
        return tie

    def order(self, weights: Weights) -> tuple[npt.NDArray[np.int64], Floats]:
        """Candidates of all questions, each question's best first, and the scores."""
        unnamed = weights.dense_sentence + self._unnamed * (weights.dense_unnamed - weights.dense_sentence)
        dense = np.where(self._is_symbol, weights.dense_symbol, unnamed)
        base = self._lexical + dense * self._nearness(weights.dense_floor)
        named = np.where(self._spelled > 0, self._spelled, weights.reexport * self._reexported)
        score = base + weights.path * self._path + weights.definition * named + weights.message * self._message
        score += weights.importance * (1 - self._unnamed) * self._important
        score += weights.coherence * self._coherence(base)
        factors = np.array([1.0, weights.test, weights.example, weights.document, weights.test_named])
        demotion = np.where(self._place >= 0, factors[self._place], 1.0)
        score *= self._spared(demotion * np.where(self._older, weights.older, 1.0))
        by_file = np.lexsort((self._line, -score, self._file))
        better = np.empty(len(score), np.int64)
        better[by_file] = _places_in_runs(self._file[by_file])
        score = score * weights.saturation**better
        return np.lexsort((self._tie, -score, self._owner)), score

    def _spared(self, demotion: Floats) -> Floats:
        """No demotion of a name's definitions where all would be demoted."""
        mildest = np.zeros(len(self.asked))
        np.maximum.at(mildest, self._owner[self._spelled > 0], demotion[self._spelled > 0])
        spared: Floats = np.where(
            self._spelled > 0, demotion / np.where(mildest > 0, mildest, 1)[self._owner], demotion
        )
        return spared

    def _coherence(self, base: Floats) -> Floats:
        by_file = np.lexsort((-base, self._file))
        among = base[by_file] * (_places_in_runs(self._file[by_file]) < 4)
        sums = np.zeros(self._file.max() + 1)
        np.add.at(sums, self._file[by_file], among)
        mine = sums[self._file]
        best = np.zeros(len(self.asked))
        np.maximum.at(best, self._owner, mine)
        coherent: Floats = mine / np.where(best > 0, best, 1)[self._owner]
        return coherent

    def ranks(self, weights: Weights) -> list[list[int | None]]:
        """For each question the rank of each target, None past the tenth."""
        order, _ = self.order(weights)
        found = []
        for place, masks in enumerate(self._targets):
            start, end = self._starts[place], self._starts[place + 1]
            best = order[start:end][:RANKS] - start
            found.append([next((rank for rank, at in enumerate(best) if mask[at]), None) for mask in masks])
        return found

    def ndcg(self, weights: Weights) -> Floats:
        """NDCG@10 of each question."""
        gains = 1 / np.log2(np.arange(RANKS) + 2)
        rows = self.ranks(weights)
        return np.array(
            [sum(gains[r] for r in row if r is not None) / gains[: min(RANKS, len(row))].sum() for row in rows]
        )


def _named(one: Asked) -> list[tuple[float, float, float]]:
    """Of each candidate: its path, a name spelled that it defines, and one that it passes on."""
    named = signals.path_matches(one.query, {c.path for c in one.candidates}, one.word_weights)
    return [
        (
            named[c.path],
            signals.defines_identifier(one.query, c.defines),
            signals.defines_identifier(one.query, c.find.reexports) if c.find.reexports else 0.0,
        )
        for c in one.candidates
    ]


def _unnamed(one: Asked) -> float:
    named = {c.path for c in one.candidates if c.find.by_name}
    matches = signals.path_matches(one.query, named, one.word_weights)
    return signals.unnamed(one.query, max(matches.values(), default=0.0))


def _places(one: Asked) -> list[int]:
    """0 for source, 1 to 3 for what is demoted, 4 for tests that are spoken of, -1 for what the query asks for."""
    wanted = {"test": one.query.wants_tests, "example": one.query.wants_examples, "document": one.query.wants_docs}
    kinds = ["source", "test", "example", "document"]
    if one.query.names_tests:
        kinds = ["source", "", "example", "document", "test"]
    return [-1 if wanted.get(kind) else kinds.index(kind) for kind in (place_of(c.path) for c in one.candidates)]


def _older(one: Asked) -> list[bool]:
    older = older_versions({c.path for c in one.candidates}, {word.lower() for word in one.query.words})
    return [c.path in older for c in one.candidates]


def _target_masks(one: Asked) -> list[list[bool]]:
    """For each target which candidates meet it."""
    return [
        [c.path == path
         and (start is None or end is None or (c.start_line < end and start <= one.ends[c.find.chunk_id]))
         for c in one.candidates]
        for path, start, end in one.question.targets
    ]  # fmt: skip


def _places_in_runs(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """0, 1, 2 … within each run of equal values."""
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(values)]]))
    return np.arange(len(values)) - np.repeat(starts, lengths)
