"""Seconds of an index run on 20,000 files of which none changed, as a whole process.

    python benchmarks/second_run.py [--files 20000] [--runs 9]

A git repository of small Python files is generated and indexed once; then it is indexed again and again. The first of
these runs, which may still look at files that were written shortly before they were read, is told apart.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from measuring import note, option_parser, run_process, show, spread

FILES_PER_FOLDER = 40
_MODULE = '''"""Handles the orders of region {number}."""

from regions import Region, register


class Region{number}(Region):
    """Region {number}, whose orders are shipped from depot {depot}."""

    depot = {depot}

    def ship_{number}(self, order: str) -> int:
        """Send an order on its way and return its number."""
        return self.book(order, self.depot + {number})


register(Region{number}())
'''


def generate(folder: Path, files: int) -> None:
    """A repository with that many modules, all committed."""
    for number in range(files):
        place = folder / f"area{number // (FILES_PER_FOLDER * 25)}" / f"part{number // FILES_PER_FOLDER}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"region_{number}.py").write_text(_MODULE.format(number=number, depot=number % 97))
    git = ["git", "-C", str(folder), "-c", "user.name=b", "-c", "user.email=b@localhost", "-c", "gc.auto=0"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *arguments], check=True, stdout=subprocess.DEVNULL)


def measure(files: int, runs: int) -> dict[str, Any]:
    """Index once, then again with nothing changed."""
    with tempfile.TemporaryDirectory() as place:
        root, directory = Path(place) / "repository", Path(place) / "index"
        note(f"generating {files} files")
        generate(root, files)
        command = [sys.executable, "-m", "scholiast_server", "index", "--json", "--root", str(root)]
        environment = {"SCHOLIAST_INDEX_DIR": str(directory)}
        first = run_process(command, environment)
        note(f"first run {first.wall_s:.1f} s")
        after = run_process(command, environment)
        again = [run_process(command, environment) for _ in range(runs)]
    report = json.loads(again[-1].output)
    if report["files"] != files:
        raise SystemExit(f"{report['files']} files were indexed, not {files}")
    return {
        "files": report["files"],
        "chunks": report["chunks"],
        "first_s": first.wall_s,
        "right_after_s": after.wall_s,
        "again_s": spread([usage.wall_s for usage in again]),
        "again_cpu_s": spread([usage.cpu_s for usage in again]),
        "again_peak_mb": max(usage.peak_mb for usage in again),
    }


def _table(found: dict[str, Any]) -> str:
    again, cpu = found["again_s"], found["again_cpu_s"]
    return (
        f"{found['files']} files, {found['chunks']} chunks\n"
        f"first run         {found['first_s']:6.2f} s\n"
        f"right after it    {found['right_after_s']:6.2f} s\n"
        f"nothing changed   {again['median']:6.2f} s ({again['min']:.2f}-{again['max']:.2f}), "
        f"processor {cpu['median']:.2f} s, peak {found['again_peak_mb']:.0f} MB"
    )


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    show(measure(arguments.files, arguments.runs), _table, as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
