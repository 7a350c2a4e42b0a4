"""`textDocument/hover`: what the symbol under the cursor is, from the index alone; null at once where nothing is known.

Editors ask whenever the pointer rests, and show no other server's hover before this one has answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types

from scholiast_server.lsp.fences import nothing, quietly
from scholiast_server.lsp.locations import json_range, typed_range
from scholiast_server.lsp.positions import Lines, Range
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Place, Session

if TYPE_CHECKING:
    from scholiast_server.lookup import Card

EXPLAIN = "scholiast.explain"
REFERENCES = "scholiast.references"


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    @quietly(nothing)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        place = server.sessions.place(uri)
        if place is None or place.session.index is None or not place.session.settings.editor.hover:
            return None
        document = server.documents.get(uri)
        if document is not None and document.too_large:
            return None
        at = params.position
        return await server.quick.run(lambda _: _hover(server, place, document.lines if document else None, at))


def _hover(server: Server, place: Place, lines: Lines | None, at: types.Position) -> types.Hover | None:
    from scholiast_server.lookup import look_up

    index = place.session.index
    lines = lines or _indexed_lines(place)
    if index is None or lines is None or at.line >= lines.count:
        return None
    start, end = lines.span(at.line)
    text_line = lines.data[start:end].decode("utf-8", "replace")
    column = lines.offset(at.line, at.character, server.encoding) - start
    card = look_up(index, place.path, text_line, at.line, column)
    if card is None:
        return None
    found: Range = lines.range_of_bytes(start + card.start_byte, start + card.end_byte, server.encoding)
    return types.Hover(_content(server, place.session, card), typed_range(json_range(found)))


def _indexed_lines(place: Place) -> Lines | None:
    """Of a document that the client did not open first: as it is indexed."""
    index = place.session.index
    data = index.read(place.path) if index is not None else None
    return None if data is None else Lines.of_file(data)


def _content(server: Server, session: Session, card: Card) -> types.MarkupContent:
    from scholiast_server.lookup import render, render_plain

    if not server.client.has_markdown_hover:
        return types.MarkupContent(types.MarkupKind.PlainText, render_plain(card))
    actions = _actions(session, card) if server.client.runs_links else []
    return types.MarkupContent(types.MarkupKind.Markdown, render(card, _link_in(session), actions))


def _link_in(session: Session) -> Callable[[str, int], str]:
    """`file:///…#L12`, which editors follow to the line."""
    return lambda path, line: f"{session.uri_of(path)}#L{line + 1}"


def _actions(session: Session, card: Card) -> list[tuple[str, str]]:
    """Only a client that says so runs commands of links; others would show links that do nothing."""
    uri = session.uri_of(card.path)
    at = {"line": card.line, "character": 0}
    found = {"start": at, "end": at}
    actions = [("Explain", _command_link(EXPLAIN, [uri, found]))]
    if card.references:
        actions.append(("Where is it used?", _command_link(REFERENCES, [uri, found, card.name])))
    return actions


def _command_link(command: str, arguments: list[object]) -> str:
    return f"command:{command}?{quote(json.dumps(arguments, ensure_ascii=True), safe='')}"
