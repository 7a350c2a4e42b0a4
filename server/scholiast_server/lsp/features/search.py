"""`scholiast/search`: places in the code, with their ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scholiast_indexer.types import Hit
from scholiast_server.lsp.locations import Locator
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Session
from scholiast_server.lsp.wire import SearchParams, checked_limit, taken

if TYPE_CHECKING:
    from scholiast_indexer.search import Filters

Found = tuple[Session, Hit]


def register(server: Server) -> None:
    @server.feature("scholiast/search")
    async def search(params: Any) -> dict[str, Any]:
        from scholiast_indexer.search.filters import Filters  # not at the start: with it comes numpy

        asked = taken(params, SearchParams)
        filters = Filters(tuple(asked.paths), tuple(asked.languages), tuple(asked.kinds), asked.tests)
        return await search_folders(server, asked, filters)


async def search_folders(server: Server, asked: SearchParams, filters: Filters) -> dict[str, Any]:
    """The hits of one folder, or of all, best first."""
    uri = asked.text_document.uri if asked.text_document else None
    narrowed = server.sessions.session_of(uri) if uri else None
    sessions = [narrowed] if narrowed else [] if uri else list(server.sessions)
    locator = server.locator()

    def work(cancelled: Callable[[], bool]) -> list[dict[str, Any]]:
        found: list[Found] = []
        for session in sessions:
            index = session.opened_index()
            if index is not None and not cancelled():
                limit = checked_limit(asked.limit, session.settings.search.limit)
                found += [(session, hit) for hit in index.search(asked.query, limit, filters)]
        found.sort(key=lambda item: -item[1].score)
        limit = checked_limit(asked.limit, sessions[0].settings.search.limit) if sessions else 0
        return [hit_document(session, hit, locator) for session, hit in found[:limit]]

    return {"query": asked.query, "hits": await server.background.run(work)}


def hit_document(session: Session, hit: Hit, locator: Locator) -> dict[str, Any]:
    """A hit with the keys of `search --json`, and where to go in the editor."""
    location = locator.lines(session, hit.path, hit.start_line, hit.end_line)
    return {
        "path": shown(hit.path),
        "start_line": hit.start_line,
        "end_line": hit.end_line,
        "score": hit.score,
        "language": hit.language,
        "symbol": hit.symbol,
        "kind": hit.kind,
        "text": hit.text,
        "why": hit.why,
        "uri": location.uri,
        "range": location.range,
    }


def shown(path: str) -> str:
    """A path that every JSON parser takes: bytes that are not UTF-8 as question marks. The URI holds them exactly."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
