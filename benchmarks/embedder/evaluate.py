"""How well an embedder finds code, alone and beside BM25, on what it was not trained on.

    python benchmarks/embedder/evaluate.py --pairs DIR [--model FOLDER]
        [--queries dev.jsonl --repos-dir DIR] [--cosqa DIR] [--cache DIR]

MRR@10 of functions by their doc comments in each package held out (comments are not part of the text searched), NDCG@10
of labelled queries over repositories (scope `root`), NDCG@10 of CoSQA. No signal of ranking but these two is used.
"""

from __future__ import annotations

import argparse
import json
import math
import pickle
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from corpus import read

from scholiast_indexer.embedding import Embedder, Vectors, embed_query
from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.languages import detect
from scholiast_indexer.search.query import analyze_query
from scholiast_indexer.text import summaries, summary_terms
from scholiast_indexer.types import AnalyzedFile
from scholiast_indexer.workers.analysis import analyze
from scholiast_indexer.workers.jobs import Job
from scholiast_indexer.workspace.scan import scan

DENSE_SHARES = (0.0, 0.5, 1.0, 2.0, 4.0, math.inf)
"""Weights of the cosine beside BM25, each scaled to the best hit's; the last is the cosine alone."""
_K1, _B = 1.2, 0.75


class Documents(NamedTuple):
    """Chunks to find."""

    terms: list[str]
    summaries: list[str]
    places: list[tuple[str, int, int]]
    """Path and lines, 1-based and inclusive."""


class Lexical:
    """BM25 over terms, in arrays."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        lengths = []
        for place, text in enumerate(texts):
            counts = Counter(text.split())
            lengths.append(sum(counts.values()))
            for term, count in counts.items():
                self._postings[term].append((place, count))
        self._length = np.array(lengths, float)
        self._norm = _K1 * (1 - _B + _B * self._length / max(1.0, float(self._length.mean())))

    def scores(self, terms: Sequence[str]) -> npt.NDArray[np.float64]:
        total = np.zeros(len(self._length))
        for term in dict.fromkeys(terms):
            found = np.array(self._postings.get(term, []), dtype=int).reshape(-1, 2)
            total[found[:, 0]] += self.rarity(term) * found[:, 1] * (_K1 + 1) / (found[:, 1] + self._norm[found[:, 0]])
        return total

    def rarity(self, term: str) -> float:
        """Its IDF."""
        count = len(self._postings.get(term, ()))
        return math.log(1 + (len(self._length) - count + 0.5) / (count + 0.5))


def document_vectors(embedder: Embedder, documents: Documents) -> Vectors:
    terms = [joined.split() for joined in documents.terms]
    if isinstance(embedder, StaticEmbedder):
        return embedder.documents_from_terms(terms, documents.summaries)
    from_terms = getattr(embedder, "documents_from_terms", None)
    vectors: Vectors = embedder.documents(documents.terms) if from_terms is None else from_terms(terms)
    return vectors


def ranked(embedder: Embedder, documents: Documents, queries: Sequence[str]) -> dict[float, list[list[int]]]:
    """For each share of the cosine, and each query, the ten best documents, best first."""
    vectors = document_vectors(embedder, documents)
    lexical = Lexical(documents.terms)
    found: dict[float, list[list[int]]] = {share: [] for share in DENSE_SHARES}
    for query in queries:
        words = lexical.scores([term for group in analyze_query(query).terms for term in group])
        near = vectors @ embed_query(embedder, query, lexical.rarity)
        for share, rows in found.items():
            both = near if share == math.inf else words / (words.max() or 1) + share * near / (near.max() or 1)
            rows.append(np.argsort(-both, kind="stable")[:10].tolist())
    return found


def held_out(embedder: Embedder, pairs: Path) -> dict[str, dict[float, float]]:
    """MRR@10 by package and share."""
    result = {}
    for package in read(pairs, "held"):
        code = [pair for pair in package.pairs if pair.language != "markdown"]
        texts = [f"{pair.signature_terms} {pair.body_terms}" for pair in code]
        documents = Documents(texts, [summary_terms(pair.name_terms, ()) for pair in code], [])
        asked = [place for place, pair in enumerate(code) if pair.doc]
        if not asked:
            continue
        found = ranked(embedder, documents, [code[place].doc.split(". ")[0] for place in asked])
        result[package.package] = {
            share: statistics.mean(
                1 / (best.index(place) + 1) if place in best else 0.0 for place, best in zip(asked, rows, strict=True)
            )
            for share, rows in found.items()
        }
    return result


def labelled(embedder: Embedder, queries: Path, repos: Path, cache: Path | None) -> dict[float, float]:
    """NDCG@10 over repositories by share; only the labels' folder is searched."""
    by_repository: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in queries.read_text("utf-8").splitlines():
        query = json.loads(line)
        by_repository[query["repo"]].append(query)
    totals: dict[float, list[float]] = defaultdict(list)
    for name, asked in by_repository.items():
        documents = _cached(cache, f"dev-{name}", partial(_chunks, repos / name, asked[0]["root"] or "."))
        found = ranked(embedder, documents, [query["query"] for query in asked])
        for share, rows in found.items():
            scores = (_ndcg(best, documents, query["relevant"]) for query, best in zip(asked, rows, strict=True))
            totals[share].append(statistics.mean(scores))
    return {share: statistics.mean(values) for share, values in totals.items()}


