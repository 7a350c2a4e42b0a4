"""Whether an update would find something to do, told without reading a file. Must not know how updates work."""

from __future__ import annotations

from scholiast_indexer.catalog import Catalog, PathRow
from scholiast_indexer.catalog.rows import file_state
from scholiast_indexer.features import current_features
from scholiast_indexer.workspace.values import FileStat, Scan


def is_behind(catalog: Catalog, found: Scan, fingerprint: str) -> bool:
    """Whether the catalog is behind a scan, this code, or the embedder of that fingerprint."""
    if not catalog.is_complete(fingerprint):
        return True
    if catalog.pending() or catalog.meta("features") != current_features():
        return True
    if catalog.name_skips_differ(found.skipped, found.rules):
        return True
    rows = catalog.paths()
    return len(rows) != len(found.files) or any(_is_changed(rows.get(file.path), file) for file in found.files)


def _is_changed(row: PathRow | None, file: FileStat) -> bool:
    """A time of 0 was not trusted; an update reads such a file again, though hardly ever to find it changed."""
    if row is None:
        return True
    mtime_ns = file.mtime_ns if row.mtime_ns else 0
    return row.state != file_state(file.size, mtime_ns, file.ctime_ns, file.inode)
