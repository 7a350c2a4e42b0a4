"""The command `scholiast.references`: the lines that mention a name, as data and as a page for plain clients."""

from __future__ import annotations

from typing import Any

from scholiast_server.lsp.failures import outside
from scholiast_server.lsp.features.search import shown
from scholiast_server.lsp.locations import json_range
from scholiast_server.lsp.positions import Encoding, Position, Range, character_of
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Session
from scholiast_server.lsp.showing import show
from scholiast_server.lsp.wire import ReferencesArguments, taken

REFERENCES = "scholiast.references"


def register(server: Server) -> None:
    async def find(_server: Any, arguments: list[Any]) -> dict[str, Any]:
        from scholiast_server.lsp.answer_pages import places_gist

        asked = taken(arguments, ReferencesArguments)
        place = server.sessions.place(asked.uri)
        if place is None:
            raise outside(asked.uri)
        session, encoding = place.session, server.encoding
        places = await server.background.run(lambda _: _places(session, asked.name, encoding))
        gist = places_gist(f"References to {asked.name}", [f"{place['path']}:{place['line']}" for place in places])
        page = await show(server, f"references {asked.name}", _page(asked.name, places), gist)
        return {"name": asked.name, "places": places, **page}

    server.protocol.add_command(REFERENCES, find)


def _places(session: Session, name: str, encoding: Encoding) -> list[dict[str, Any]]:
    from scholiast_server.lsp.references import Reference, references

    def document(found: Reference) -> dict[str, Any]:
        line = found.text.encode("utf-8", "surrogateescape")
        start, end = (character_of(line, byte, encoding) for byte in (found.start_byte, found.end_byte))
        return {
            "path": shown(found.path),
            "line": found.line + 1,
            "text": shown(found.text),
            "uri": session.uri_of(found.path),
            "range": json_range(Range(Position(found.line, start), Position(found.line, end))),
        }

    index = session.opened_index()
    return [document(found) for found in references(index, name)] if index is not None else []


def _page(name: str, places: list[dict[str, Any]]) -> str:
    from scholiast_server.lookup import markdown

    def row(path: str, line: int, text: str, uri: str) -> str:
        return f"- {markdown.link(f'{path}:{line}', f'{uri}#L{line}')} {markdown.code(text.strip())}"

    rows = [row(place["path"], place["line"], place["text"], place["uri"]) for place in places]
    return "\n".join([f"# References to {markdown.code(name)}", "", *(rows or ["Nothing refers to it."]), ""])
