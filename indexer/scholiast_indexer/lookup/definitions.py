"""Where a name is defined, and how many places refer to it. Must not know how names are searched for."""

from __future__ import annotations

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.catalog.symbols import NamedSymbol
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

    Only those that are shown are read whole, and held against their checksums: for all that a name has, which may lie
    in many large files, that would take 50 ms.
    """

    def of(
        self, catalog: Catalog, overlay: Overlay, name: str, limit: int, *, spelled: bool = False
    ) -> list[Definition]:
        """Definitions of a name: those spelled just so, then those in another case; source before tests; what adds to
        one (`impl`) comes last of these.

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
        paths = catalog.paths_of_blobs({named.blob_id for named in stored}, checked=False)
        found: list[tuple[str, NamedSymbol | Symbol]] = [
            (path, named) for named in stored for path in paths.get(named.blob_id, ()) if path not in overlay.files
        ]
        found += [(path, symbol) for path, symbol in overlay.symbols() if _is_named(symbol, name, spelled=spelled)]

        def order(definition: tuple[str, NamedSymbol | Symbol]) -> tuple[bool, bool, bool, str, int]:
            path, symbol = definition
            return (symbol.name != name, place_of(path) != "source", symbol.extends, path, symbol.start_line)

        best = sorted(found, key=order)[: max(0, limit)]
        catalog.paths_of_blobs({named.blob_id for _, named in best if isinstance(named, NamedSymbol)})
        return [(path, catalog.symbol(symbol) if isinstance(symbol, NamedSymbol) else symbol) for path, symbol in best]


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
