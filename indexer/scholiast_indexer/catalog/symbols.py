"""Symbols across files, by name. Must not know ranking."""

from __future__ import annotations

import json
from collections.abc import Collection

from scholiast_indexer.catalog.session import Session
from scholiast_indexer.types import REFERRED_KINDS, Symbol

_COLUMNS = "s.name, s.path, s.kind, s.signature, s.doc, s.start_line, s.end_line"


class SymbolReader(Session):
    """Questions about names of definitions and about references to them."""

    def symbols_named(self, name: str, limit: int, *, spelled: bool) -> list[tuple[int, Symbol]]:
        """Blob id and symbol of live definitions of a name. Not checked: `symbols_of_blob` checks all of a blob.

        Args:
            name: A name.
            limit: How many at most.
            spelled: Definitions spelled just so; False is those alone that differ in case.
        """
        rows = self._all(
            f"SELECT s.blob_id, {_COLUMNS} FROM symbol s JOIN blob b ON b.id = s.blob_id WHERE s.folded = ?"
            f" AND s.name {'=' if spelled else '<>'} ? AND b.orphaned_at IS NULL LIMIT ?",
            (name.lower(), name, limit),
        )
        return [(row[0], Symbol(*row[1:])) for row in rows]

    def names_of_blobs(self, blob_ids: Collection[int]) -> dict[int, list[str]]:
        """Names of each blob's definitions that others refer to it by (`REFERRED_KINDS`)."""
        found: dict[int, list[str]] = {blob_id: [] for blob_id in blob_ids}
        rows = self._all(
            "SELECT DISTINCT s.blob_id, s.name FROM json_each(?) j JOIN symbol s ON s.blob_id = j.value"
            f" WHERE s.kind IN ({', '.join('?' * len(REFERRED_KINDS))})",
            (json.dumps(list(found)), *REFERRED_KINDS),
        )
        for blob_id, name in rows:
            found[blob_id].append(name)
        return found

    def names_after(self, blob_id: int, blob_count: int) -> tuple[list[str], int]:
        """Names defined in the next `blob_count` blobs after `blob_id`, and the last blob that was looked at.

        Ids of blobs are never given twice, so whoever asks again from there misses none.
        """
        last = self._one(
            "SELECT max(id) FROM (SELECT id FROM blob WHERE id > ? ORDER BY id LIMIT ?)", (blob_id, blob_count)
        )
        if last is None or last[0] is None:
            return [], blob_id
        rows = self._all("SELECT DISTINCT name FROM symbol WHERE blob_id > ? AND blob_id <= ?", (blob_id, last[0]))
        return [row[0] for row in rows], int(last[0])

    def places_referring(self, name: str, blob_ids: Collection[int]) -> int:
        """In how many chunks of these blobs a name is called or used as a type."""
        row = self._one(
            "SELECT count(*) FROM json_each(?) j JOIN chunk c ON c.blob_id = j.value"
            " WHERE instr(char(10) || c.refs || char(10), char(10) || ? || char(10))",
            (json.dumps(list(blob_ids)), name),
        )
        return 0 if row is None else int(row[0])
