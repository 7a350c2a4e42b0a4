"""Loads what threads use of this project, all of it and once. Must not know what any of it is for.

Imports inside functions keep the start fast, but not in several threads at once: where a package's `__init__` imports a
module that another thread is importing, each waits for the other, and Python raises in one of them.
"""

from __future__ import annotations

import importlib
import threading

MODULES = (
    "scholiast_indexer.index",
    "scholiast_indexer.embedding.static",
    "scholiast_indexer.features",
    "scholiast_indexer.inspection.staleness",
    "scholiast_indexer.search",
    "scholiast_indexer.search.opening",
    "scholiast_indexer.unsaved.making",
    "scholiast_indexer.updating.following",
    "scholiast_indexer.updating.updater",
    "scholiast_indexer.watch.watcher",
    "scholiast_indexer.workers.analysis",
    "scholiast_indexer.workers.pool",
    "scholiast_server.adapters.listing",
    "scholiast_server.compose",
    "scholiast_server.answering.answer",
    "scholiast_server.answering.changes",
    "scholiast_server.answering.choosing",
    "scholiast_server.answering.manifests",
    "scholiast_server.citing.source",
    "scholiast_server.completing.complete",
    "scholiast_server.feedback.record",
    "scholiast_server.feedback.store",
    "scholiast_server.lookup",
    "scholiast_server.lsp.answer_pages",
    "scholiast_server.lsp.references",
    "scholiast_server.models.endpoint.embedder",
    "scholiast_server.models.endpoint.engine",
    "scholiast_server.models.llama.embedder",
    "scholiast_server.models.llama.engine",
)
"""With what they import, all modules of the project that functions of the server import: a test compares."""

_lock = threading.Lock()
_is_loaded = threading.Event()


def load() -> None:
    """Have everything loaded when this returns, after a fifth of a second; the first thing that a thread does."""
    if _is_loaded.is_set():
        return
    with _lock:
        for name in MODULES:
            importlib.import_module(name)
        _is_loaded.set()
