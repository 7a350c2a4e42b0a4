"""One signal's weight on and off, over repositories for which no labels are needed; must not know which signal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from scholiast_indexer.index import Index, shipped_embedder
from scholiast_indexer.search import Searcher
from scholiast_indexer.search.signals import Weights

Asked = TypeVar("Asked")
Shares = tuple[float, ...]


def options(description: str | None, asked: str, count: int) -> argparse.Namespace:
    """The command line: `asked` names what is asked for, `count` of each repository unless told otherwise."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos-dir", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument(f"--{asked}", dest="count", type=int, default=count)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def compare(
    arguments: argparse.Namespace,
    signal: str,
    find: Callable[[Index, int], Sequence[Asked]],
    share: Callable[[Searcher, Sequence[Asked]], Shares],
    columns: Mapping[str, str],
) -> int:
    """Ask each repository with the weight of a signal and without it, and print what came of it.

    Args:
        arguments: As `options` gives them.
        signal: A field of `Weights`.
        find: What to ask an index for, so many at most.
        share: How it fares, one figure for each column.
        columns: The heading of each figure, by its name in JSON.
    """
    arguments.work_dir.mkdir(parents=True, exist_ok=True)
    embedder = shipped_embedder()
    weights = Weights.of(embedder)
    tried = {"without": msgspec.structs.replace(weights, **{signal: 0.0}), "with": weights}
    found: dict[str, dict[str, Shares]] = {}
    for folder in sorted(path for path in arguments.repos_dir.iterdir() if path.is_dir()):
        with Index.open(folder, embedder, directory=arguments.work_dir / folder.name) as index:
            index.update()
            asked = find(index, arguments.count)
            with index._keeper.searching() as stores:
                parts = (stores.reader, stores.lexical, stores.vectors, stores.searched_with)
                if asked:
                    found[f"{folder.name} ({len(asked)})"] = {
                        how: share(Searcher(*parts, weighed), asked) for how, weighed in tried.items()
                    }
    if not found:
        print("no repository has anything to ask for", file=sys.stderr)
        return 2
    found["mean"] = {how: tuple(np.mean([shares[how] for shares in found.values()], axis=0).tolist()) for how in tried}
    if arguments.json:
        print(json.dumps({name: {how: dict(zip(columns, of, strict=True)) for how, of in shares.items()}
                          for name, shares in found.items()}))  # fmt: skip
        return 0
    print(f"{'':24} " + "   ".join(f"{heading:13}" for heading in columns.values()) + "   (without → with)")
    for name, shares in found.items():
        pairs = zip(shares["without"], shares["with"], strict=True)
        print(f"{name:24} " + "   ".join(f"{before:.3f} → {after:.3f}" for before, after in pairs))
    return 0
