"""Workers for an index that is about to be built, started before this process loads what it needs itself.

Must not load it: numpy, the embedder and SQLite take this process some .3 s, in which workers can load as well.
"""

from __future__ import annotations

from scholiast_indexer.workers.pool import WorkerPool

SHIPPED = "scholiast_indexer.embedding.static:StaticEmbedder"
"""`StaticEmbedder.worker_factory`, without loading it."""
_WORKERS = 2
"""So many are of use to nearly every workspace; whether more are is known once the files are listed."""


def workers_ahead() -> WorkerPool:
    """A pool for `Index.open` with the embedder that ships; its first workers are on their way."""
    pool = WorkerPool(SHIPPED)
    pool.start(_WORKERS)
    return pool
