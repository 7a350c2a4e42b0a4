"""Looks at every row of a catalog and says what is wrong with the first bad one. Must not know the caches.

It finds what reading finds, for rows that nobody has read yet, and what only a look at tables together can tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.errors import IndexDamagedError
from scholiast_indexer.stores.filling import stored_texts
from scholiast_indexer.text import path_words


def examine(catalog: Catalog) -> str | None:
    """What is wrong, in words, or None. Reads the whole database, in one snapshot."""
    try:
        with catalog.snapshot():
            return next(_problems(catalog), None)
    except IndexDamagedError as error:
        return str(error)


def _problems(catalog: Catalog) -> Iterator[str]:
    yield from catalog.structure_problems()
    yield from catalog.relation_problems()
    yield from _path_problems(catalog)
    for blob_id in catalog.all_blobs():
        if not catalog.has_symbol_rows(blob_id):
            yield f"the symbols of blob {blob_id} have changed"
        yield from _blob_problems(catalog, blob_id)
    catalog.check_vectors()


def _path_problems(catalog: Catalog) -> Iterator[str]:
    stored = catalog.all_path_words()
    for path, row in catalog.paths().items():
        expected = set(path_words(path)) if row.blob_id is not None else set()
        if stored.pop(row.id, set()) != expected:
            yield f"the words of the path {path} have changed"
    if stored:
        yield "there are words of paths that are gone"
    catalog.skipped()


def _blob_problems(catalog: Catalog, blob_id: int) -> Iterator[str]:
    """Chunks must tile the blob's bytes, and be what their text hashes say."""
    end = 0
    for row in catalog.blob_chunks(blob_id):
        if row.start_byte != end:
            yield f"the chunks of blob {blob_id} don't tile it"
        end = row.end_byte
    if end != len(catalog.content(blob_id)):
        yield f"the chunks of blob {blob_id} don't reach its end"
    for _ in stored_texts(catalog, blob_id):
        pass
