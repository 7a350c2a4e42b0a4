"""How much of a code base rests on a file. Must not know ranking.

A file counts by how often the names that it defines are called or used as types anywhere. Names of methods are left
out: `get` or `close` of one file would count what is called on things of any other.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.lexical import LexicalIndex
from scholiast_indexer.overlay import Overlay
from scholiast_indexer.types import REFERRED_KINDS

_REFERENCES_LOG_MAX = 6.0
"""Some 400 places: what is referred to more often is no more important."""


class Importance:
    """Of the files of one index, stored or laid over."""

    def __init__(self, catalog: Catalog, lexical: LexicalIndex, overlay: Overlay) -> None:
        self._catalog = catalog
        self._lexical = lexical
        self._overlay = overlay

    def of(self, blob_ids: Collection[int]) -> dict[int, float]:
        """0 to 1 for each blob: 1 for what everything else rests on."""
        files = {file.blob_id: file for file in self._overlay.files.values() if file.blob_id in blob_ids}

        def names_of(missing: list[int]) -> dict[int, Collection[str]]:
            laid_over = {
                blob_id: {s.name for s in files[blob_id].symbols if s.kind in REFERRED_KINDS}
                for blob_id in files.keys() & missing
            }
            return {**self._catalog.names_of_blobs([id_ for id_ in missing if id_ not in laid_over]), **laid_over}

        found = self._lexical.references(blob_ids, names_of)
        return {blob_id: _value(count) for blob_id, count in found.items()}


def _value(references: int) -> float:
    """Squared, so that a file hardly ever referred to is as good as one that nobody refers to.

    Source: benchmarks/tuning.py; as it is, a step at 4 or 7 references instead, or a PageRank over files did no better.
    """
    return min(1.0, math.log1p(references) / _REFERENCES_LOG_MAX) ** 2
