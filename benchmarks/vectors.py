"""From which size on a graph pays: every vector compared (float32 and int8) against HNSW, by number of vectors.

    python benchmarks/vectors.py --corpus DIR --queries dev.jsonl [--sizes 10000,20000,50000,100000]

Vectors are those of the shipped embedder, of the code below --corpus and of copies with changed words; questions are
those of the file. Recall is the share of the ten nearest by float32 that are found too. `limits.VECTORS_EXACT_MAX` is
where this says that the switch should be: the largest size at which comparing all takes less than QUERY_MS_MAX.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from documents import documents, read_queries
from measuring import note, option_parser, quantiles, resident_mb, show, times_ms

from scholiast_indexer.index import shipped_embedder
from scholiast_indexer.limits import VECTORS_EXACT_MAX
from scholiast_indexer.vectors.graph import Graph
from scholiast_indexer.vectors.matrix import VectorMatrix
from scholiast_indexer.vectors.packing import packed_vectors
from scholiast_indexer.vectors.projection import main_directions
from scholiast_indexer.workers.pool import default_size

RANKS = 10
CANDIDATES = 60
"""Neighbours that a search asks for."""
QUERIES_MAX = 300
QUERY_MS_MAX = 5.0
EMBED_BATCH = 512

Vectors = npt.NDArray[np.float32]
Nearest = Callable[[Vectors], "list[int]"]


def embedded(corpus: Path, count: int) -> Vectors:
    """Vectors `(count, dimension)` of chunks."""
    embedder = shipped_embedder()
    parts: list[Vectors] = []
    texts: list[str] = []
    for document in documents(corpus, count):
        texts.append(document.terms)
        if len(texts) == EMBED_BATCH:
            parts.append(embedder.documents(texts))
            texts = []
    if texts:
        parts.append(embedder.documents(texts))
    return np.concatenate(parts)


def compare(vectors: Vectors, questions: Vectors) -> list[dict[str, Any]]:
    """All ways to search one set of vectors."""

    def by_floats(query: Vectors) -> list[int]:
        scores = vectors @ query
        top = np.argpartition(scores, len(scores) - CANDIDATES)[-CANDIDATES:]
        return [int(place) for place in top[np.argsort(-scores[top])]]

    truth = [set(by_floats(query)[:RANKS]) for query in questions]
    rows = [_row("exact float32", by_floats, questions, truth, 0.0, vectors.nbytes / 1e6)]

    started = time.perf_counter()
    matrix = VectorMatrix.from_packed(enumerate(packed_vectors(vectors)), vectors.shape[1])
    built_s = time.perf_counter() - started
    size = matrix.size_bytes
    rows.append(_row("exact int8", lambda query: matrix.nearest(query, CANDIDATES)[0].tolist(), questions, truth,
                     built_s, size / 1e6))  # fmt: skip

    gc.collect()
    before = resident_mb()
    started = time.perf_counter()
    graph = Graph.empty(main_directions(matrix), len(matrix))
    graph.change((), matrix, default_size())
    graph.settle_recall(matrix)
    built_s = time.perf_counter() - started
    used = resident_mb() - before
    row = _row("hnsw", lambda query: _of(graph, query, matrix), questions, truth, built_s, used)
    with tempfile.TemporaryDirectory() as folder:
        graph.save(Path(folder) / "graph")
        row["file_mb"] = (Path(folder) / "graph").stat().st_size / 1e6
    return [*rows, row]


def _of(graph: Graph, query: Vectors, matrix: VectorMatrix) -> list[int]:
    found = graph.nearest(query, CANDIDATES, matrix)
    return [] if found is None else found[0].tolist()


def _row(
    name: str, nearest: Nearest, questions: Vectors, truth: list[set[int]], built_s: float, size_mb: float
) -> dict[str, Any]:
    times_ms(nearest, questions[:20])
    times = times_ms(nearest, questions)
    found = sum(
        len(expected.intersection(nearest(query)[:RANKS])) for query, expected in zip(questions, truth, strict=True)
    )
    return {
        "name": name,
        "query_ms": quantiles(times),
        "build_s": built_s,
        "recall_at_10": found / (RANKS * len(truth)),
        "memory_mb": size_mb,
    }


def switch_at(sizes: list[dict[str, Any]]) -> int:
    """The largest size at which the int8 matrix answers within QUERY_MS_MAX, between sizes by a straight line."""
    points = [(size["count"], size["ways"][1]["query_ms"]["p50"]) for size in sizes]
    slope = sum(count * ms for count, ms in points) / sum(count * count for count, _ in points)
    return int(QUERY_MS_MAX / slope)


def _table(found: dict[str, Any]) -> str:
    lines = [f"{'vectors':>8} {'way':14} {'p50 ms':>7} {'p99 ms':>7} {'build s':>8} {'recall@10':>10} {'MB':>6}"]
    for size in found["sizes"]:
        for row in size["ways"]:
            lines.append(f"{size['count']:8} {row['name']:14} {row['query_ms']['p50']:7.2f} "
                         f"{row['query_ms']['p99']:7.2f} {row['build_s']:8.2f} {row['recall_at_10']:10.3f} "
                         f"{row['memory_mb']:6.0f}")  # fmt: skip
    lines.append(f"\ncomparing all (int8) reaches {QUERY_MS_MAX:.0f} ms at {found['switch_at']} vectors; "
                 f"the automatic switch is at {found['switch_is_at']}")  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--sizes", default="10000,20000,50000,100000", metavar="N,N,…")
    arguments = parser.parse_args()
    counts = sorted(int(word) for word in arguments.sizes.split(","))
    asked = read_queries(arguments.queries)
    embedder = shipped_embedder()
    questions = np.stack([embedder.query(query) for query in asked[:: max(1, len(asked) // QUERIES_MAX)][:QUERIES_MAX]])
    note(f"embedding {counts[-1]} chunks")
    vectors = embedded(arguments.corpus, counts[-1])
    shuffled = vectors[np.random.default_rng(7).permutation(len(vectors))]
    sizes = []
    for count in counts:
        note(f"{count} vectors")
        sizes.append({"count": count, "ways": compare(np.ascontiguousarray(shuffled[:count]), questions)})
    result = {"dimension": vectors.shape[1], "sizes": sizes, "switch_at": switch_at(sizes),
              "switch_is_at": VECTORS_EXACT_MAX}  # fmt: skip
    show(result, _table, as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
