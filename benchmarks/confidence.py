"""Whether answers are given to what the code answers, and to nothing else.

    python benchmarks/confidence.py --queries dev.jsonl --repos-dir DIR --work-dir DIR

Each repository is asked its own labelled questions, some of the other repositories (a few of which it answers as well:
retries and routes are in many), and questions about things that none of them has. Counted is how many of each get an
answer, and what smallest evidence (`confidence.EVIDENCE_MIN`) would give one to that share of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from measuring import note, option_parser, show

from scholiast_indexer.index import Index
from scholiast_server.answering.confidence import EVIDENCE_MIN, assess

GROUPS = ("own", "other", "absent")
OTHERS = 20
SHARES = (0.99, 0.98, 0.97, 0.95, 0.9)
SUBJECT_SEED = 3
ABSENT = (
    "where are payments charged to a credit card?",
    "how is the kafka consumer started?",
    "which database stores the results?",
    "how are PDF reports rendered?",
    "where are emails sent to users?",
    "how does the GraphQL resolver work?",
    "how are database migrations applied?",
    "where is the neural network trained?",
    "how is the video stream encoded?",
    "where are invoices generated?",
    "how does the shopping cart compute totals?",
    "where is the docker container started?",
    "how are passwords hashed with bcrypt?",
    "what does the blockchain wallet do?",
    "how are images resized?",
    "where are push notifications delivered?",
    "how does the spell checker suggest words?",
    "how is the leader elected in the cluster?",
    "where are translations loaded for each locale?",
    "how are GPU shaders compiled?",
    "where is the temperature sensor read?",
    "how are chess moves evaluated?",
    "how does the recommendation engine rank products?",
    "where are user avatars uploaded?",
    "how are calendar events synchronized?",
    "what calculates the sales tax?",
    "how is the audio mixed?",
    "where are satellite orbits predicted?",
    "how does the map show the route to a restaurant?",
    "which class represents a bank account?",
)


class Asked(NamedTuple):
    """One question, and what was made of it."""

    group: str
    """One of GROUPS."""
    is_strong: bool
    evidence: float


def questions(queries: Path) -> dict[str, tuple[str, list[str]]]:
    """Folder and questions of each repository; names alone are no questions."""
    folders: dict[str, str] = {}
    asked: dict[str, list[str]] = defaultdict(list)
    for line in queries.read_text("utf-8").splitlines():
        row = json.loads(line)
        folders[row["repo"]] = row["root"] or "."
        if row["category"] != "symbol":
            asked[row["repo"]].append(row["query"])
    return {name: (folders[name], rows) for name, rows in asked.items()}


def measure(name: str, known: dict[str, tuple[str, list[str]]], repos: Path, work: Path) -> Iterator[Asked]:
    """All questions to one repository."""
    folder, own = known[name]
    foreign = [question for other, (_, rows) in sorted(known.items()) if other != name for question in rows]
    groups = {"own": own, "other": random.Random(SUBJECT_SEED).sample(foreign, OTHERS), "absent": list(ABSENT)}
    directory = work / f"{name}-root"
    directory.mkdir(parents=True, exist_ok=True)
    with Index.open(repos / name / folder, directory=directory) as index:
        index.update()
        for group, rows in groups.items():
            for question in rows:
                found = assess(question, index.search(question), index.document_frequency)
                yield Asked(group, found.level == "strong", found.coverage + found.similarity)


def summary(asked: list[Asked]) -> dict[str, Any]:
    groups = {group: [one for one in asked if one.group == group] for group in GROUPS}
    evidence = {group: np.array([one.evidence for one in rows]) for group, rows in groups.items()}
    limits = []
    for share in SHARES:
        least = float(np.quantile(evidence["own"], 1 - share))
        limits.append({"least": least, **{group: float((found >= least).mean()) for group, found in evidence.items()}})
    return {
        "questions": {group: len(rows) for group, rows in groups.items()},
        "least": EVIDENCE_MIN,
        "answered": {group: float(np.mean([one.is_strong for one in rows])) for group, rows in groups.items()},
        "limits": limits,
    }


def _table(found: dict[str, Any]) -> str:
    rows = [f"{'least evidence':>15} {'own':>7} {'other':>7} {'absent':>7}"]
    for limit in ({"least": found["least"], **found["answered"]}, *found["limits"]):
        rows.append(f"{limit['least']:>15.3f} {limit['own']:>7.3f} {limit['other']:>7.3f} {limit['absent']:>7.3f}")
    return "\n".join(rows)


def main() -> int:
    parser: argparse.ArgumentParser = option_parser(__doc__)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--repos-dir", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True, help="where indexes are kept")
    arguments = parser.parse_args()
    known = questions(arguments.queries)
    asked: list[Asked] = []
    for name in sorted(known):
        asked += measure(name, known, arguments.repos_dir, arguments.work_dir)
        note(f"{name}: {len(asked)} questions so far")
    show(summary(asked), _table, as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
