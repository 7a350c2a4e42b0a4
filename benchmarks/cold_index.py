"""Seconds to index code that was never seen, as a whole process, beside semble in turns.

    python benchmarks/cold_index.py --corpus DIR [--runs 5] [--peer]

The source files below DIR are copied into a folder of their own, so that all index the same bytes. Each run is a
fresh interpreter that writes a fresh index; the others keep theirs in memory. In each round everyone runs once, and
the ratios are taken within rounds, so that a busy machine slows all alike. `--peer` needs `pip install semble==0.7.0`.
"""

from __future__ import annotations

import compileall
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from corpora import code_files, lay_out
from measuring import Usage, note, option_parser, run_process, show, spread

_BY_API = """
import json, sys, scholiast_indexer
with scholiast_indexer.open_index(sys.argv[1]) as index:
    report = index.update()
print(json.dumps({"files": report.files, "chunks": report.chunks}))
"""
_PEER = Path(__file__).with_name("peer_semble.py")


class Contender(NamedTuple):
    """Someone who indexes the corpus."""

    name: str
    command: Callable[[], list[str]]
    environment: Callable[[], dict[str, str]]


def ours(corpus: Path, scratch: Path, *, by_api: bool) -> Contender:
    """Scholiast through its command line, or through the Python API alone."""
    command = [sys.executable, "-c", _BY_API, str(corpus)]
    if not by_api:
        command = [sys.executable, "-m", "scholiast_server", "index", "--json", "--root", str(corpus)]

    def environment() -> dict[str, str]:
        return {"SCHOLIAST_INDEX_DIR": tempfile.mkdtemp(dir=scratch)}

    return Contender("scholiast", lambda: command, environment)


def compile_own() -> None:
    """Bytecode of our packages, as pip makes it of what it installs: where Python may write none, as containers often
    have it, each process of a checkout would compile .3 s of source anew."""
    for package in ("scholiast_indexer", "scholiast_server"):
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            compileall.compile_dir(folder, quiet=1)


def peers(corpus: Path, scratch: Path) -> list[Contender]:
    """semble as it comes, with two workers, and both without vectors."""
    model = scratch / "model"
    note("making a model for semble")
    run_process([sys.executable, str(_PEER), str(corpus), "--make-model", str(model)])
    command = [sys.executable, str(_PEER), str(corpus), "--model", str(model)]

    def environment(workers: str) -> Callable[[], dict[str, str]]:
        return lambda: {"SEMBLE_INDEX_WORKERS": workers, "HF_HUB_OFFLINE": "1",
                        "SEMBLE_CACHE_LOCATION": tempfile.mkdtemp(dir=scratch)}  # fmt: skip

    bm25 = [*command, "--without-vectors"]
    return [
        Contender("semble", lambda: command, environment("0")),
        Contender("semble, 2 workers", lambda: command, environment("2")),
        Contender("semble, BM25 alone", lambda: bm25, environment("0")),
        Contender("semble, BM25 alone, 2 workers", lambda: bm25, environment("2")),
    ]


def measure(contenders: list[Contender], runs: int) -> dict[str, list[Usage]]:
    """All runs of everyone, in turns."""
    found: dict[str, list[Usage]] = {contender.name: [] for contender in contenders}
    for number in range(runs):
        for contender in contenders:
            usage = run_process(contender.command(), contender.environment())
            found[contender.name].append(usage)
            note(f"{number + 1}/{runs} {contender.name:30} {usage.wall_s:6.2f} s, processor {usage.cpu_s:6.2f} s")
    return found


def summary(found: dict[str, list[Usage]], files: int, size: int) -> dict[str, Any]:
    """Speed, memory and what was indexed; for the others also how many times our speed is theirs."""
    own = found["scholiast"]
    rows: list[dict[str, Any]] = []
    for name, usages in found.items():
        walls = [usage.wall_s for usage in usages]
        row = {
            "name": name,
            "mb_per_s": size / 1e6 / statistics.median(walls),
            "wall_s": spread(walls),
            "cpu_s": spread([usage.cpu_s for usage in usages]),
            "peak_mb": max(usage.peak_mb for usage in usages),
            **{key: json.loads(usages[-1].output)[key] for key in ("files", "chunks")},
        }
        if name != "scholiast":
            pairs = [theirs.wall_s / mine.wall_s for theirs, mine in zip(usages, own, strict=True)]
            row["times_faster"] = spread(pairs)
            row["times_faster_by_medians"] = statistics.median(walls) / rows[0]["wall_s"]["median"]
            row["times_less_processor"] = statistics.median(
                theirs.cpu_s / mine.cpu_s for theirs, mine in zip(usages, own, strict=True)
            )
        rows.append(row)
    return {"files": files, "mb": size / 1e6, "contenders": rows}


def _table(found: dict[str, Any]) -> str:
    lines = [f"{found['files']} files, {found['mb']:.1f} MB of source",
             f"{'':30} {'MB/s':>6} {'wall s':>7} {'cpu s':>7} {'peak MB':>8} {'files':>6} {'chunks':>7}   "
             "scholiast is … times as fast (least-most; by medians; processor)"]  # fmt: skip
    for row in found["contenders"]:
        line = (f"{row['name']:30} {row['mb_per_s']:6.2f} {row['wall_s']['median']:7.2f} {row['cpu_s']['median']:7.2f} "
                f"{row['peak_mb']:8.0f} {row['files']:6} {row['chunks']:7}")  # fmt: skip
        if "times_faster" in row:
            times = row["times_faster"]
            line += (f"   {times['median']:.2f} ({times['min']:.2f}-{times['max']:.2f}; "
                     f"{row['times_faster_by_medians']:.2f}; {row['times_less_processor']:.2f})")  # fmt: skip
        lines.append(line)
    return "\n".join(lines)


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="a folder with code, for example of repositories")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer", action="store_true", help="measure semble too")
    parser.add_argument("--by-api", action="store_true", help="call the Python API, not the command line")
    arguments = parser.parse_args()
    compile_own()
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        corpus = scratch / "corpus"
        files = code_files(arguments.corpus)
        size = lay_out(files, corpus)
        contenders = [ours(corpus, scratch, by_api=arguments.by_api)]
        contenders += peers(corpus, scratch) if arguments.peer else []
        result = summary(measure(contenders, arguments.runs), len(files), size)
    show(result, _table, as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
