"""`textDocument/inlineCompletion`: code at the cursor by a fill-in-the-middle model; null at once where none is set.

Editors ask with each key. The latest question counts: it ends the one before it, whose answer nobody waits for.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from scholiast_server.errors import ModelError
from scholiast_server.lsp.documents import Document
from scholiast_server.lsp.fences import nothing, quietly
from scholiast_server.lsp.limits import COMPLETION_PAUSE_S
from scholiast_server.lsp.positions import Encoding
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from scholiast_server.completing.gap import Gap

log = logging.getLogger(__name__)

_HEAD_BYTES = 4_096
"""Of a document, enough to tell its language where its name does not."""


def register(server: Server) -> None:
    latest = asyncio.Event()

    # With options: without them pygls does not tell the client, which then never asks.
    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    @quietly(nothing)
    async def complete(params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        nonlocal latest
        latest.set()
        is_late = latest = asyncio.Event()
        place = server.sessions.place(params.text_document.uri)
        document = server.documents.get(params.text_document.uri)
        if place is None or document is None or document.too_large or not place.session.settings.model.fim_path:
            return None
        invoked = params.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
        if not invoked and await _comes(is_late, COMPLETION_PAUSE_S):
            return None
        at, encoding = params.position, server.encoding
        text = await server.completing.run(
            lambda cancelled: _fill(
                server,
                place,
                _gap(place, document, at, encoding),
                lambda: cancelled() or is_late.is_set(),
                invoked=invoked,
            )
        )
        return (
            types.InlineCompletionList([types.InlineCompletionItem(text, range=types.Range(at, at))]) if text else None
        )


async def _comes(event: asyncio.Event, within_s: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), within_s)
    except asyncio.TimeoutError:
        return False
    return True


def _fill(server: Server, place: Place, gap: Gap, cancelled: Callable[[], bool], *, invoked: bool) -> str:
    from scholiast_server.completing.complete import complete

    process = server.sessions.models.completer(place.session.settings)
    if process is None or cancelled():
        return ""
    choice = server.adapting.choice("complete", place.session)
    if choice.note:
        log.warning("code is completed otherwise than wanted: %s", choice.note)
    try:
        return complete(gap, place.session.index, process, cancelled, invoked=invoked, adapters=choice.uses)
    except ModelError as error:
        log.warning("nothing is completed: %s", error)
        return ""


def _gap(place: Place, document: Document, at: types.Position, encoding: Encoding) -> Gap:
    from scholiast_indexer.languages import detect
    from scholiast_server.completing.gap import gap_at

    lines = document.lines
    before = lines.data[: lines.offset(at.line, at.character, encoding)].decode("utf-8", "replace")
    return gap_at(place.path, detect(place.path, lines.data[:_HEAD_BYTES]) or "", document.text, len(before))
