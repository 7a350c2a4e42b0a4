"""`scholiast/adapters` and `scholiast/selectAdapter`: which LoRA adapters there are, and choosing one."""

from __future__ import annotations

from typing import Any

from scholiast_server.engines import engine_kind
from scholiast_server.lsp.failures import NO_FOLDER, failed, outside
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Session
from scholiast_server.lsp.wire import AdaptersParams, SelectAdapterParams, taken


def register(server: Server) -> None:
    @server.feature("scholiast/adapters")
    async def adapters(params: Any) -> dict[str, Any]:
        asked = taken(params, AdaptersParams)
        await server.until_begun()
        session = _session(server, asked.text_document.uri if asked.text_document else None)
        return await server.quick.run(lambda _: server.adapting.document(session))

    @server.feature("scholiast/selectAdapter")
    async def select(params: Any) -> dict[str, Any]:
        asked = taken(params, SelectAdapterParams)
        await server.until_begun()
        sessions = list(server.sessions)
        adapted = [session for session in sessions if engine_kind(session.settings) != "extractive"]
        session = next(iter([*adapted, *sessions]), None)
        if session is None:
            raise failed(NO_FOLDER)
        await server.quick.run(lambda _: server.adapting.select(asked.name, asked.task, session))
        await server.refresh_adapter()
        return {"selected": await server.quick.run(lambda _: server.adapting.names(session))}


def _session(server: Server, uri: str | None) -> Session:
    session = server.sessions.session_of(uri)
    if session is None:
        raise outside(uri) if uri and len(server.sessions) else failed(NO_FOLDER)
    return session
