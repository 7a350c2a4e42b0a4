"""Marks citations of open documents whose code has moved or is gone, and mends them. Must not know who judges them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from scholiast_server.lsp.debounce import Soon
from scholiast_server.lsp.documents import Document
from scholiast_server.lsp.limits import CITATIONS_CHECK_S
from scholiast_server.lsp.locations import json_range, typed_range
from scholiast_server.lsp.positions import Encoding, Lines
from scholiast_server.lsp.sessions import Place, Session

if TYPE_CHECKING:
    from scholiast_server.citing import Finding
    from scholiast_server.citing.source import IndexSource
    from scholiast_server.lsp.server import Server

SOURCE = "scholiast"
_CODES = {"moved": "moved-citation", "broken": "broken-citation"}


class _Open(NamedTuple):
    """A document to be looked at."""

    document: Document
    place: Place


Marked = list[tuple[_Open, list[types.Diagnostic]]]


class CitationMarks:
    """The marks of one connection. For the event loop; looking runs beside it, one round at a time."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._soon = Soon(self._begin, CITATIONS_CHECK_S)
        self._published: dict[str, list[types.Diagnostic]] = {}
        self._is_looking = False

    def changed(self) -> None:
        """Something has changed of what is open, indexed or set."""
        self._soon.ask()

    def _begin(self) -> None:
        if self._is_looking:
            self._soon.ask()
            return
        to_check = self._to_check()
        if to_check or self._published:
            self._is_looking = True
            self._server.spawn(self._look(to_check))

    def _to_check(self) -> list[_Open]:
        documents = self._server.documents
        found = [(documents.get(uri), self._server.sessions.place(uri)) for uri in documents.uris()]
        return [
            _Open(document, place)
            for document, place in found
            if document is not None and place is not None and not document.too_large
            if place.session.settings.editor.check_citations
        ]

    async def _look(self, to_check: list[_Open]) -> None:
        try:
            encoding = self._server.encoding
            marked = await self._server.background.run(lambda stop: _marked(to_check, encoding, stop))
        finally:
            self._is_looking = False
        self._publish(marked)

    def _publish(self, marked: Marked) -> None:
        """What differs from what the client shows; of a document that has changed meanwhile nothing: it comes next."""
        shown = {opened.document.uri: found for opened, found in marked}
        for uri in [uri for uri in self._published if uri not in shown]:
            self._send(uri, [], None)
        for opened, found in marked:
            uri = opened.document.uri
            is_current = self._server.documents.get(uri) is opened.document
            if is_current and found != self._published.get(uri, []):
                self._send(uri, found, opened.document.version)

    def _send(self, uri: str, found: list[types.Diagnostic], version: int | None) -> None:
        if found:
            self._published[uri] = found
        else:
            self._published.pop(uri, None)
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))


def _marked(to_check: Sequence[_Open], encoding: Encoding, is_cancelled: Callable[[], bool]) -> Marked:
    from scholiast_server.citing import check_text
    from scholiast_server.citing.source import IndexSource

    sources: dict[Session, IndexSource] = {}
    marked: Marked = []
    for opened in to_check:
        session, path = opened.place
        index = session.index
        if index is None or is_cancelled():
            continue
        source = sources.setdefault(session, IndexSource(index))
        lines = opened.document.lines
        found = check_text(lines.data, path, source, is_cancelled).findings
        marked.append((opened, [_diagnostic(finding, lines, encoding) for finding in found]))
    return marked


def _diagnostic(finding: Finding, lines: Lines, encoding: Encoding) -> types.Diagnostic:
    cited = finding.citation
    return types.Diagnostic(
        range=typed_range(json_range(lines.range_of_bytes(cited.start_byte, cited.end_byte, encoding))),
        message=f"This citation is out of date: {finding.reason}.",
        severity=types.DiagnosticSeverity.Hint,
        code=_CODES[finding.status],
        source=SOURCE,
        data={"replacement": finding.replacement} if finding.replacement else None,
    )


def mending_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
    """Quick fixes for the marks that a client names with its request for code actions."""
    return [
        types.CodeAction(
            title=f"Update citation to {replacement}",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[mark],
            is_preferred=True,
            edit=types.WorkspaceEdit(changes={params.text_document.uri: [types.TextEdit(mark.range, replacement)]}),
        )
        for mark in params.context.diagnostics
        if (replacement := _replacement(mark))
    ]


def _replacement(mark: types.Diagnostic) -> str:
    """Empty for what is no mark of ours, or can't be mended."""
    data = mark.data if mark.source == SOURCE and mark.code == _CODES["moved"] else None
    found = data.get("replacement") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
