"""Does a name lead to its definition first, and to the public place that passes it on next?

    python benchmarks/reexports.py --repos-dir CODE --work-dir DIR [--names N] [--json]

No labels are needed: each name that source code of a repository both defines and re-exports is asked for (N of each
repository at most, drawn by its spelling), with the weight of re-exports and without it. Indexes are kept in DIR.
"""

from __future__ import annotations

import sys
import zlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from weighed import compare, options

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.index import Index
from scholiast_indexer.search import Searcher
from scholiast_indexer.search.places import place_of

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


def names_of(index: Index, limit: int) -> list[Named]:
    """Names that are both defined and passed on, in an order that says nothing about them."""
    with index._keeper.reading() as catalog:
        return _names(catalog, limit)


def _names(catalog: Catalog, limit: int) -> list[Named]:
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
    columns = dict(zip(Share._fields, ("definition", "its MRR@10", "re-export@10"), strict=True))
    return compare(options(__doc__, "names", 60), "reexport", names_of, share, columns)


if __name__ == "__main__":
    sys.exit(main())