def _ndcg(best: list[int], documents: Documents, targets: list[dict[str, Any]]) -> float:
    gain = 0.0
    for target in targets:
        for rank, place in enumerate(best):
            path, start, end = documents.places[place]
            if path == target["path"] and (
                target["start"] is None or (start <= target["end"] and target["start"] <= end)
            ):
                gain += 1 / math.log2(rank + 2)
                break
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(10, len(targets))))


def _chunks(repository: Path, root: str) -> Documents:
    documents = Documents([], [], [])
    prefix = "" if root == "." else f"{root}/"
    for file in scan(repository / root).files:
        data = (repository / root / file.path).read_bytes()
        analyzed = analyze(Job(0, data, detect(file.path, data[:4096]) or "text"), None)
        _add(documents, analyzed)
        chunks = (item.chunk for item in analyzed.chunks)
        documents.places.extend((prefix + file.path, chunk.start_line + 1, chunk.end_line) for chunk in chunks)
    return documents


def cosqa(embedder: Embedder, folder: Path, cache: Path | None) -> dict[float, float]:
    """NDCG@10 by share."""
    documents = _cached(cache, "cosqa", partial(_functions, folder / "corpus.jsonl"))
    rows = [json.loads(line) for line in (folder / "dev.jsonl").read_text("utf-8").splitlines()]
    targets = [[{"path": str(row["relevant"]), "start": None}] for row in rows]
    found = ranked(embedder, documents, [row["query"] for row in rows])
    return {
        share: statistics.mean(_ndcg(best, documents, target) for best, target in zip(ranks, targets, strict=True))
        for share, ranks in found.items()
    }


def _functions(corpus: Path) -> Documents:
    documents = Documents([], [], [])
    for line in corpus.read_text("utf-8").splitlines():
        row = json.loads(line)
        analyzed = analyze(Job(0, row["code"].encode(), "python"), None)
        _add(documents, analyzed)
        documents.places.extend([(str(row["id"]), 1, 1)] * len(analyzed.chunks))
    return documents


def _add(documents: Documents, analyzed: AnalyzedFile) -> None:
    """The chunks of a file, without their places."""
    documents.terms.extend(item.terms for item in analyzed.chunks)
    first_lines = [item.chunk.start_line for item in analyzed.chunks]
    docs = ((symbol.start_line, symbol.doc) for symbol in analyzed.symbols)
    documents.summaries.extend(summaries([item.names for item in analyzed.chunks], first_lines, docs))


def _cached(cache: Path | None, name: str, make: Callable[[], Documents]) -> Documents:
    if cache is None:
        return make()
    path = cache / f"{name}.pickle"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(make()))
    documents: Documents = pickle.loads(path.read_bytes())
    return documents


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--repos-dir", type=Path)
    parser.add_argument("--cosqa", type=Path)
    parser.add_argument("--cache", type=Path, help="where documents that were cut once are kept")
    arguments = parser.parse_args()
    embedder = StaticEmbedder(arguments.model) if arguments.model else StaticEmbedder()
    print("weight of the cosine beside BM25   " + "  ".join(f"{share:>6g}" for share in DENSE_SHARES))
    if arguments.pairs:
        packages = held_out(embedder, arguments.pairs)
        for name, row in packages.items():
            print(_row(name, row))
        means = {share: statistics.mean(row[share] for row in packages.values()) for share in DENSE_SHARES}
        print(_row(f"MRR@10 of {len(packages)} packages", means))
    if arguments.cosqa:
        print(_row("CoSQA NDCG@10", cosqa(embedder, arguments.cosqa, arguments.cache)))
    if arguments.queries and arguments.repos_dir:
        print(
            _row(
                "labelled queries NDCG@10", labelled(embedder, arguments.queries, arguments.repos_dir, arguments.cache)
            )
        )
    return 0


def _row(name: str, values: dict[float, float]) -> str:
    return f"{name:35}" + "  ".join(f"{value:6.3f}" for value in values.values())


if __name__ == "__main__":
    sys.exit(main())
