"""Text put into a document at the user's wish: drafted doc comments, answers below questions. Must not know commands.

Places are found in the text as it is when the edit is sent; a client that can is told which version that was.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from scholiast_server.lsp.failures import failed
from scholiast_server.lsp.limits import EDIT_WAIT_S
from scholiast_server.lsp.pointing import row_of, row_start
from scholiast_server.lsp.positions import Lines, Position
from scholiast_server.lsp.sessions import Place

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_server.answering.types import Answer, Citation
    from scholiast_server.lookup import Question
    from scholiast_server.lsp.server import Server

log = logging.getLogger(__name__)

ROUNDS_MAX = 4
CHANGED = "the text has changed meanwhile: try again"


class Draft(NamedTuple):
    """Text to be put at one place of a document."""

    uri: str
    version: int | None
    """None where it is not open."""
    at: Position
    text: str


def text_of(server: Server, place: Place, uri: str) -> tuple[Lines, int | None]:
    """A document as it is now, and its version when it is open. For any thread.

    Raises:
        JsonRpcException: There is no such file.
    """
    from scholiast_server.compose import disk_reader

    document = server.documents.get(uri)
    if document is not None:
        return document.lines, document.version
    data = disk_reader(Path(place.session.root.real))(place.path)
    if data is None:
        raise failed(f"{uri} can't be read: open it in the editor first")
    return Lines.of_file(data), None


def question_in(lines: Lines, path: str, line: int) -> Question | None:
    """The question in the comment at a line of the editor."""
    from scholiast_indexer.languages import detect
    from scholiast_server.lookup import comment_question

    language = detect(path, lines.data[:4096])
    if language is None or not 0 <= line < lines.count:
        return None
    return comment_question(lines.data, language, row_of(lines.data, lines.span(line)[0]))


def row_asked_about(lines: Lines, question: Question) -> int:
    """The editor's line that a question in a comment is about: the next one below it that is not empty."""
    rows = lines.data.split(b"\n")
    below = range(question.last_line + 1, len(rows))
    row = next((row for row in below if rows[row].strip()), question.last_line)
    return lines.position(row_start(lines.data, row), "utf-8").line


def answer_draft(server: Server, place: Place, uri: str, before: Lines, question: Question, answer: Answer) -> Draft:
    """The answer as a comment below its question.

    Raises:
        JsonRpcException: The question is gone, or there is nothing to write.
    """
    lines, version = text_of(server, place, uri)
    last = _row_now(before, lines, question)
    text = _comment(answer, question, place.path, last) if last is not None else ""
    if last is None or not text:
        raise failed(CHANGED)
    start = row_start(lines.data, last)
    end = lines.data.find(b"\n", start)
    end = len(lines.data) if end < 0 else end - (lines.data[end - 1 : end] == b"\r")
    return Draft(uri, version, lines.position(end, server.encoding), text)


def _comment(answer: Answer, question: Question, path: str, row: int) -> str:
    """The answer as a comment below a line, with places as they are once it stands there: it moves what is below."""
    from scholiast_server.answering.rendering import marked_text
    from scholiast_server.lookup import as_comment

    text, said = "", marked_text(answer)
    for _ in range(ROUNDS_MAX):  # longer numbers may make another line
        citations = [moved_down(cited, path, row + 1, text.count("\n")) for cited in answer.citations if cited.path]
        before, text = text, as_comment(said, citations, question)
        if before.count("\n") == text.count("\n"):
            break
    return text


def moved_down(citation: Citation, path: str, line: int, count: int) -> Citation:
    """Where a citation points to when lines are put below a 1-based line of a file."""
    if citation.path != path or citation.end_line <= line:
        return citation
    start = citation.start_line + (count if citation.start_line > line else 0)
    return msgspec.structs.replace(citation, start_line=start, end_line=citation.end_line + count)


def is_undocumented(server: Server, place: Place, uri: str, at: types.Range) -> bool:
    """Whether a doc comment can be written for the definition at a range.

    Raises:
        JsonRpcException: The index does not hold the text as it is.
    """
    from scholiast_server.lookup import undocumented

    index, lines, _ = _indexed(server, place, uri)
    row = row_of(lines.data, lines.offsets(at, server.encoding)[0])
    return undocumented(index, place.path, row) is not None


def documentation_draft(server: Server, place: Place, uri: str, at: types.Range, said: str = "") -> Draft | None:
    """A doc comment for the definition at a range, which begins with what is `said` of it; None where there is nothing
    to say.

    Raises:
        JsonRpcException: The index does not hold the text as it is.
    """
    from scholiast_server.lookup import documentation

    index, lines, version = _indexed(server, place, uri)
    row = row_of(lines.data, lines.offsets(at, server.encoding)[0])
    found = documentation(index, place.path, row, said)
    if found is None:
        return None
    start = row_start(lines.data, found.line)
    is_unended = start == len(lines.data) and found.line > 0 and not lines.data.endswith(b"\n")
    text = "\n" + found.text.rstrip("\r\n") if is_unended else found.text
    return Draft(uri, version, lines.position(start, server.encoding), text)


def _indexed(server: Server, place: Place, uri: str) -> tuple[Index, Lines, int | None]:
    index = place.session.opened_index()
    lines, version = text_of(server, place, uri)
    if index is None or index.read(place.path) != lines.data:
        raise failed(f"{place.path} is not indexed as it is now: wait a moment, or see the status of the folder")
    return index, lines, version


async def insert(server: Server, draft: Draft, title: str) -> dict[str, Any]:
    """Have the client put the text in; one that can't is given the edit.

    Returns:
        `applied`, and the `edit` as LSP has it.
    """
    at = types.Position(draft.at.line, draft.at.character)
    change = types.TextEdit(types.Range(at, at), draft.text)
    edit = _workspace_edit(draft, change, versioned=server.client.versions_edits)
    applied = False
    if server.client.applies_edits:
        asked = server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, title))
        try:
            applied = bool((await asyncio.wait_for(asked, EDIT_WAIT_S)).applied)
        except (JsonRpcException, asyncio.TimeoutError) as error:
            log.info("the client does not apply an edit: %s", error)
    place = {"line": draft.at.line, "character": draft.at.character}
    plain = {"range": {"start": place, "end": place}, "newText": draft.text}
    return {"applied": applied, "edit": {"changes": {draft.uri: [plain]}}}


def _workspace_edit(draft: Draft, change: types.TextEdit, *, versioned: bool) -> types.WorkspaceEdit:
    if not versioned:
        return types.WorkspaceEdit(changes={draft.uri: [change]})
    document = types.OptionalVersionedTextDocumentIdentifier(draft.uri, draft.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, [change])])


def _row_now(before: Lines, now: Lines, question: Question) -> int | None:
    """The last line of the question in the text as it is now, the nearest where there are several."""
    if before.data == now.data:
        return question.last_line
    wanted = before.data.split(b"\n")[question.first_line : question.last_line + 1]
    rows = now.data.split(b"\n")
    places = [row for row in range(len(rows)) if rows[row : row + len(wanted)] == wanted]
    first = min(places, key=lambda row: abs(row - question.first_line), default=None)
    return None if first is None else first + len(wanted) - 1
