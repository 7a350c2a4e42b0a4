"""What is known of a blob's definitions and chunks beside what a search asks for, packed. Must not know ranking.

Signatures, doc comments, headers and references are half of all that a catalog holds, and are read for few blobs: they
take a third of the room together.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection

import msgspec

from scholiast_indexer.catalog.checksums import blob_checksum
from scholiast_indexer.catalog.session import Session
from scholiast_indexer.types import REFERRED_KINDS, AnalyzedFile, Reexport, Symbol

_COMPRESSION = 1
_REFERRED = frozenset(REFERRED_KINDS)

SymbolRow = tuple[str, int, int, int, str | None]
"""Name in lower case, blob, place in its outline (below 0 that of a re-export, from -1 down; from EXTENDING up that of
what adds to a definition elsewhere), line, and the name where it is another."""
EXTENDING = 1_000_000


class Outline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Of one blob."""

    symbols: list[Symbol]
    """Its definitions, outer ones before the inner ones that begin with them."""
    headers: list[str]
    """Of each chunk."""
    references: list[str]
    """Of each chunk, the names that it refers to, one a line."""
    reexports: tuple[Reexport, ...] = ()

    @classmethod
    def of(cls, analyzed: AnalyzedFile) -> Outline:
        return cls(
            sorted(analyzed.symbols, key=_symbol_order) if analyzed.chunks else [],
            [item.chunk.header for item in analyzed.chunks],
            ["\n".join(item.chunk.references) for item in analyzed.chunks],
            analyzed.reexports if analyzed.chunks else (),
        )

    @property
    def exported(self) -> str:
        """Names by which others refer to it (`REFERRED_KINDS`), one a line; of what it adds to too: whoever uses a type
        uses that as well."""
        return "\n".join(dict.fromkeys(symbol.name for symbol in self.symbols if symbol.kind in _REFERRED))

    def symbol_rows(self, blob_id: int) -> list[SymbolRow]:
        """Where each name is defined, in the order of the definitions, then where names are passed on."""
        defined = [
            symbol_row(symbol, blob_id, place + (EXTENDING if symbol.extends else 0))
            for place, symbol in enumerate(self.symbols)
        ]
        return defined + [symbol_row(one, blob_id, -1 - place) for place, one in enumerate(self.reexports)]

    def packed(self) -> bytes:
        return zlib.compress(_encode(self), _COMPRESSION)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Outline).decode


class OutlineReader(Session):
    """The table `outline`."""

    def outline(self, blob_id: int) -> Outline:
        """What is known of a blob, read now.

        Raises:
            IndexDamagedError: It, or the blob's own row, is not what was stored.
        """
        row = self._one(
            "SELECT hash, language, size, chunk_count, problems, data, checksum FROM blob"
            " JOIN outline ON blob_id = id WHERE id = ?",
            (blob_id,),
        )
        if row is None:
            raise self._damaged(f"blob {blob_id} is gone")
        try:
            if blob_checksum(*row[:-1]) != row[-1]:
                raise self._damaged(f"the outline of blob {blob_id} has changed")
            return _decode(zlib.decompress(row[5]))
        except (TypeError, ValueError, zlib.error) as error:
            raise self._damaged(f"the outline of blob {blob_id} can't be read") from error

    def symbols_of_blob(self, blob_id: int) -> list[Symbol]:
        """Definitions in a blob, in order, remembered within limits. Raises as `outline` does."""
        symbols = self._memory.symbols.get(blob_id)
        if symbols is None:
            symbols = self.outline(blob_id).symbols
            self._memory.symbols.put(blob_id, symbols)
        return symbols

    def names_after(self, blob_id: int, blob_count: int) -> tuple[list[str], int]:
        """Names defined in the next `blob_count` blobs after `blob_id`, and the last blob that was looked at.

        Ids of blobs are never given twice, so whoever asks again from there misses none.
        """
        rows = self._all(
            "SELECT blob_id FROM outline WHERE blob_id > ? ORDER BY blob_id LIMIT ?", (blob_id, blob_count)
        )
        found = [row[0] for row in rows]
        names = dict.fromkeys(symbol.name for id_ in found for symbol in self.outline(id_).symbols)
        return list(names), found[-1] if found else blob_id

    def places_referring(self, name: str, blob_ids: Collection[int]) -> int:
        """In how many chunks of these blobs a name is called or used as a type."""
        references = (chunk for blob_id in blob_ids for chunk in self.outline(blob_id).references)
        return sum(name in chunk.split("\n") for chunk in references)


def symbol_row(symbol: Symbol | Reexport, blob_id: int, place: int) -> SymbolRow:
    folded = symbol.name.lower()
    return folded, blob_id, place, symbol.start_line, None if symbol.name == folded else symbol.name


def _symbol_order(symbol: Symbol) -> tuple[int, int]:
    return (symbol.start_line, -symbol.end_line)
