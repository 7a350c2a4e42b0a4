"""NDCG@10 of `search` on labelled queries over real repositories.

    python benchmarks/retrieval.py --queries dev.jsonl --repos-dir DIR --scope root|full [--embedding FILE.gguf]

DIR holds one checkout per repository, named as in the queries' `repo`. Scope `root` indexes only the folder that the
labels name (as published figures do), `full` the whole repository (as an editor does). A target counts at the rank
of the first hit whose path matches and whose lines overlap, where the target has lines; binary gain, ideal
min(10, targets); the mean over a repository's queries, then over repositories.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from embedders import add_options, embedded

from scholiast_indexer.types import Hit

RANKS = 10


def ndcg(hits: list[Hit], targets: list[dict[str, Any]], prefix: str) -> float:
    """NDCG@10 of one query; `prefix` is put before hit paths to make them relative to the repository."""
    gain = 0.0
    for target in targets:
        rank = next((n for n, hit in enumerate(hits[:RANKS]) if _is_hit(hit, target, prefix)), None)
        gain += 0.0 if rank is None else 1 / math.log2(rank + 2)
    ideal = sum(1 / math.log2(n + 2) for n in range(min(RANKS, len(targets))))
    return gain / ideal if ideal else 0.0


def _is_hit(hit: Hit, target: dict[str, Any], prefix: str) -> bool:
    if prefix + hit.path != target["path"]:
        return False
    if target["start"] is None:
        return True
    return bool(hit.start_line <= target["end"] and target["start"] <= hit.end_line)


def measure_repository(queries: list[dict[str, Any]], options: argparse.Namespace) -> dict[str, Any]:
    """Index one repository and run its queries."""
    name = queries[0]["repo"]
    folder = queries[0]["root"] or "." if options.scope == "root" else "."
    prefix = "" if folder == "." else f"{folder}/"
    made = embedded(options.repos_dir / name / folder, f"{name}-{options.scope}", options)
    with made as (index, report, embedder, embed_s):
        index.search(queries[0]["query"])
        rows = []
        for query in queries:
            started = time.perf_counter()
            hits = index.search(query["query"], limit=RANKS)
            took_ms = (time.perf_counter() - started) * 1000
            rows.append({"id": query["id"], "category": query["category"], "took_ms": took_ms,
                         "ndcg": ndcg(hits, query["relevant"], prefix)})  # fmt: skip
    return {"repo": name, "files": report.files, "chunks": report.chunks, "index_s": report.seconds,
            "embedder": embedder, "embed_s": embed_s,
            "ndcg": statistics.mean(row["ndcg"] for row in rows), "queries": rows}  # fmt: skip


def summary(results: list[dict[str, Any]], scope: str) -> dict[str, Any]:
    """Means over repositories and categories, and times."""
    rows = [row for result in results for row in result["queries"]]
    categories = defaultdict(list)
    for row in rows:
        categories[row["category"]].append(row["ndcg"])
    times = sorted(row["took_ms"] for row in rows)
    return {
        "scope": scope,
        "ndcg_at_10": statistics.mean(result["ndcg"] for result in results),
        "by_category": {name: statistics.mean(values) for name, values in sorted(categories.items())},
        "by_repository": {result["repo"]: result["ndcg"] for result in results},
        "embedder": results[0]["embedder"],
        "index_s": sum(result["index_s"] for result in results),
        "embed_s": sum(result["embed_s"] for result in results),
        "chunks": sum(result["chunks"] for result in results),
        "query_p50_ms": times[len(times) // 2],
        "query_p95_ms": times[int(len(times) * 0.95)],
        "queries": {row["id"]: row["ndcg"] for row in rows},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--repos-dir", type=Path, required=True)
    parser.add_argument("--scope", choices=("root", "full"), default="root")
    parser.add_argument("--json", action="store_true")
    add_options(parser)
    arguments = parser.parse_args()
    by_repository: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in arguments.queries.read_text("utf-8").splitlines():
        query = json.loads(line)
        by_repository[query["repo"]].append(query)
    results = []
    for name, queries in by_repository.items():
        if not (arguments.repos_dir / name).is_dir():
            print(f"{name}: no checkout under {arguments.repos_dir}; left out", file=sys.stderr)
            continue
        results.append(measure_repository(queries, arguments))
        print(f"{name:20} {results[-1]['ndcg']:.3f}  {results[-1]['index_s']:.2f} s", file=sys.stderr)
    if not results:
        print("no repository of the queries is there", file=sys.stderr)
        return 2
    found = summary(results, arguments.scope)
    print(json.dumps(found, indent=2) if arguments.json else _table(found))
    return 0


def _table(found: dict[str, Any]) -> str:
    lines = [f"{name:20} {value:.4f}" for name, value in found["by_repository"].items()]
    lines += ["", *(f"{name:20} {value:.4f}" for name, value in found["by_category"].items()), ""]
    lines.append(f"NDCG@10 ({found['scope']})      {found['ndcg_at_10']:.4f} with {found['embedder']}")
    lines.append(f"index {found['index_s']:.1f} s, {found['chunks']} chunks, vectors {found['embed_s']:.1f} s")
    lines.append(f"query p50 {found['query_p50_ms']:.2f} ms, p95 {found['query_p95_ms']:.2f} ms")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
