"""Nearest vectors: every one compared below a measured size, a graph above it. Must not know SQLite or chunks."""

from __future__ import annotations

from scholiast_indexer.vectors.store import VectorMode, VectorStore

__all__ = ["VectorMode", "VectorStore"]
