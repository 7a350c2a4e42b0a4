"""A question to hits: query analysis, candidates, signals, ranking. Must not know editors or answers."""

from __future__ import annotations

from scholiast_indexer.search.filters import Filters
from scholiast_indexer.search.searcher import Searcher

__all__ = ["Filters", "Searcher"]
