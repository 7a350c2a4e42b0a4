"""Seconds of short commands as whole processes: `--help`, and `search` on an index that is up to date.

    python benchmarks/startup.py --corpus DIR [--runs 15]

DIR is copied and indexed once; `python -c pass` beside them is what the interpreter alone takes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from measuring import Usage, note, option_parser, run_process, show, spread


def measure(corpus: Path, query: str, runs: int) -> dict[str, Any]:
    """Everyone in turns, after one turn that does not count."""
    with tempfile.TemporaryDirectory() as place:
        root, directory = Path(place) / "code", Path(place) / "index"
        shutil.copytree(corpus, root, symlinks=True)
        environment = {"SCHOLIAST_INDEX_DIR": str(directory)}
        scholiast = [sys.executable, "-m", "scholiast_server"]
        run_process([*scholiast, "index", "--root", str(root)], environment)
        commands = {
            "python alone": [sys.executable, "-c", "pass"],
            "scholiast --help": [*scholiast, "--help"],
            "scholiast search": [*scholiast, "search", query, "--root", str(root)],
            "scholiast search --json": [*scholiast, "search", query, "--root", str(root), "--json"],
            "scholiast status": [*scholiast, "status", "--root", str(root)],
        }
        found: dict[str, list[Usage]] = {name: [] for name in commands}
        for number in range(runs + 1):
            note(f"turn {number}/{runs}")
            for name, command in commands.items():
                usage = run_process(command, environment)
                if number:
                    found[name].append(usage)
    return {
        "commands": {
            name: {
                "wall_s": spread([usage.wall_s for usage in usages]),
                "cpu_s": spread([usage.cpu_s for usage in usages]),
                "peak_mb": max(usage.peak_mb for usage in usages),
            }
            for name, usages in found.items()
        }
    }


def _table(found: dict[str, Any]) -> str:
    lines = [f"{'':25} {'median s':>9} {'least':>6} {'most':>6} {'cpu s':>6} {'peak MB':>8}"]
    for name, row in found["commands"].items():
        wall = row["wall_s"]
        lines.append(f"{name:25} {wall['median']:9.3f} {wall['min']:6.3f} {wall['max']:6.3f} "
                     f"{row['cpu_s']['median']:6.3f} {row['peak_mb']:8.0f}")  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="a repository")
    parser.add_argument("--query", default="how are routes registered")
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    show(measure(arguments.corpus, arguments.query, arguments.runs), _table, as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
