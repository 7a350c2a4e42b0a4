"""An answer as it goes over the wire. Must not know how it was made or how an editor shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from scholiast_server.answering.encodable import encodable
from scholiast_server.lsp.locations import Locator
from scholiast_server.lsp.positions import Encoding
from scholiast_server.lsp.sessions import Session

if TYPE_CHECKING:
    from scholiast_server.answering.types import Answer, Citation, Sentence


def answer_document(
    answer: Answer,
    session: Session,
    locator: Locator,
    encoding: Encoding,
    *,
    answer_id: str,
    conversation: str | None,
) -> dict[str, Any]:
    """The keys of `ask --json` and where to go in the editor; places in the text count in the negotiated encoding."""
    places = (locator, encoding)
    return {
        "id": answer_id,
        "question": encodable(answer.question),
        "text": encodable(answer.answer),
        "engine": answer.engine,
        "adapter": answer.adapter,
        "found": answer.found,
        "citations": [_citation(citation, answer.answer, session, places) for citation in answer.citations],
        "sentences": [_sentence(sentence, answer.answer, encoding) for sentence in answer.sentences],
        "provenance": encodable(msgspec.to_builtins(answer.provenance)),
        "conversation": conversation,
        "folder": session.uri,
        "note": indexing_note(session),
    }


def indexing_note(session: Session) -> str:
    """What the user should know of an index that is not complete; empty when it is."""
    condition = session.condition
    if condition.state == "ready":
        return ""
    if condition.state in ("starting", "indexing"):
        how_far = f" ({condition.percent} %)" if condition.percent is not None else ""
        return f"{session.name} is being indexed{how_far}: what is not indexed yet was not searched."
    return condition.message


def _citation(citation: Citation, text: str, session: Session, places: tuple[Locator, Encoding]) -> dict[str, Any]:
    locator, encoding = places
    at = locator.lines(session, citation.path, citation.start_line, citation.end_line) if citation.path else None
    return {
        "n": citation.n,
        "path": encodable(citation.path),
        "start_line": citation.start_line,
        "end_line": citation.end_line,
        "status": citation.status,
        "quote": encodable(citation.quote),
        "reason": encodable(citation.reason),
        "symbol": encodable(citation.symbol),
        "uri": at.uri if at else None,
        "range": at.range if at else None,
        "uses": [
            {
                "start": units(text, use.start, encoding),
                "end": units(text, use.end, encoding),
                "status": use.status,
                "reason": encodable(use.reason),
            }
            for use in citation.uses
        ],
    }


def _sentence(sentence: Sentence, text: str, encoding: Encoding) -> dict[str, Any]:
    return {
        "start": units(text, sentence.start, encoding),
        "end": units(text, sentence.end, encoding),
        "status": sentence.status,
        "reason": encodable(sentence.reason),
        "citations": list(sentence.citations),
    }


def units(text: str, characters: int, encoding: Encoding) -> int:
    """How many code units of the encoding the first characters of a text, as it goes over the wire, take."""
    head = encodable(text[:characters])
    if encoding == "utf-32":
        return len(head)
    return len(head.encode()) if encoding == "utf-8" else len(head.encode("utf-16-le")) // 2
