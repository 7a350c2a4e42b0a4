"""Files as an index shows them. Must not know names or references."""

from __future__ import annotations

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.overlay import Overlay
from scholiast_indexer.types import Symbol


def file_bytes(catalog: Catalog, overlay: Overlay, path: str) -> bytes | None:
    """The text of a path; None for one that is neither indexed nor laid over."""
    laid = overlay.files.get(path)
    if laid is not None:
        return laid.data
    blob_id = catalog.blob_of_path(path)
    return None if blob_id is None else catalog.content(blob_id)


def file_symbols(catalog: Catalog, overlay: Overlay, path: str) -> list[Symbol]:
    """Definitions of a path, in order."""
    laid = overlay.files.get(path)
    if laid is not None:
        return list(laid.symbols)
    blob_id = catalog.blob_of_path(path)
    return [] if blob_id is None else catalog.symbols_of_blob(blob_id)


def indexed_paths(catalog: Catalog, overlay: Overlay) -> list[str]:
    """All paths, sorted."""
    return sorted({path for path, row in catalog.paths().items() if row.blob_id is not None} | overlay.files.keys())
