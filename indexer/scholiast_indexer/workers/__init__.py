"""Processes that parse, chunk and embed, and their client. Must not know SQLite or the workspace.

tree-sitter holds Python's global lock while it parses, and a hostile file can crash or stall it; so it runs apart.
"""

from __future__ import annotations

from scholiast_indexer.workers.jobs import Job
from scholiast_indexer.workers.pool import WorkerPool

__all__ = ["Job", "WorkerPool"]
