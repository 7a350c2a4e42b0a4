"""The truth about a workspace, in one SQLite file. Must not know how hits are ranked."""

from __future__ import annotations

from scholiast_indexer.catalog.catalog import Catalog
from scholiast_indexer.catalog.rows import CandidateRow, ChunkRow, PathRow

__all__ = ["CandidateRow", "Catalog", "ChunkRow", "PathRow"]
