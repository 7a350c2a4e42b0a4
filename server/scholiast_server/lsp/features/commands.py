"""`workspace/executeCommand`: all that Scholiast does, for clients without a plugin.

Answers come back as the result, and are shown as a document where the client shows documents.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from scholiast_server.lsp.asking import Reply
from scholiast_server.lsp.failures import NO_FOLDER, failed, outside
from scholiast_server.lsp.features import feedback
from scholiast_server.lsp.features.search import opened, search_folders
from scholiast_server.lsp.features.status import status_document
from scholiast_server.lsp.insertions import (
    answer_draft,
    documentation_draft,
    insert,
    is_undocumented,
    question_in,
    row_asked_about,
    text_of,
)
from scholiast_server.lsp.limits import RELATED_HITS_MAX
from scholiast_server.lsp.pointing import focus_in
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Place, Session
from scholiast_server.lsp.showing import show, show_document, target_in
from scholiast_server.lsp.uris import same_document, uri_of
from scholiast_server.lsp.wire import (
    AskArguments,
    AskParams,
    At,
    CommentArguments,
    Document,
    FeedbackArguments,
    FolderArguments,
    ForgetFeedbackArguments,
    NoArguments,
    PlaceArguments,
    Position,
    Range,
    ReindexArguments,
    SearchArguments,
    SearchParams,
    SelectionArguments,
)
from scholiast_server.lsp.work import shown_work

if TYPE_CHECKING:
    from scholiast_indexer.types import Hit
    from scholiast_server.models.protocol import Task

log = logging.getLogger(__name__)

EXPLAIN = "Explain this."
DESCRIBE = "Say what this does, for its doc comment: at most three sentences, the first beginning with a verb."
NOTHING_TO_DOCUMENT = "no definition without a doc comment stands there: put the cursor on one"
_Run = Callable[[Server, Any], Awaitable[Any]]


def register(server: Server) -> None:
    commands: dict[str, tuple[type[Any], _Run]] = {
        "scholiast.ask": (AskArguments, ask),
        "scholiast.explain": (PlaceArguments, explain),
        "scholiast.askSelection": (SelectionArguments, ask_selection),
        "scholiast.document": (PlaceArguments, document),
        "scholiast.answerComment": (CommentArguments, answer_comment),
        "scholiast.commitMessage": (FolderArguments, commit_message),
        "scholiast.related": (PlaceArguments, related),
        "scholiast.search": (SearchArguments, search),
        "scholiast.reindex": (ReindexArguments, reindex),
        "scholiast.status": (NoArguments, status),
        "scholiast.openLog": (NoArguments, open_log),
        "scholiast.feedback": (FeedbackArguments, feedback.judge),
        "scholiast.listFeedback": (NoArguments, feedback.list_kept),
        "scholiast.forgetFeedback": (ForgetFeedbackArguments, feedback.forget),
    }
    for name, (kind, run) in commands.items():
        server.protocol.add_command(name, _command(name, kind, run))


async def ask(server: Server, given: AskArguments) -> dict[str, Any]:
    """Answer a question."""
    at = Document(given.uri) if given.uri else None
    asked = AskParams(given.question, text_document=at, range=given.range, conversation=given.conversation)
    return await _answered(server, asked, given.question)


async def ask_selection(server: Server, given: SelectionArguments) -> dict[str, Any]:
    """Answer a question about a selection."""
    _place(server, given.uri)
    return await _answered(server, _about(given.question, given), given.question)


async def explain(server: Server, given: PlaceArguments) -> dict[str, Any]:
    """Say what a selection, or the definition around a cursor, is."""
    _place(server, given.uri)
    return await _answered(server, _about(EXPLAIN, given), "", task="explain")


async def document(server: Server, given: PlaceArguments) -> dict[str, Any]:
    """Draft a doc comment."""
    place = _place(server, given.uri)
    at = _typed(given.range)
    await server.live.settle(given.uri)
    if not await server.background.run(lambda _: is_undocumented(server, place, given.uri, at)):
        raise failed(NOTHING_TO_DOCUMENT)
    described = await _described(server, place, given)
    said = described.answer.answer if described is not None and described.answer.found else ""
    draft = await server.background.run(lambda _: documentation_draft(server, place, given.uri, at, said))
    if draft is None:
        raise failed(NOTHING_TO_DOCUMENT)
    result = await insert(server, draft, "Document this")
    return result if described is None else {"answer": described.document, **result}


async def commit_message(server: Server, given: FolderArguments) -> dict[str, Any]:
    """Write the message of the commit that is staged; it goes nowhere but to the client."""
    from scholiast_server.lsp import committing

    session = _place_or_folder(server, given.uri) if given.uri else server.sessions.session_of(None)
    if session is None:
        raise failed(NO_FOLDER)
    with shown_work(server, "Writing a commit message"):
        return await server.background.run(
            lambda cancelled: committing.commit_message(session, server.adapting, cancelled)
        )


async def answer_comment(server: Server, given: CommentArguments) -> dict[str, Any]:
    """Answer the question in a comment below it."""
    from scholiast_server.answering.aside import Aside

    place = _place(server, given.uri)
    lines, _ = await server.background.run(lambda _: text_of(server, place, given.uri))
    question = await server.background.run(lambda _: question_in(lines, place.path, given.line))
    if question is None:
        raise failed("no comment there asks anything: put the cursor on one that ends with `?`")
    below = Position(row_asked_about(lines, question), 0)
    asked = AskParams(question.text, text_document=Document(given.uri), range=Range(below, below))
    aside = Aside(place.path, question.first_line + 1, question.last_line + 1)
    with shown_work(server, "Answering"):
        reply = await server.asker.ask(asked, aside=aside)
    draft = await server.background.run(lambda _: answer_draft(server, place, given.uri, lines, question, reply.answer))
    return {"answer": reply.document, **await insert(server, draft, "Answer the question")}


async def related(server: Server, given: PlaceArguments) -> dict[str, Any]:
    """List code that has to do with a place."""
    place = _place(server, given.uri)
    at = _typed(given.range)
    await server.live.settle(given.uri)
    with shown_work(server, "Looking for related code"):
        title, text, gist, found = await server.background.run(lambda _: _related(server, place, given.uri, at))
        return {"hits": found, **await show(server, title, text, gist)}


async def search(server: Server, given: SearchArguments) -> dict[str, Any]:
    """As `scholiast/search`."""
    from scholiast_indexer.search import Filters

    return await search_folders(server, SearchParams(given.query, given.limit), Filters())


async def reindex(server: Server, given: ReindexArguments) -> dict[str, Any]:
    """Look at all files again; returns at once, as progress is shown anyway."""
    sessions = [_place_or_folder(server, given.uri)] if given.uri else list(server.sessions)
    if not sessions:
        raise failed(NO_FOLDER)
    for session in sessions:
        session.upkeep.look_again(reset=bool(given.options and given.options.reset))
    return {"folders": [session.uri for session in sessions]}


async def status(server: Server, _given: NoArguments) -> dict[str, Any]:
    """As `scholiast/status`."""
    await server.refresh_adapter()
    return status_document(server)


async def open_log(server: Server, _given: NoArguments) -> dict[str, Any]:
    """Show the log file."""
    from scholiast_server.logs import current_log_file

    path = current_log_file()
    if path is None:
        raise failed("the log goes to standard error: start the server with `--log FILE` to have it in a file")
    uri = uri_of(str(path))
    if not await show_document(server, uri):
        server.tell(f"The log of the server: {path}")
    return {"uri": uri}


# -- what they share --------------------------------------------------------------------------------------------


def _command(name: str, kind: type[Any], run: _Run) -> Callable[[Server, list[Any]], Awaitable[Any]]:
    """Checks the arguments first."""
    fields = msgspec.structs.fields(kind)
    usage = ", ".join(field.name if field.required else f"{field.name}?" for field in fields)

    async def command(server: Server, arguments: list[Any]) -> Any:
        try:
            given = msgspec.convert(_spread(arguments, kind), kind)
        except msgspec.ValidationError as error:
            raise JsonRpcInvalidParams(message=f"{name} [{usage}]: {error}") from error
        if kind is not NoArguments:
            await server.until_begun()
        return await run(server, given)

    return command


def _spread(arguments: list[Any], kind: type[Any]) -> list[Any]:
    """Links give a place in one piece, `{textDocument, range}`; that is taken as `uri, range`."""
    if kind is PlaceArguments and len(arguments) == 1 and isinstance(arguments[0], dict):
        at = msgspec.convert(arguments[0], At)
        return [at.text_document.uri, {"start": _plain(at.range.start), "end": _plain(at.range.end)}]
    return arguments


def _plain(position: Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}


def _typed(found: Range) -> types.Range:
    start, end = found.start, found.end
    return types.Range(types.Position(start.line, start.character), types.Position(end.line, end.character))


def _about(question: str, given: PlaceArguments | SelectionArguments) -> AskParams:
    return AskParams(question, text_document=Document(given.uri), range=given.range)


def _place(server: Server, uri: str) -> Place:
    place = server.sessions.place(uri)
    if place is None:
        raise outside(uri) if len(server.sessions) else failed(NO_FOLDER)
    return place


def _place_or_folder(server: Server, uri: str) -> Session:
    for session in server.sessions:
        if same_document(session.uri, uri):
            return session
    return _place(server, uri).session


async def _described(server: Server, place: Place, given: PlaceArguments) -> Reply | None:
    """What a model says that a definition does, only what was verified; None where no model is set, or it fails: then
    the code alone says it.
    """
    if not await server.background.run(lambda _: place.session.engine.is_generative):
        return None
    asked = msgspec.structs.replace(_about(DESCRIBE, given), strict=True)
    with shown_work(server, "Documenting"):
        try:
            return await server.asker.ask(asked, task="document")
        except JsonRpcException as error:
            log.warning("a doc comment is drafted without the model: %s", error)
            return None


async def _answered(server: Server, asked: AskParams, title: str, *, task: Task = "ask") -> dict[str, Any]:
    """Ask, and show the answer."""
    with shown_work(server, "Asking"):
        reply = await server.asker.ask(asked, task=task)
        text, gist = await server.background.run(lambda _: _page(reply, title or _explained(reply)))
        return {"answer": reply.document, **await show(server, title or "explained", text, gist)}


def _explained(reply: Reply) -> str:
    """What an explanation is called: by what it explains."""
    pieces = reply.answer.provenance.evidence
    if not pieces:
        return "Explain this"
    return f"Explain {pieces[0].symbol or f'{pieces[0].path}:{pieces[0].start_line}'}"


def _page(reply: Reply, title: str) -> tuple[str, str]:
    from scholiast_server.lsp.answer_pages import answer_gist, answer_page

    page = answer_page(title, reply.answer, target_in(reply.session), reply.document["note"])
    return page, answer_gist(reply.answer)


def _related(server: Server, place: Place, uri: str, at: types.Range) -> tuple[str, str, str, list[dict[str, Any]]]:
    from scholiast_server import compose
    from scholiast_server.lsp.answer_pages import hits_page, places_gist

    index = place.session.opened_index()
    if index is None:
        raise failed(place.session.condition.message or f"the index of {place.session.name} is not open yet")
    lines, _ = text_of(server, place, uri)
    focus = focus_in(place.path, lines, at, server.encoding)
    hits: list[Hit] = compose.related(index, focus, RELATED_HITS_MAX)
    title = f"Related to {place.path}:{focus.start_line}"
    locator = server.locator()
    found = [item.document(locator) for item in opened(place.session, index, hits)]
    gist = places_gist(title, [f"{hit.path}:{hit.start_line}" for hit in hits])
    return title, hits_page(title, hits, target_in(place.session)), gist, found
