"""`workspace/didChangeWorkspaceFolders`: folders come and go."""

from __future__ import annotations

from lsprotocol import types

from scholiast_server.lsp.server import Server


def register(server: Server) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        event = params.event
        await server.change_folders([folder.uri for folder in event.removed], [folder.uri for folder in event.added])
