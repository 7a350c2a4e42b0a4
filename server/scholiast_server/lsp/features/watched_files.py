"""`workspace/didChangeWatchedFiles`: further hints beside those of our own watcher."""

from __future__ import annotations

from lsprotocol import types

from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Session


def watchers() -> types.DidChangeWatchedFilesRegistrationOptions:
    """All files: what is of no interest is left aside by the index's own rules."""
    return types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(glob_pattern="**/*")])


def register(server: Server) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def changed(params: types.DidChangeWatchedFilesParams) -> None:
        hints: dict[Session, list[str]] = {}
        for change in params.changes:
            place = server.sessions.place(change.uri)
            if place is not None:
                hints.setdefault(place.session, []).append(place.path)
        for session, paths in hints.items():
            session.upkeep.hint(paths)
