"""Shows files and Markdown as documents in the editor; where it can't, says in a message where they lie.

Must not know what they say.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from scholiast_server.lsp.limits import SHOW_WAIT_S
from scholiast_server.lsp.sessions import Session
from scholiast_server.lsp.uris import path_of

if TYPE_CHECKING:
    from scholiast_server.lsp.server import Server

log = logging.getLogger(__name__)


def target_in(session: Session) -> Callable[[str, int], str]:
    """`(path, 1-based line)` → `file:///…#L12`, which editors follow to the line."""
    return lambda path, line: f"{session.uri_of(path)}#L{line}"


async def show(server: Server, title: str, text: str, gist: str) -> dict[str, Any]:
    """Show Markdown as a document, unless the client shows results itself; it is part of the result in any case.

    Args:
        server: The connection's.
        title: What the document is called.
        text: What is in it.
        gist: The same in a line, which a client that shows no documents is told, with the place of the document.
    """
    uri: str | None = None
    if server.client.wants_pages:
        try:
            uri = await server.background.run(lambda _: server.pages.write(title, text))
        except OSError as error:
            log.warning("an answer can't be written to be shown: %s", error)
        if uri is None or not await show_document(server, uri):
            # The place comes first, and all in one line: some clients show no more than the beginning of one.
            server.tell(f"{path_of(uri)}: {gist}" if uri else gist)
    return {"markdown": text, "uri": uri}


async def show_document(server: Server, uri: str) -> bool:
    """Whether the client shows it, as far as it says in time."""
    if not server.client.shows_documents:
        return False
    asked = server.window_show_document_async(types.ShowDocumentParams(uri, external=False, take_focus=True))
    try:
        return bool((await asyncio.wait_for(asked, SHOW_WAIT_S)).success)
    except asyncio.TimeoutError:
        return True
    except JsonRpcException as error:
        log.info("the client does not show %s: %s", uri, error)
        return False
