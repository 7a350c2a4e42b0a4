"""Does the message of an error lead to the code that has it?

    python benchmarks/messages.py --repos-dir CODE --work-dir DIR [--messages N] [--json]

No labels are needed: messages that source code raises, throws or logs in one file alone are asked for as whoever meets
them would copy them (N of each repository at most, drawn by their spelling), with what is filled in filled in, with the
weight of messages and without it. Indexes are kept in DIR.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from scholiast_indexer.index import Index, shipped_embedder
from scholiast_indexer.search import Searcher
from scholiast_indexer.search.places import place_of
from scholiast_indexer.search.signals import Weights

RANKS = 10
WORDS_MIN = 4
FILLED_MAX = 2
_TOLD = re.compile(
    r"(?:raise|throw|panic!?|Error|Exception|errors\.New|fail|abort|warn|log\w*|fatal|Errorf|bail!|anyhow!)"
    r"[^\n\"'`]{0,60}([\"'`])((?:(?!\1)[^\\\n]){16,160})\1"
)
_FILLED = re.compile(r"[#$]?\{[^}]*\}|%[-\w.]+")
_FILLINGS = ("foo", "42", "user.name", "/tmp/x")


class Told(NamedTuple):
    """A message as it is shown, and the one file whose code has it."""

    text: str
    path: str


class Share(NamedTuple):
    """Of the messages that were asked for."""

    ndcg_at_10: float
    first: float


def messages_of(index: Index, limit: int) -> list[Told]:
    """Messages in the source code of an index, in an order that says nothing about them."""
    found = defaultdict[str, set[str]](set)
    for path in index.paths():
        if place_of(path) == "source":
            text = (index.read(path) or b"").decode("utf-8", "replace")
            for _, message in _TOLD.findall(text):
                words = re.findall(r"[A-Za-z]+", _FILLED.sub("", message))
                if len(words) >= WORDS_MIN and len(_FILLED.findall(message)) <= FILLED_MAX:
                    found[message].add(path)
    alone = [(text, path) for text, paths in found.items() if len(paths) == 1 for path in paths]
    alone.sort(key=lambda told: (_drawn(told[0]), told))
    return [Told(_shown(text), path) for text, path in alone[:limit]]


def _drawn(message: str) -> int:
    return zlib.crc32(message.encode())


def _shown(message: str) -> str:
    return _FILLED.sub(_FILLINGS[_drawn(message) % len(_FILLINGS)], message)


def share(searcher: Searcher, messages: Sequence[Told]) -> Share:
    """How the messages fare with these weights."""
    rows = []
    for message in messages:
        paths = [hit.path for hit in searcher.search(message.text, RANKS)]
        rank = paths.index(message.path) if message.path in paths else None
        rows.append((0.0 if rank is None else 1 / np.log2(rank + 2), rank == 0))
    return Share(*np.mean(np.array(rows, float), axis=0).tolist())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos-dir", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--messages", type=int, default=12)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    arguments.work_dir.mkdir(parents=True, exist_ok=True)
    embedder = shipped_embedder()
    weights = Weights.of(embedder)
    tried = {"without": msgspec.structs.replace(weights, message=0.0), "with": weights}
    found: dict[str, dict[str, Share]] = {}
    for folder in sorted(path for path in arguments.repos_dir.iterdir() if path.is_dir()):
        with Index.open(folder, embedder, directory=arguments.work_dir / folder.name) as index:
            index.update()
            messages = messages_of(index, arguments.messages)
            with index._keeper.searching() as stores:
                parts = (stores.reader, stores.lexical, stores.vectors, stores.serving)
                if messages:
                    found[f"{folder.name} ({len(messages)})"] = {
                        how: share(Searcher(*parts, tried_weights), messages) for how, tried_weights in tried.items()
                    }
    if not found:
        print("no repository tells anything", file=sys.stderr)
        return 2
    means = {how: Share(*np.mean([shares[how] for shares in found.values()], axis=0).tolist()) for how in tried}
    found["mean"] = means
    if arguments.json:
        print(json.dumps({name: {how: of._asdict() for how, of in shares.items()} for name, shares in found.items()}))
        return 0
    print(f"{'':24} NDCG@10          first            (without → with)")
    for name, shares in found.items():
        columns = zip(shares["without"], shares["with"], strict=True)
        print(f"{name:24} " + "   ".join(f"{before:.3f} → {after:.3f}" for before, after in columns))
    return 0


if __name__ == "__main__":
    sys.exit(main())
