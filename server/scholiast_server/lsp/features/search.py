"""`scholiast/search`: places in the code, with their ranges."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pygls.exceptions import JsonRpcInvalidParams

from scholiast_indexer.types import Hit
from scholiast_server.lsp.limits import SEARCH_HITS_MAX
from scholiast_server.lsp.locations import Locator
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Session
from scholiast_server.lsp.wire import SearchParams, checked_limit, taken

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_indexer.search import Filters

log = logging.getLogger(__name__)


class Found(NamedTuple):
    """A hit of a folder."""

    session: Session
    hit: Hit
    line: int
    """The 1-based line to open."""

    def document(self, locator: Locator) -> dict[str, Any]:
        """With the keys of `search --json`, and where to go in the editor."""
        hit = self.hit
        location = locator.lines(self.session, hit.path, hit.start_line, hit.end_line)
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
            "line": self.line,
            "uri": location.uri,
            "range": location.range,
        }


def register(server: Server) -> None:
    @server.feature("scholiast/search")
    async def search(params: Any) -> dict[str, Any]:
        # Not at the start, as numpy comes with it; and by the package, never by its module: a thread that imports the
        # package at the same moment would be given half of it.
        from scholiast_indexer.search import Filters
        from scholiast_indexer.search.filters import PathFilter

        asked = taken(params, SearchParams)
        filters = Filters(tuple(asked.paths), tuple(asked.languages), tuple(asked.kinds), asked.tests)
        try:
            PathFilter(filters)
        except ValueError as error:
            raise JsonRpcInvalidParams(message=f"paths: {error}") from error
        return await search_folders(server, asked, filters)


async def search_folders(server: Server, asked: SearchParams, filters: Filters) -> dict[str, Any]:
    """The hits of one folder, or of all, best first."""
    await server.until_begun()
    uri = asked.text_document.uri if asked.text_document else None
    narrowed = None if uri is None else server.sessions.session_of(uri)
    sessions = list(server.sessions) if uri is None else [narrowed] if narrowed else []
    inner = {session: server.sessions.inner_paths(session) if len(sessions) > 1 else () for session in sessions}
    default = sessions[0].settings.search.limit if sessions else SEARCH_HITS_MAX
    limit = checked_limit(asked.limit, min(default, SEARCH_HITS_MAX))
    locator = server.locator()

    def work(cancelled: Callable[[], bool]) -> list[dict[str, Any]]:
        found: list[Found] = []
        for session in sessions:
            if not cancelled():
                hits = _hits_in(session, asked.query, limit, filters)
                found += [item for item in hits if not _is_below(item.hit.path, inner[session])]
        found.sort(key=lambda item: -item.hit.score)
        return [item.document(locator) for item in found[:limit]]

    return {"query": asked.query, "hits": await server.background.run(work)}


def _hits_in(session: Session, query: str, limit: int, filters: Filters) -> list[Found]:
    """The hits of one folder; none where its index can't be searched now, as it is being closed or mended."""
    index = session.opened_index()
    try:
        return opened(session, index, index.search(query, limit, filters)) if index is not None else []
    except Exception:  # the other folders have hits all the same
        log.exception("%s can't be searched", session.root.real)
        return []


def _is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def opened(session: Session, index: Index, hits: Sequence[Hit]) -> list[Found]:
    """Hits of a folder, each with the line to open."""
    from scholiast_indexer.search.opening import definition_line

    return [Found(session, hit, definition_line(hit, index.symbols(hit.path))) for hit in hits]


def shown(path: str) -> str:
    """A path that every JSON parser takes: bytes that are not UTF-8 as question marks. The URI holds them exactly."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
