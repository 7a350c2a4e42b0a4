"""`scholiast/status`: how far the index is, and what answers."""

from __future__ import annotations

from typing import Any

import msgspec

from scholiast_server.lsp.server import Server
from scholiast_server.lsp.wire import StatusParams, taken


def register(server: Server) -> None:
    @server.feature("scholiast/status")
    async def status(params: Any) -> dict[str, Any]:
        taken(params, StatusParams)
        await server.refresh_adapter()
        return status_document(server)


def status_document(server: Server) -> dict[str, Any]:
    """All folders together, and each of them."""
    folders = [msgspec.to_builtins(folder) for folder in server.folder_statuses()]
    return {**msgspec.to_builtins(server.status()), "folders": folders}
