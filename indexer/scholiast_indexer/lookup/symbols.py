"""Definitions of the whole workspace by what someone types of their names. Must not know editors."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.limits import SYMBOL_NAMES_MAX
from scholiast_indexer.lookup.definitions import Definition, Definitions
from scholiast_indexer.lookup.names import NameTable
from scholiast_indexer.overlay import Overlay
from scholiast_indexer.search.query import folded

_STEP_BLOBS = 100
"""Files whose names are read at once, in 5 ms: searches wait no longer than that."""
_PER_NAME = 10
"""A name that was not typed whole takes one place in ten at most while there are other names to show."""
_BETWEEN = re.compile(r"::|[./#\\]")

Ask = Callable[[Callable[[Catalog], "Page"]], "Page"]
"""Reads from the catalog in one snapshot."""
Page = tuple[str, list[str], int]
"""The catalog's identity, some names and the last blob they come from."""


class SymbolNames:
    """All names of one index, read once and then kept up with as blobs come.

    Names that are defined nowhere any more stay until the end; looking them up finds nothing.
    """

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._lock = threading.Lock()
        self._identity = ""
        self._last_blob = 0
        self._table = NameTable(())
        self._known: frozenset[str] = frozenset()
        self._laid: tuple[Overlay | None, NameTable] = (None, NameTable(()))

    def follow(self, ask: Ask) -> None:
        """Read the names of blobs that came since; no snapshot may be open."""
        with self._lock:
            fresh: list[str] = []
            while True:
                identity, names, last = ask(self._page)
                if identity != self._identity:
                    self._identity, self._last_blob = identity, 0
                    self._table, self._known = NameTable(()), frozenset()
                    fresh.clear()
                    continue
                if last == self._last_blob:
                    break
                fresh += names
                self._last_blob = last
            if not self._known.issuperset(fresh):
                self._table = NameTable([*self._table.names, *fresh][:SYMBOL_NAMES_MAX])
                self._known = frozenset(self._table.names)

    def _page(self, catalog: Catalog) -> Page:
        return (catalog.identity, *catalog.names_after(self._last_blob, _STEP_BLOBS))

    def like(self, catalog: Catalog, overlay: Overlay, typed: str, limit: int) -> list[Definition]:
        """Definitions whose names fit what was typed, best first; `Class.method` narrows to what lies in `Class`."""
        *enclosing, name = _BETWEEN.split(typed.strip())
        found = self._defined(catalog, overlay, name, enclosing, limit)
        return found or (self._defined(catalog, overlay, typed, (), limit) if enclosing else [])

    def _defined(
        self, catalog: Catalog, overlay: Overlay, typed: str, enclosing: Sequence[str], limit: int
    ) -> list[Definition]:
        found: list[Definition] = []
        names = self._matches(overlay, typed)
        for most in (max(1, limit // _PER_NAME), limit):
            found.clear()
            for name in names:
                of_name = limit if enclosing or name == typed else most
                defined = self._definitions.of(catalog, overlay, name, of_name, spelled=True)
                found.extend(item for item in defined if _lies_in(item[1].path, enclosing))
                if len(found) >= limit:
                    return found[: max(0, limit)]
        return found

    def _matches(self, overlay: Overlay, typed: str) -> Sequence[str]:
        """Names that are stored or laid over; the one typed before all, though the table have no room for it."""
        matches = self._table.matches(typed)
        if overlay:
            laid, table = self._laid
            if laid is not overlay:
                table = NameTable(symbol.name for _, symbol in overlay.symbols())
                self._laid = (overlay, table)
            matches = sorted({*matches, *table.matches(typed)})
        return list(dict.fromkeys((typed, *(name for *_, name in matches))))


def _lies_in(path: str, enclosing: Sequence[str]) -> bool:
    """Whether the names around a symbol begin like `enclosing`, in this order."""
    around = iter(path.split(".")[:-1])
    return all(any(folded(step).startswith(folded(name)) for step in around) for name in enclosing)
