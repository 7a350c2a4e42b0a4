"""`textDocument/publishDiagnostics`: citations in open documents whose code has moved or is gone; off by default."""

from __future__ import annotations

from scholiast_server.lsp.citations import CitationMarks
from scholiast_server.lsp.server import Server


def register(server: Server) -> None:
    marks = CitationMarks(server)
    server.on_change.append(marks.changed)
