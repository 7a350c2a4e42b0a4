"""What looking up needs of an index, and the frozen values it gives; must not know how any of them is made.

Lines are 0-based here; what is rendered for people counts from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from scholiast_indexer.types import Symbol


class SymbolSource(Protocol):
    """What looking up asks of an index."""

    def symbols(self, path: str) -> Sequence[Symbol]:
        """The definitions of a file in source order; none for one that is not indexed."""
        ...

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, an editor's unsaved ones where it is open; None when it is not indexed."""
        ...

    def definitions(self, name: str, limit: int = 10) -> Sequence[tuple[str, Symbol]]:
        """Definitions with that name, with the paths of their files."""
        ...

    def reference_count(self, name: str) -> int:
        """In how many places (chunks) a name is called or used as a type."""
        ...


class Place(msgspec.Struct, frozen=True):
    """A definition to go to."""

    symbol: str
    path: str
    line: int


class Card(msgspec.Struct, frozen=True):
    """What a name in a line of source stands for."""

    kind: str
    symbol: str
    name: str
    language: str
    signature: str
    doc: str
    """First paragraph of the doc comment in plain words, `code` between backticks; not yet fit for Markdown."""
    path: str
    line: int
    references: int
    """Places that call it or use it as a type."""
    calls: tuple[str, ...]
    """Names of definitions of the workspace that its text calls, rarest first."""
    related: tuple[Place, ...]
    others: int
    """How many further definitions share the name."""
    others_are_more: bool
    """There are more than `others`: counting stopped at a limit."""
    start_byte: int
    """Where the name stands in its line, in bytes, half-open."""
    end_byte: int


class Insertion(msgspec.Struct, frozen=True):
    """Text to put at the very beginning of a line; it consists of whole lines."""

    line: int
    text: str
