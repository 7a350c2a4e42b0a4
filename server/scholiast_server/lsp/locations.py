"""Lines of the index as locations in the editor, in its encoding. Must not know features."""

from __future__ import annotations

from typing import Any, NamedTuple

from lsprotocol import types

from scholiast_server.lsp.documents import Documents
from scholiast_server.lsp.positions import Encoding, Lines, Range
from scholiast_server.lsp.sessions import Session


class Location(NamedTuple):
    """A URI and a range, as JSON has them."""

    uri: str
    range: dict[str, Any]

    def typed(self) -> types.Location:
        """The same for methods of LSP itself."""
        return types.Location(self.uri, typed_range(self.range))


class Locator:
    """Turns lines into ranges; usable from any thread, as documents change by swapping whole values.

    It reads each file once: use one for each request.
    """

    def __init__(self, documents: Documents, encoding: Encoding) -> None:
        self._documents = documents
        self._encoding: Encoding = encoding
        self._lines: dict[str, Lines] = {}

    def lines(self, session: Session, path: str, start_line: int, end_line: int) -> Location:
        """Whole lines, 1-based and inclusive, of a path of the index."""
        uri = session.uri_of(path)
        found = self._lines_of(session, uri, path).range_of_lines(start_line - 1, end_line, self._encoding)
        return Location(uri, json_range(found))

    def _lines_of(self, session: Session, uri: str, path: str) -> Lines:
        document = self._documents.get(uri)
        if document is not None:
            return document.lines
        if uri not in self._lines:
            index = session.index
            data = index.read(path) if index is not None else None
            self._lines[uri] = Lines.of_file(data or b"")
        return self._lines[uri]


def json_range(found: Range) -> dict[str, Any]:
    """A range as JSON has it."""
    return {
        "start": {"line": found.start.line, "character": found.start.character},
        "end": {"line": found.end.line, "character": found.end.character},
    }


def typed_range(found: dict[str, Any]) -> types.Range:
    """A range of JSON for methods of LSP itself."""
    start, end = found["start"], found["end"]
    return types.Range(types.Position(start["line"], start["character"]), types.Position(end["line"], end["character"]))
