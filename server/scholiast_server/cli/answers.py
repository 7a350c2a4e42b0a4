"""An answer on a terminal, in a pipe and as JSON. Must not know how it was found or written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from scholiast_server.answering.rendering import marked_text, reason_of, source_rows
from scholiast_server.cli.console import WIDTH_MAX, Surface
from scholiast_server.cli.snippets import snippet
from scholiast_server.cli.words import shortened
from scholiast_server.models.protocol import adapters_text

if TYPE_CHECKING:
    from scholiast_server.answering.types import Answer, Citation, Sentence
    from scholiast_server.cli.session import Session

SNIPPET_LINES = 10
SYMBOL_CHARACTERS_MAX = 40
_STATUS_STYLES = {"verified": "good", "moved": "warning", "unsupported": "bad"}
_CITED = re.compile(r"\[(\d{1,9})\]")
_NAME = re.compile(r"`([^`]+)`")
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around a mark until its lines are known; private use, so that no text needs them."""
_UNMARKED = str.maketrans({_OPEN: "�", _CLOSE: "�"})
_PLACE = re.compile(r"^( *)(\S.*?):(\d+)(  .*)?$")
_CITATION_KEYS = ("n", "path", "start_line", "end_line", "status", "quote")


def answer_document(answer: Answer) -> dict[str, Any]:
    """The answer as `ask --json` prints it: what was checked, and how, is part of the provenance."""
    whole: dict[str, Any] = msgspec.to_builtins(answer)
    for sentence in whole["sentences"]:
        sentence["text"] = answer.answer[sentence["start"] : sentence["end"]]
    citations = whole["citations"]
    whole["citations"] = [{key: citation[key] for key in _CITATION_KEYS} for citation in citations]
    whole["provenance"]["checks"] = [
        {key: citation[key] for key in citation if key == "n" or key not in _CITATION_KEYS} for citation in citations
    ]
    return whole


def answer_lines(answer: Answer, session: Session, *, snippets: int) -> Iterator[str]:
    """The answer as it is read: text, sources with their status, the first of them as code, who wrote it."""
    out = session.console.out
    if not answer.found:
        for line in answer.answer.split("\n"):
            yield _closest(line, session)
        return
    plain = msgspec.structs.replace(answer, answer=answer.answer.translate(_UNMARKED))
    yield from _paragraphs(marked_text(plain, _mark), answer, session)
    if answer.citations:
        yield ""
        yield from _sources(answer, session)
    for citation in sorted(answer.citations, key=lambda citation: citation.n)[:snippets]:
        if citation.quote:
            yield ""
            yield from _code(citation, out)
    if answer.provenance.adapters:
        yield ""
        told = f"Written by {answer.provenance.model} under {adapters_text(answer.provenance.adapters)}."
        yield from (out.paint(line, "dim") for line in _wrapped(out.visible(told), out))
    if answer.provenance.note:
        yield ""
        yield from (out.paint(line, "dim") for line in _wrapped(out.visible(answer.provenance.note), out))


def _paragraphs(text: str, answer: Answer, session: Session) -> Iterator[str]:
    out = session.console.out
    by_number = {citation.n: citation for citation in answer.citations}

    def cited(match: re.Match[str]) -> str:
        citation = by_number.get(int(match[1]))
        mark = out.paint(match[0], "number")
        return _linked(mark, citation, session) if citation else mark

    def shown(line: str) -> str:
        named = _NAME.sub(lambda match: f"`{out.paint(match[1], 'bold')}`", line)
        return _CITED.sub(cited, named)

    is_mark = False
    for paragraph in text.split("\n"):
        for line in _wrapped(out.visible(paragraph), out):
            parts: list[str] = []
            for part in re.split(f"([{_OPEN}{_CLOSE}])", line):
                if part in (_OPEN, _CLOSE):
                    is_mark = part == _OPEN
                else:
                    parts.append(out.paint(part, "bad") if is_mark else shown(part))
            yield "".join(parts)


def _mark(sentence: Sentence) -> str:
    """The reason, between letters that no line's end takes apart from it."""
    return f"{_OPEN}{reason_of(sentence).translate(_UNMARKED)}{_CLOSE}"


def _wrapped(text: str, surface: Surface) -> list[str]:
    """Lines that fit a terminal; elsewhere the paragraph as one line."""
    if not surface.is_terminal or not text.strip():
        return [text]
    indent = text[: len(text) - len(text.lstrip())]
    width = min(surface.width, WIDTH_MAX)
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _sources(answer: Answer, session: Session) -> Iterator[str]:
    out = session.console.out
    citations = sorted(answer.citations, key=lambda citation: citation.n)
    rows = [
        (number, out.visible_name(_place(citation, session)), _symbol(symbol, out), mark)
        for citation, (number, _, symbol, mark) in zip(citations, source_rows(answer), strict=True)
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for citation, (number, place, symbol, mark) in zip(citations, rows, strict=True):
        shown = _linked(out.paint(place, "path"), citation, session) + " " * (widths[1] - len(place))
        style = _STATUS_STYLES[citation.status]
        numbered = out.paint(f"{number:<{widths[0]}}", "number")
        yield f"{numbered} {shown}  {symbol:<{widths[2]}}  {out.paint(mark, style)}"


def _symbol(symbol: str, out: Surface) -> str:
    return shortened(out.visible_name(symbol), SYMBOL_CHARACTERS_MAX)


def _code(citation: Citation, surface: Surface) -> list[str]:
    return snippet(
        citation.quote, citation.start_line, citation.path, surface, lines_max=SNIPPET_LINES, end_line=citation.end_line
    )


def _place(citation: Citation, session: Session) -> str:
    if not citation.path:
        return "no such evidence"
    return f"{session.shown(citation.path)}:{citation.start_line}-{citation.end_line}"


def _linked(text: str, citation: Citation, session: Session) -> str:
    out = session.console.out
    return out.link(text, session.file(citation.path), citation.start_line) if citation.path else text


def _closest(line: str, session: Session) -> str:
    """A line of an answer that found nothing: places in it become links."""
    out = session.console.out
    place = _PLACE.match(line)
    if place is None or not line.startswith(" "):
        return out.visible(line)
    indent, path, number, rest = place[1], place[2], place[3], place[4] or ""
    shown = f"{out.paint(out.visible(session.shown(path)), 'path')}:{out.paint(number, 'line')}"
    return f"{indent}{out.link(shown, session.file(path), int(number))}{out.visible(rest)}"
