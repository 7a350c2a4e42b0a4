"""`textDocument/didOpen`, `didChange`, `didSave`, `didClose`: done at once, so that the next request sees them."""

from __future__ import annotations

from lsprotocol import types

from scholiast_server.lsp.server import Server


def register(server: Server) -> None:
    documents, live = server.documents, server.live

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        documents.open(document.uri, document.language_id, document.version, document.text)
        live.level(document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        documents.change(document.uri, document.version, params.content_changes)
        live.touched(document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        documents.save(params.text_document.uri, params.text)
        place = server.sessions.place(params.text_document.uri)
        if place is not None:
            place.session.upkeep.hint([place.path])

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        documents.close(params.text_document.uri)
        live.level(params.text_document.uri)
        server.sessions.forget(params.text_document.uri)
