"""`textDocument/codeLens` and `codeLens/resolve`: above each definition, how many places refer to its name.

Off by default. Counting is left to `resolve`, which editors ask for what is in view.
"""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from scholiast_indexer.types import Symbol
from scholiast_server.lsp.debounce import Soon
from scholiast_server.lsp.features.references import REFERENCES
from scholiast_server.lsp.fences import nothing, quietly
from scholiast_server.lsp.limits import LENS_REFRESH_S, LENSES_MAX
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Place

_KINDS = frozenset({"function", "method", "class", "interface", "struct", "enum", "trait", "type", "macro"})


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    @quietly(nothing)
    async def lenses(params: types.CodeLensParams) -> list[types.CodeLens] | None:
        uri = params.text_document.uri
        place = server.sessions.place(uri)
        if place is None or not place.session.settings.editor.code_lens:
            return None
        return await server.quick.run(lambda _: _lenses(uri, place))

    @server.feature(types.CODE_LENS_RESOLVE)
    async def resolve(lens: types.CodeLens) -> types.CodeLens:
        data: Any = lens.data
        place = server.sessions.place(data["uri"]) if _is_ours(data) else None
        if place is not None:
            lens.command = await server.quick.run(lambda _: _counted(place, data["uri"], data["name"], lens.range))
        return lens

    _keep_fresh(server)


def _lenses(uri: str, place: Place) -> list[types.CodeLens]:
    index = place.session.index
    symbols = [symbol for symbol in index.symbols(place.path) if symbol.kind in _KINDS] if index is not None else []
    return [types.CodeLens(_line(symbol), data={"uri": uri, "name": symbol.name}) for symbol in symbols[:LENSES_MAX]]


def _line(symbol: Symbol) -> types.Range:
    start = types.Position(symbol.start_line, 0)
    return types.Range(start, start)


def _counted(place: Place, uri: str, name: str, found: types.Range) -> types.Command:
    index = place.session.index
    count = index.reference_count(name) if index is not None else 0
    title = "1 place" if count == 1 else f"{count:,} places"
    return types.Command(title=title, command=REFERENCES, arguments=[uri, found, name])


def _is_ours(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get("uri"), str) and isinstance(data.get("name"), str)


def _keep_fresh(server: Server) -> None:
    """Ask the client to ask again when counts may have changed, or when lenses were turned on or off."""
    shown = False

    async def refresh() -> None:
        try:
            await server.workspace_code_lens_refresh_async(None)
        except JsonRpcException:
            return  # a client that does not want to need not

    def act() -> None:
        nonlocal shown
        was_shown, shown = shown, any(session.settings.editor.code_lens for session in server.sessions)
        if shown or was_shown:
            server.spawn(refresh())

    soon = Soon(act, LENS_REFRESH_S)
    server.on_change.append(lambda: soon.ask() if server.client.refreshes_lenses else None)
