"""`scholiast/feedback`: what the user says of an answer, kept on this machine; commands show and delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from scholiast_server.lsp.server import Server
from scholiast_server.lsp.showing import show
from scholiast_server.lsp.wire import (
    FeedbackArguments,
    FeedbackParams,
    ForgetFeedbackArguments,
    NoArguments,
    checked_edit,
    taken,
)

if TYPE_CHECKING:
    from scholiast_server.feedback.record import Record


def register(server: Server) -> None:
    @server.feature("scholiast/feedback")
    async def feedback(params: Any) -> dict[str, Any]:
        return await _judged(server, taken(params, FeedbackParams))


async def judge(server: Server, given: FeedbackArguments) -> dict[str, Any]:
    """As `scholiast/feedback`."""
    return await _judged(server, FeedbackParams(given.id, given.verdict, given.edit))


async def list_kept(server: Server, _given: NoArguments) -> dict[str, Any]:
    """Show all verdicts, the latest first."""
    from scholiast_server.lsp.verdict_pages import gist, verdicts_page

    file, kept = await server.background.run(lambda _: server.judging.kept())
    page = await show(server, "verdicts", verdicts_page(kept, file), gist(kept, file))
    verdicts = [_document(record) for record in reversed(kept.records)]
    return {"file": file, "verdicts": verdicts, "damaged": list(kept.damaged), **page}


async def forget(server: Server, given: ForgetFeedbackArguments) -> dict[str, Any]:
    """Delete verdicts."""
    return {"forgotten": await server.background.run(lambda _: server.judging.forget(given.answers))}


async def _judged(server: Server, given: FeedbackParams) -> dict[str, Any]:
    edit = checked_edit(given.edit)
    if edit is not None and given.verdict is None:
        raise JsonRpcInvalidParams(message="an edit comes with a verdict: `good` or `bad`, of the answer as it was")
    async with server.judging.order:
        file = await server.background.run(lambda _: server.judging.judge(given.id, given.verdict, edit))
    return {"id": given.id, "verdict": given.verdict, "edit": edit, "file": file}


def _document(record: Record) -> dict[str, Any]:
    """As clients list it; the whole is in the file."""
    return {
        "answer": record.answer_id,
        "id": record.client_id,
        "time": record.time,
        "verdict": record.verdict,
        "edit": record.edit,
        "folder": record.folder,
        "question": record.answer.question,
        "text": record.answer.answer,
    }
