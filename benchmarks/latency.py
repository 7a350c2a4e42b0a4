"""Query times, memory, room on disk and freshness of an index of 100,000 chunks, or of as many as are asked for.

    python benchmarks/latency.py --corpus DIR --queries dev.jsonl --work-dir DIR [--chunks 100000]

The code below --corpus is copied with changed names until there are enough chunks, and indexed into --work-dir; a
later call finds it there. Each kind of vector search is measured in a process of its own: opening and the first query,
then queries of the file (one JSON object with `query` a line), resident memory, what each part takes on disk, and how
long after a file has changed its new name is found.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import sqlite3
import string
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from corpora import code_files, copies, lay_out
from measuring import note, option_parser, percentile, quantiles, resident_mb, run_process, show, spread, times_ms

from scholiast_indexer.index import Index
from scholiast_indexer.inspection.status import size_bytes
from scholiast_indexer.vectors import VectorMode

QUERIES_MAX = 400
CHANGES = 20
PART_BYTES_MIN = 1_000_000
"""Smaller parts are not listed."""
SPARE = 1.03
"""More is laid out than seems to be needed: copies have longer names."""
MODES: tuple[VectorMode, ...] = ("exact", "hnsw")


def prepare(corpus: Path, work_dir: Path, chunks: int) -> None:
    """An index of that many chunks in `work_dir`, unless one is there."""
    code, done = work_dir / "code", work_dir / f"{chunks}.json"
    if done.exists():
        with Index.open(code, directory=work_dir / "index") as index:
            index.update()  # one that other features wrote has nothing left but what changed since
        return
    shutil.rmtree(work_dir, ignore_errors=True)
    files = code_files(corpus)
    started = time.perf_counter()
    with Index.open(_made(code), directory=_made(work_dir / "index")) as index:
        size = lay_out(files, code)
        first = index.update().chunks
        missing = int(size * SPARE * max(0, chunks - first) / first)
        note(f"{first} chunks of {size / 1e6:.0f} MB; {missing / 1e6:.0f} MB of changed copies follow")
        for file in islice(copies(files), len(files), None):
            if missing <= 0:
                break
            missing -= lay_out([file], code)
        report = index.update()
    if report.chunks < chunks:
        raise SystemExit(f"only {report.chunks} chunks came of {size / 1e6:.0f} MB and its copies")
    done.write_text(json.dumps({"chunks": report.chunks, "seconds": time.perf_counter() - started}))


def measure(work_dir: Path, queries: list[str], mode: VectorMode) -> dict[str, Any]:
    """One kind of vector search, in this process."""
    started = time.perf_counter()
    index = Index.open(work_dir / "code", directory=work_dir / "index", vectors=mode)
    opened_ms = (time.perf_counter() - started) * 1000
    with index:
        index.search(queries[0])
        first_ms = (time.perf_counter() - started) * 1000
        index.warm()
        warmed_ms = (time.perf_counter() - started) * 1000
        times_ms(index.search, queries[: len(queries) // 4])
        found = times_ms(index.search, queries)
        memory = {"resident_mb": resident_mb(), "peak_mb": resident_mb(field="VmHWM")}
        freshness = measure_changes(index)
        status = index.status()
    return {
        "vectors": status.vectors,
        "chunks": status.chunks,
        "on_disk_mb": status.size_bytes / 1e6,
        "parts_mb": parts_mb(work_dir / "index"),
        "open_ms": opened_ms,
        "first_query_ms": first_ms,
        "warm_ms": warmed_ms,
        "query_ms": quantiles(found),
        "slowest": sorted(zip(found, queries, strict=True), reverse=True)[:5],
        **memory,
        **freshness,
        "resident_after_changes_mb": resident_mb(),
    }


def parts_mb(directory: Path) -> dict[str, float]:
    """What each part of an index takes: its files and folders, and the tables of its database with their indexes."""
    parts = {entry.name: size_bytes(entry) if entry.is_dir() else entry.stat().st_size for entry in directory.iterdir()}
    with contextlib.closing(sqlite3.connect(f"{(directory / 'index.db').as_uri()}?mode=ro", uri=True)) as database:
        tables = dict(database.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    named = {**parts, **{f"index.db: {name}": size for name, size in tables.items()}}
    return {
        name: size / 1e6 for name, size in sorted(named.items(), key=lambda part: -part[1]) if size > PART_BYTES_MIN
    }


def measure_changes(index: Index) -> dict[str, Any]:
    """Change one file after another; each gets a new function, which a search for its name has to find."""
    paths = [path for path in index.paths() if path.endswith(".py")]
    step = max(1, len(paths) // CHANGES)
    updates, searchable = [], []
    for path in paths[::step][:CHANGES]:
        place = index.root / path
        before = place.read_bytes()
        name = "".join(random.choices(string.ascii_lowercase, k=16))
        place.write_bytes(before + f"\n\ndef {name}(first, second):\n    return first + second\n".encode())
        started = time.perf_counter()
        index.update_paths([path])
        updates.append((time.perf_counter() - started) * 1000)
        hits = index.search(name)
        searchable.append((time.perf_counter() - started) * 1000)
        if path not in [hit.path for hit in hits]:
            raise SystemExit(f"{path} was changed, but its new name is not found")
        place.write_bytes(before)
        index.update_paths([path])
    return {"update_ms": spread(updates), "searchable_ms": {**spread(searchable), "p90": percentile(searchable, 0.9)}}


def _measure_apart(arguments: argparse.Namespace, mode: str) -> dict[str, Any]:
    note(f"measuring with {mode} vectors")
    options = {"--corpus": arguments.corpus, "--queries": arguments.queries, "--work-dir": arguments.work_dir,
               "--chunks": arguments.chunks, "--only": mode}  # fmt: skip
    words = [str(word) for option in options.items() for word in option]
    result: dict[str, Any] = json.loads(run_process([sys.executable, __file__, *words]).output)
    return result


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _table(found: dict[str, Any]) -> str:
    modes = found["modes"]
    rows: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
        ("vectors", lambda mode: mode["vectors"]),
        ("chunks", lambda mode: mode["chunks"]),
        ("on disk, MB", lambda mode: f"{mode['on_disk_mb']:.0f}"),
        ("open, ms", lambda mode: f"{mode['open_ms']:.0f}"),
        ("open and first query, ms", lambda mode: f"{mode['first_query_ms']:.0f}"),
        ("warm after, ms", lambda mode: f"{mode['warm_ms']:.0f}"),
        ("query p50, ms", lambda mode: f"{mode['query_ms']['p50']:.2f}"),
        ("query p99, ms", lambda mode: f"{mode['query_ms']['p99']:.2f}"),
        ("resident, MB", lambda mode: f"{mode['resident_mb']:.0f}"),
        ("peak, MB", lambda mode: f"{mode['peak_mb']:.0f}"),
        ("one file updated, ms", lambda mode: f"{mode['update_ms']['median']:.0f}"),
        ("and found, ms", lambda mode: f"{mode['searchable_ms']['median']:.0f}"),
        ("resident after 40 updates, MB", lambda mode: f"{mode['resident_after_changes_mb']:.0f}"),
    ]
    lines = [f"{name:30} " + " ".join(f"{value(mode):>9}" for mode in modes) for name, value in rows]
    parts = [f"  {name:35} {size:7.1f}" for name, size in modes[-1]["parts_mb"].items()]
    return "\n".join([*lines, "", f"on disk with {modes[-1]['vectors']}, MB", *parts])


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True, help="made once and kept: 500 MB for 100,000 chunks")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--only", choices=MODES, help="measure this one in this process and print JSON")
    arguments = parser.parse_args()
    if arguments.only is None:
        prepare(arguments.corpus, arguments.work_dir, arguments.chunks)
        built = json.loads((arguments.work_dir / f"{arguments.chunks}.json").read_text())
        result = {"built": built, "modes": [_measure_apart(arguments, mode) for mode in MODES]}
        show(result, _table, as_json=arguments.json)
        return 0
    lines = arguments.queries.read_text("utf-8").splitlines()
    step = max(1, len(lines) // QUERIES_MAX)
    queries = [str(json.loads(line)["query"]) for line in lines[::step][:QUERIES_MAX]]
    print(json.dumps(measure(arguments.work_dir, queries, arguments.only)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
