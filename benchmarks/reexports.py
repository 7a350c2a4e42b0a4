"""Does a name lead to its definition first, and to the public place that passes it on next?

    python benchmarks/reexports.py --repos-dir CODE --work-dir DIR [--names N] [--json]

No labels are needed: each name that source code of a repository both defines and re-exports is asked for (N of each
repository at most, drawn by its spelling), with the weight of re-exports and without it. Indexes are kept in DIR.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.index import Index, shipped_embedder
from scholiast_indexer.search import Searcher
from scholiast_indexer.search.places import place_of
from scholiast_indexer.search.signals import Weights

RANKS = 10


class Named(NamedTuple):
    """A name, and the files of source code that define it and that pass it on."""

    name: str
    defined_in: frozenset[str]
    passed_on_in: frozenset[str]


class Share(NamedTuple):
    """Shares of the names that were asked for."""

    definition_first: float
    definition_reciprocal_rank: float
    reexport_among_ten: float


def names_of(catalog: Catalog, limit: int) -> list[Named]:
    """Names that are both defined and passed on, in an order that says nothing about them."""
    defined, passed_on = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for blob_id, path, _ in catalog.blob_places():
        if place_of(path) == "source":
            outline = catalog.outline(blob_id)
            for symbol in outline.symbols:
                defined[symbol.name].add(path)
            for reexport in outline.reexports:
                passed_on[reexport.name].add(path)
    both = sorted(defined.keys() & passed_on.keys(), key=lambda name: (zlib.crc32(name.encode()), name))
    return [Named(name, frozenset(defined[name]), frozenset(passed_on[name])) for name in both[:limit]]


def share(searcher: Searcher, names: Sequence[Named]) -> Share:
    """How the names fare with these weights."""
    rows = []
    for name in names:
        paths = [hit.path for hit in searcher.search(name.name, RANKS)]
        rank = _rank(paths, name.defined_in)
        rows.append((rank == 0, 0.0 if rank is None else 1 / (rank + 1), _rank(paths, name.passed_on_in) is not None))
    return Share(*np.mean(np.array(rows, float), axis=0).tolist())


def _rank(paths: Sequence[str], wanted: Collection[str]) -> int | None:
    return next((rank for rank, path in enumerate(paths) if path in wanted), None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos-dir", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--names", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    arguments.work_dir.mkdir(parents=True, exist_ok=True)
    embedder = shipped_embedder()
    weights = Weights.of(embedder)
    tried = {"without": msgspec.structs.replace(weights, reexport=0.0), "with": weights}
    found: dict[str, dict[str, Share]] = {}
    for folder in sorted(path for path in arguments.repos_dir.iterdir() if path.is_dir()):
        with Index.open(folder, embedder, directory=arguments.work_dir / folder.name) as index:
            index.update()
            with index._keeper.searching() as stores:
                names = names_of(stores.reader, arguments.names)
                parts = (stores.reader, stores.lexical, stores.vectors, stores.serving)
                if names:
                    found[f"{folder.name} ({len(names)})"] = {
                        how: share(Searcher(*parts, tried_weights), names) for how, tried_weights in tried.items()
                    }
    if not found:
        print("no repository passes names on", file=sys.stderr)
        return 2
    means = {how: Share(*np.mean([shares[how] for shares in found.values()], axis=0).tolist()) for how in tried}
    found["mean"] = means
    if arguments.json:
        print(json.dumps({name: {how: of._asdict() for how, of in shares.items()} for name, shares in found.items()}))
        return 0
    print(f"{'':24} definition first   its MRR@10       re-export@10    (without → with)")
    for name, shares in found.items():
        columns = zip(shares["without"], shares["with"], strict=True)
        print(f"{name:24} " + "   ".join(f"{before:.3f} → {after:.3f}" for before, after in columns))
    return 0


if __name__ == "__main__":
    sys.exit(main())
