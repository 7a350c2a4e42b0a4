"""`workspace/didChangeConfiguration`: the editor's settings are others now."""

from __future__ import annotations

from lsprotocol import types

from scholiast_server.lsp.server import Server


def register(server: Server) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(params: types.DidChangeConfigurationParams) -> None:
        await server.settings_changed(params.settings)
