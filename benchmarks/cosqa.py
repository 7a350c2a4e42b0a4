"""NDCG@10 of `search` on questions that people typed into a web search, each with one right Python function.

    python benchmarks/cosqa.py --corpus corpus.jsonl --queries dev.jsonl [--embedding FILE.gguf] [--json]

One function of the corpus (`{"id", "code"}`) is one file of the index; a query (`{"query", "relevant"}`) names the
id of its function.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from embedders import add_options, embedded

RANKS = 10


def lay_out(corpus: Path, folder: Path) -> None:
    """Write each function as a file named by its id."""
    for line in corpus.read_text("utf-8").splitlines():
        document = json.loads(line)
        (folder / f"{document['id']}.py").write_text(document["code"], "utf-8")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Index the corpus and run the queries."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(options.corpus, Path(folder))
        with embedded(Path(folder), "cosqa", options) as (index, report, embedder, embed_s):
            scores, times_ms = [], []
            for line in options.queries.read_text("utf-8").splitlines():
                query = json.loads(line)
                started = time.perf_counter()
                hits = index.search(query["query"], limit=RANKS)
                times_ms.append((time.perf_counter() - started) * 1000)
                found = [hit.path.removesuffix(".py") for hit in hits]
                wanted = str(query["relevant"])
                scores.append(1 / math.log2(found.index(wanted) + 2) if wanted in found else 0.0)
    times_ms.sort()
    return {
        "ndcg_at_10": statistics.mean(scores),
        "queries": len(scores),
        "chunks": report.chunks,
        "embedder": embedder,
        "index_s": report.seconds,
        "embed_s": embed_s,
        "query_p50_ms": times_ms[len(times_ms) // 2],
        "query_p95_ms": times_ms[int(len(times_ms) * 0.95)],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    add_options(parser)
    arguments = parser.parse_args()
    found = measure(arguments)
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        print(f"NDCG@10 {found['ndcg_at_10']:.4f} over {found['queries']} questions with {found['embedder']}; "
              f"index {found['index_s']:.1f} s, {found['chunks']} chunks, vectors {found['embed_s']:.1f} s; "
              f"query p50 {found['query_p50_ms']:.2f} ms")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
