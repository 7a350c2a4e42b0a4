"""Symbols across files, by name. Must not know ranking."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple

from scholiast_indexer.catalog.outlines import EXTENDING, OutlineReader
from scholiast_indexer.types import Symbol


class NamedSymbol(NamedTuple):
    """Where a name is defined. Not checked: the definition itself, which `symbol` reads, is."""

    blob_id: int
    place: int
    """In the blob's outline."""
    name: str
    start_line: int
    extends: bool


class SymbolReader(OutlineReader):
    """Questions about names of definitions."""

    def symbols_named(self, name: str, limit: int, *, spelled: bool) -> list[NamedSymbol]:
        """Live definitions of a name, then what adds to them.

        Args:
            name: A name.
            limit: How many at most.
            spelled: Definitions spelled just so; False is those alone that differ in case.
        """
        rows = self._all(
            "SELECT s.blob_id, s.place % ?, coalesce(s.name, s.folded), s.start_line, s.place >= ? AS extends"
            " FROM symbol s JOIN blob b ON b.id = s.blob_id WHERE s.folded = ? AND s.place >= 0"
            f" AND coalesce(s.name, s.folded) {'=' if spelled else '<>'} ? AND b.orphaned_at IS NULL"
            " ORDER BY extends LIMIT ?",
            (EXTENDING, EXTENDING, name.lower(), name, limit),
        )
        return [NamedSymbol(*row) for row in rows]

    def symbol(self, named: NamedSymbol) -> Symbol:
        """A definition with all that is known of it.

        Raises:
            IndexDamagedError: It is not what was stored.
        """
        symbols = self.symbols_of_blob(named.blob_id)
        if named.place >= len(symbols) or symbols[named.place].name != named.name:
            raise self._damaged(f"a symbol of blob {named.blob_id} has changed")
        return symbols[named.place]

    def names_of_blobs(self, blob_ids: Collection[int]) -> dict[int, list[str]]:
        """Names of each blob's definitions that others refer to it by (`REFERRED_KINDS`)."""
        rows = self._all(
            "SELECT blob_id, exported FROM json_each(?) j JOIN outline ON blob_id = j.value",
            (json.dumps(list(blob_ids)),),
        )
        if not all(isinstance(names, str) for _, names in rows):
            raise self._damaged("the names that a blob exports have changed")
        found = {blob_id: names.split("\n") if names else [] for blob_id, names in rows}
        return {blob_id: found.get(blob_id, []) for blob_id in blob_ids}

    def has_symbol_rows(self, blob_id: int) -> bool:
        """Whether each definition and re-export of a blob can be found by its name, and is counted by it."""
        outline = self.outline(blob_id)
        exported = self._one("SELECT exported FROM outline WHERE blob_id = ?", (blob_id,))
        return exported == (outline.exported,) and all(
            self._one(
                "SELECT start_line, name FROM symbol WHERE folded = ? AND blob_id = ? AND place = ?", row[:3]
            ) == row[3:]
            for row in outline.symbol_rows(blob_id)
        )  # fmt: skip
