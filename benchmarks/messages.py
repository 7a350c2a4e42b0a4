"""Does the message of an error lead to the code that has it?

    python benchmarks/messages.py --repos-dir CODE --work-dir DIR [--messages N] [--json]

No labels are needed: messages that source code raises, throws or logs in one file alone are asked for as whoever meets
them would copy them (N of each repository at most, drawn by their spelling), with what is filled in filled in, with the
weight of messages and without it. Indexes are kept in DIR.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from weighed import compare, options

from scholiast_indexer.index import Index
from scholiast_indexer.search import Searcher
from scholiast_indexer.search.places import place_of

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
    columns = {"ndcg_at_10": "NDCG@10", "first": "first"}
    return compare(options(__doc__, "messages", 12), "message", messages_of, share, columns)


if __name__ == "__main__":
    sys.exit(main())
