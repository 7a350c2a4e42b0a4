"""Where a name is defined, and how many places refer to it. Must not know how names are searched for."""

from __future__ import annotations

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.lexical import LexicalIndex
from scholiast_indexer.overlay import Overlay
from scholiast_indexer.search.places import place_of
from scholiast_indexer.types import Symbol

Definition = tuple[str, Symbol]
"""The path, and what is defined there."""

ROWS_MAX = 100
"""Stored definitions looked at for one name; of one with more (`main`, `__init__`), some are as good as others."""


class Definitions:
    """Definitions by name. For one thread at a time, as the catalog is.

    Symbols have a checksum with all others of their blob, which is compared when the first of them is read: for each
    of them every time, a name that many large files define would take 50 ms.
    """

    def __init__(self) -> None:
        self._identity = ""
        self._checked: set[int] = set()

    def of(
        self, catalog: Catalog, overlay: Overlay, name: str, limit: int, *, spelled: bool = False
    ) -> list[Definition]:
        """Definitions of a name: those spelled just so, then those in another case; source before tests.

        Args:
            catalog: In a snapshot.
            overlay: Its files hide what is stored of their paths.
            name: Without what encloses it.
            limit: How many at most.
            spelled: Leave out those in another case.

        Raises:
            IndexDamagedError: A symbol or a path is not what was stored.
        """
        stored = catalog.symbols_named(name, ROWS_MAX, spelled=True)
        if not spelled and len(stored) < ROWS_MAX:
            stored += catalog.symbols_named(name, ROWS_MAX - len(stored), spelled=False)
        paths = catalog.paths_of_blobs({blob_id for blob_id, _ in stored}, checked=False)
        found = [
            (path, symbol, blob_id)
            for blob_id, symbol in stored
            for path in paths.get(blob_id, ())
            if path not in overlay.files
        ]
        found += [(path, symbol, 0) for path, symbol in overlay.symbols() if _is_named(symbol, name, spelled=spelled)]

        def order(definition: tuple[str, Symbol, int]) -> tuple[bool, bool, str, int]:
            path, symbol, _ = definition
            return (symbol.name != name, place_of(path) != "source", path, symbol.start_line)

        best = sorted(found, key=order)[: max(0, limit)]
        self._check(catalog, {blob_id for _, _, blob_id in best if blob_id})
        return [(path, symbol) for path, symbol, _ in best]

    def _check(self, catalog: Catalog, blob_ids: set[int]) -> None:
        catalog.paths_of_blobs(blob_ids)
        if catalog.identity != self._identity:
            self._identity, self._checked = catalog.identity, set()
        for blob_id in blob_ids - self._checked:
            catalog.symbols_of_blob(blob_id)
            self._checked.add(blob_id)


def _is_named(symbol: Symbol, name: str, *, spelled: bool) -> bool:
    return symbol.name == name or (not spelled and symbol.name.lower() == name.lower())


def place_count(catalog: Catalog, lexical: LexicalIndex, overlay: Overlay, name: str) -> int:
    """In how many chunks a name is called or used as a type."""
    found = lexical.reference_count(name)
    if overlay and found:
        laid = {blob_id for path in overlay.files if (blob_id := catalog.blob_of_path(path)) is not None}
        paths = catalog.paths_of_blobs(laid, checked=False)
        hidden = [blob_id for blob_id in laid if overlay.files.keys() >= set(paths.get(blob_id, ()))]
        found = max(0, found - catalog.places_referring(name, hidden))
    return found + overlay.reference_count(name)
