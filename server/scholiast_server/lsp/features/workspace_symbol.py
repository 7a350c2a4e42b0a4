"""`workspace/symbol`: definitions by name, and the places that answer a question in words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from scholiast_server.lsp.features.search import shown
from scholiast_server.lsp.fences import quietly
from scholiast_server.lsp.limits import SYMBOL_ANSWERS_MAX, SYMBOLS_MAX
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Session
from scholiast_server.lsp.warming import Warming

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_indexer.types import Hit, Symbol

log = logging.getLogger(__name__)

_NAME = re.compile(r"[\w$#@!?.:>-]+")
_KINDS = {
    "function": types.SymbolKind.Function,
    "method": types.SymbolKind.Method,
    "class": types.SymbolKind.Class,
    "interface": types.SymbolKind.Interface,
    "struct": types.SymbolKind.Struct,
    "enum": types.SymbolKind.Enum,
    "trait": types.SymbolKind.Interface,
    "type": types.SymbolKind.Class,
    "module": types.SymbolKind.Module,
    "constant": types.SymbolKind.Constant,
    "variable": types.SymbolKind.Variable,
    "property": types.SymbolKind.Property,
    "macro": types.SymbolKind.Function,
    "section": types.SymbolKind.String,  # what outlines show of headings
    "cell": types.SymbolKind.Module,
    "script": types.SymbolKind.Module,
}


class Found(NamedTuple):
    """A definition, or a piece of text without one."""

    order: float
    """The least comes first, across folders."""
    session: Session
    path: str
    name: str
    outer: str
    """Symbol path of what encloses it."""
    kind: str
    start_line: int
    """0-based and half-open, as everywhere inside."""
    end_line: int


def register(server: Server) -> None:
    @server.feature(types.WORKSPACE_SYMBOL)
    @quietly(list)
    async def symbols(params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        query = params.query.strip()
        if not query:
            return []
        sessions = list(server.sessions)
        return await server.quick.run(lambda is_cancelled: _symbols(sessions, query, is_cancelled))

    server.on_change.append(Warming(server).changed)


def _symbols(sessions: list[Session], query: str, is_cancelled: Callable[[], bool]) -> list[types.SymbolInformation]:
    """Names where something is called so or alike, else what a search finds."""
    for look in (_named, _answering) if _NAME.fullmatch(query) else (_answering,):
        found: list[Found] = []
        for session in sessions:
            if not is_cancelled():
                found += _in_folder(look, session, query)
        if found:
            once: dict[tuple[str, int], Found] = {}  # a folder may lie in another one
            for item in sorted(found, key=lambda item: item.order):
                once.setdefault((item.session.uri_of(item.path), item.start_line), item)
            return [_information(item) for item in list(once.values())[:SYMBOLS_MAX]]
    return []


def _in_folder(look: Callable[[Session, Index, str], list[Found]], session: Session, query: str) -> list[Found]:
    index = session.index
    try:
        return look(session, index, query) if index is not None else []
    except Exception:  # the other folders have symbols all the same
        log.exception("%s can't be searched for symbols", session.root.real)
        return []


def _named(session: Session, index: Index, query: str) -> list[Found]:
    """Definitions that are called so or alike, best first."""
    return [
        _found(place, session, path, symbol)
        for place, (path, symbol) in enumerate(index.symbols_like(query, SYMBOLS_MAX))
    ]


def _answering(session: Session, index: Index, query: str) -> list[Found]:
    """What a search finds, as definitions, each once."""
    from scholiast_server.answering.choosing import query_stems, spoken_of

    stems = query_stems(query)
    symbols: dict[str, list[Symbol]] = {}
    found: dict[tuple[str, int], Found] = {}
    for hit in index.search(query, SYMBOL_ANSWERS_MAX):
        if hit.path not in symbols:
            symbols[hit.path] = index.symbols(hit.path)
        symbol = spoken_of(hit, symbols[hit.path], stems)
        item = _found(-hit.score, session, hit.path, symbol) if symbol else _outside(session, hit)
        found.setdefault((item.path, item.start_line), item)
    return list(found.values())


def _outside(session: Session, hit: Hit) -> Found:
    """A hit that is no part of a definition: its own lines."""
    outer, _, name = hit.symbol.rpartition(".")
    return Found(-hit.score, session, hit.path, name, outer, hit.kind, hit.start_line - 1, hit.end_line)


def _found(order: float, session: Session, path: str, symbol: Symbol) -> Found:
    outer = symbol.path.removesuffix(symbol.name).removesuffix(".")
    return Found(order, session, path, symbol.name, outer, symbol.kind, symbol.start_line, symbol.end_line)


def _information(found: Found) -> types.SymbolInformation:
    """From the beginning of the first line to that of the last: the same in every encoding, without a look at them."""
    path = shown(found.path)
    last = max(found.start_line, found.end_line - 1)
    lines = types.Range(types.Position(found.start_line, 0), types.Position(last, 0))
    return types.SymbolInformation(
        location=types.Location(found.session.uri_of(found.path), lines),
        name=found.name or path.rpartition("/")[2],
        kind=_KINDS.get(found.kind, types.SymbolKind.File),
        container_name=f"{path} · {found.outer}" if found.outer else path,
    )
