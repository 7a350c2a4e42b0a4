"""Finds the definition that a mention stands for; must not know cards, Markdown or how candidates are weighed."""

from __future__ import annotations

from scholiast_indexer.languages import detect
from scholiast_indexer.types import Symbol
from scholiast_server.lookup import families, words
from scholiast_server.lookup.bindings import is_local
from scholiast_server.lookup.candidates import Found, Ranked, Receiver, out_of_reach, rank
from scholiast_server.lookup.limits import BASES_MAX, DEFINITIONS_MAX
from scholiast_server.lookup.mentions import Mention
from scholiast_server.lookup.receivers import receiver_type
from scholiast_server.lookup.scopes import Scope
from scholiast_server.lookup.types import SymbolSource
from scholiast_server.models.extractive.source import bases

_HEAD_LINES_MAX = 20
"""Lines after its first in which a definition's name may stand: behind a return type, a template."""


def defined_here(mention: Mention, scope: Scope, line: str) -> Symbol | None:
    """The definition whose own name the cursor stands on."""
    before = " ".join(line[: mention.end].split())
    for symbol in scope.symbols:
        is_near = symbol.start_line <= scope.line <= min(symbol.start_line + _HEAD_LINES_MAX, symbol.end_line - 1)
        if is_near and symbol.name == mention.name and _declares(symbol, before):
            return symbol
    return None


def _declares(symbol: Symbol, before: str) -> bool:
    """Whether the line up to the name ends the head of the definition up to its name."""
    place = symbol.signature.find(symbol.name)
    while place >= 0:
        head = symbol.signature[: place + len(symbol.name)]
        if head.endswith(before) or before.endswith(head):
            return True
        place = symbol.signature.find(symbol.name, place + 1)
    return False


def definitions_for(
    source: SymbolSource, mention: Mention, scope: Scope, line: str, *, limit: int = DEFINITIONS_MAX
) -> tuple[list[Ranked], list[Found]]:
    """`(those that can be meant, best first; all of that name)`."""
    if not mention.is_qualified and (out_of_reach(mention.name, scope) or is_local(mention, scope, line)):
        return [], []
    imported = scope.imports.of(mention.name)
    name = imported[0] if imported and not mention.is_qualified else mention.name
    found = _named(source, name, scope, limit)
    if not found:
        return [], []
    return rank(mention, scope, _receiver(source, mention, scope), found), found


def _named(source: SymbolSource, name: str, scope: Scope, limit: int) -> list[Found]:
    """This file's own come first, as it is now; they may lie past the limit of the others."""
    here = [(scope.path, symbol) for symbol in scope.symbols if symbol.name == name]
    elsewhere = source.definitions(name, limit)
    return [*here, *((path, symbol) for path, symbol in elsewhere if path != scope.path and symbol.name == name)]


def _receiver(source: SymbolSource, mention: Mention, scope: Scope) -> Receiver:
    if not mention.is_qualified:
        if scope.language in families.EXPLICIT_RECEIVERS or not scope.class_path:
            return Receiver()
        return Receiver(_classes(source, scope.class_path.rpartition(".")[2], scope))
    name = mention.qualifier
    if name in families.OWN_RECEIVERS or scope.names_receiver(name):
        own = scope.class_path
        return Receiver(_classes(source, own.rpartition(".")[2], scope), own or "-")
    if name in families.PARENT_RECEIVERS and scope.language != "rust":
        return Receiver(_classes(source, scope.class_path.rpartition(".")[2], scope)[1:], scope.class_path or "-")
    if name in scope.imports.modules:
        return Receiver(module=scope.imports.modules[name], name=name)
    if name[:1].isupper() and scope.language in families.CAPITAL_TYPES and not source.definitions(name, 1):
        return Receiver(name=name, is_foreign=True)
    kind = receiver_type(name, scope) if name and name[:1].islower() else name
    if not kind or words.is_keyword(kind, scope.language):
        return Receiver(name=name)
    return Receiver(_classes(source, kind, scope), name=name)


def _classes(source: SymbolSource, name: str, scope: Scope) -> tuple[str, ...]:
    """A class and its bases, as far as they are in the workspace, nearest first."""
    order = [name] if name else []
    for depth, known in enumerate(order):
        if depth >= BASES_MAX:
            break
        for path, symbol in source.definitions(known, BASES_MAX):
            language = detect(path)
            is_class = symbol.name == known and symbol.kind in families.CLASS_KINDS
            if is_class and language and families.are_related(language, scope.language):
                order += [base for base in map(_last_name, bases(symbol.signature)) if base not in order]
    return tuple(order)


def _last_name(dotted: str) -> str:
    return dotted.replace("::", ".").rpartition(".")[2]
