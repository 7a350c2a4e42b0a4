"""`textDocument/codeAction`: what can be asked about the code at a place. Nothing is searched for until one is chosen.

Kinds are those that editors show in their menus: an answer to a question is a quick fix, what writes is a rewrite.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from scholiast_server.lsp.citations import mending_actions
from scholiast_server.lsp.fences import nothing, quietly
from scholiast_server.lsp.insertions import documentation_draft, question_in
from scholiast_server.lsp.limits import COMMENT_QUESTION_BYTES_MAX
from scholiast_server.lsp.positions import Lines
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.sessions import Place

QUESTION = "What does this do, and how is it used?"
"""What a client that can't prompt asks about a selection."""

_ANSWER = types.CodeActionKind.QuickFix
_WRITE = types.CodeActionKind.RefactorRewrite
_READ = types.CodeActionKind.Refactor


class _Offer(NamedTuple):
    title: str
    kind: types.CodeActionKind
    command: str
    arguments: list[Any]


def register(server: Server) -> None:
    options = types.CodeActionOptions(code_action_kinds=[_ANSWER, _WRITE, _READ])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    @quietly(nothing)
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction] | None:
        place = server.sessions.place(params.text_document.uri)
        if place is None:
            return None
        offers = await server.quick.run(lambda _: _offers(server, place, params))
        fixes = mending_actions(params) if _is_wanted(_ANSWER, params.context.only) else []
        return [*fixes, *(_action(offer) for offer in offers if _is_wanted(offer.kind, params.context.only))]


def _offers(server: Server, place: Place, params: types.CodeActionParams) -> list[_Offer]:
    uri = params.text_document.uri
    lines = _lines(server, place, uri)
    if lines is None or params.range.start.line >= lines.count:
        return []
    found = {"start": _plain(params.range.start), "end": _plain(params.range.end)}
    start, end = lines.offsets(params.range, server.encoding)
    is_selection = bool(lines.data[start:end].strip())
    offers: list[_Offer] = []
    if _asks(lines, place.path, params.range.start.line):
        asked = [uri, params.range.start.line]
        offers.append(_Offer("Answer the question in this comment", _ANSWER, "scholiast.answerComment", asked))
    if _is_automatic(params) and not is_selection:
        return offers  # editors ask for each place of the cursor: what always stands there says nothing
    line_start, line_end = lines.span(params.range.start.line)
    if is_selection or lines.data[line_start:line_end].strip():
        offers.append(_Offer("Explain this", _READ, "scholiast.explain", [uri, found]))
    if is_selection:
        offers.append(_Offer("Ask about the selection", _READ, "scholiast.askSelection", [QUESTION, uri, found]))
    if _is_wanted(_WRITE, params.context.only) and _is_undocumented(server, place, uri, params.range, lines):
        offers.append(_Offer("Document this", _WRITE, "scholiast.document", [uri, found]))
    if is_selection or lines.data[line_start:line_end].strip():
        offers.append(_Offer("Show related code", _READ, "scholiast.related", [uri, found]))
    return offers


def _lines(server: Server, place: Place, uri: str) -> Lines | None:
    document = server.documents.get(uri)
    if document is not None:
        return None if document.too_large else document.lines
    index = place.session.index
    data = index.read(place.path) if index is not None else None
    return None if data is None else Lines.of_file(data)


def _asks(lines: Lines, path: str, line: int) -> bool:
    if len(lines.data) > COMMENT_QUESTION_BYTES_MAX or not _has_question_mark(lines, line):
        return False
    return question_in(lines, path, line) is not None


def _has_question_mark(lines: Lines, line: int) -> bool:
    """Whether one stands near: where none does, no comment needs to be looked for."""
    start, end = lines.span(line)[0], lines.span(line + 50)[1]
    return b"?" in lines.data[start:end] or "？".encode() in lines.data[start:end]


def _is_undocumented(server: Server, place: Place, uri: str, at: types.Range, lines: Lines) -> bool:
    """Whether a definition without a doc comment begins there, and its text shows something to say."""
    index = place.session.index
    if index is None:
        return False
    line = at.start.line
    heads = [symbol for symbol in index.symbols(place.path) if symbol.start_line <= line < symbol.end_line]
    if not heads or heads[-1].doc:
        return False
    try:
        draft = documentation_draft(server, place, uri, at)
    except JsonRpcException:  # the index is some keystrokes behind
        return False
    return draft is not None and line < max(draft.at.line, heads[-1].start_line + 1)


def _is_automatic(params: types.CodeActionParams) -> bool:
    return params.context.trigger_kind == types.CodeActionTriggerKind.Automatic


def _is_wanted(kind: types.CodeActionKind, only: Any) -> bool:
    """A kind stands for all kinds below it."""
    return not only or any(kind.value == wanted or kind.value.startswith(f"{_text(wanted)}.") for wanted in only)


def _text(kind: Any) -> str:
    return str(getattr(kind, "value", kind))


def _action(offer: _Offer) -> types.CodeAction:
    command = types.Command(title=offer.title, command=offer.command, arguments=offer.arguments)
    return types.CodeAction(title=offer.title, kind=offer.kind, command=command)


def _plain(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}
