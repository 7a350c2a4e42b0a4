"""How pieces of evidence stand to each other, as their text shows it; must not know how that is worded."""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.text import identifier_parts
from scholiast_server.models.extractive.describe import is_declaration, is_test
from scholiast_server.models.extractive.source import PROSE, bases, calls
from scholiast_server.models.protocol import Evidence

CALLABLE = frozenset({"function", "method", "macro", "property"})
TYPES = frozenset({"class", "interface", "struct", "trait", "enum", "type"})


def callees(piece: Evidence, others: Sequence[Evidence]) -> list[Evidence]:
    """Those of the others that the piece calls by name, one for each name, best first."""
    if piece.language in PROSE or piece.kind in TYPES:
        return []
    called = frozenset(calls(piece.text, piece.language))
    found: dict[str, Evidence] = {}
    for other in sorted(others, key=is_declaration):
        if other.n != piece.n and _is_called(other, piece, called):
            found.setdefault(other.name, other)
    return list(found.values())


def callers(piece: Evidence, others: Sequence[Evidence]) -> list[Evidence]:
    """Those of the others that call the piece by name."""
    return [other for other in others if other.n != piece.n and other.kind in CALLABLE and callees(other, [piece])]


def parents(piece: Evidence, others: Sequence[Evidence]) -> list[Evidence]:
    """Those of the others that the piece (a type) extends or implements."""
    if piece.kind not in TYPES:
        return []
    names = {base.replace("::", ".").rpartition(".")[2] for base in bases(piece.signature)}
    return [other for other in others if other.n != piece.n and other.kind in TYPES and other.name in names]


def names_one_thing(name: str) -> bool:
    """Whether a call of that name in another file most likely means the definition of that name.

    A name of one word (`register`, `get`, `close`) is a method of many types; one of several words seldom is.
    """
    return len(identifier_parts(name)) > 1


def _is_called(other: Evidence, piece: Evidence, called: frozenset[str]) -> bool:
    if other.name not in called or other.kind not in CALLABLE | TYPES:
        return False
    overrides = other.name == piece.name or (is_test(other) and not is_test(piece))
    is_near = other.path == piece.path
    return not overrides and other.language == piece.language and (is_near or names_one_thing(other.name))
