"""`initialize`, `initialized`, `shutdown`: what the client can do, its folders, the end."""

from __future__ import annotations

from lsprotocol import types

from scholiast_server.lsp.client import client_facts
from scholiast_server.lsp.features.watched_files import watchers
from scholiast_server.lsp.parent import when_gone
from scholiast_server.lsp.positions import negotiated
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.uris import uri_of


def register(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.client = client_facts(params)
        general = params.capabilities.general
        server.documents.encoding = negotiated(general.position_encodings if general else None)
        server.initialization_options = params.initialization_options
        server.folders = _folders(params)
        server.spawn(when_gone(params.process_id, server.protocol.exited.set))

    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        registrations = []
        if server.client.registers_configuration:
            registrations.append(
                types.Registration("scholiast-configuration", types.WORKSPACE_DID_CHANGE_CONFIGURATION)
            )
        if server.client.registers_watchers:
            registrations.append(
                types.Registration("scholiast-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watchers())
            )
        if registrations:
            server.spawn(server.client_register_capability_async(types.RegistrationParams(registrations)))
        await server.change_folders([], server.folders)

    @server.feature(types.SHUTDOWN)
    async def shutdown(_params: None) -> None:
        for session in server.sessions:
            session.upkeep.begin_closing()


def _folders(params: types.InitializeParams) -> list[str]:
    """Of clients new and old."""
    if params.workspace_folders:
        return [folder.uri for folder in params.workspace_folders]
    if params.root_uri:
        return [params.root_uri]
    try:
        return [uri_of(params.root_path)] if params.root_path else []
    except ValueError:
        return []
