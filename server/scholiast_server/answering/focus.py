"""What an editor points at: a cursor or a selection, as evidence and as names. Must not know editors or engines."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from scholiast_indexer.languages import detect
from scholiast_indexer.text import STOPWORDS, WORD
from scholiast_indexer.types import Hit, Symbol
from scholiast_server.answering.anchors import source_lines
from scholiast_server.answering.evidence import evidence_of
from scholiast_server.answering.limits import EVIDENCE_LINES_MAX, POINTED_NAMES_MAX, POINTED_PIECES_MAX
from scholiast_server.answering.narrowing import FileText, Span, extent
from scholiast_server.answering.types import EvidenceSource
from scholiast_server.models.extractive.source import KEYWORDS, bases, calls
from scholiast_server.models.protocol import Evidence

_IDENTIFIER = re.compile(r"\s*([^\W\d]\w*(?:(?:\.|::|->|#)[^\W\d]\w*)*)(?:\(\))?\s*")
_VALUES = frozenset({"variable", "constant", "property"})
_SEPARATOR = re.compile(r"::|->|#")


class Focus(msgspec.Struct, frozen=True):
    """Where the cursor or the selection is. Lines are 1-based and inclusive."""

    path: str
    start_line: int
    end_line: int
    text: str
    """These lines as they are now, whole, joined by `\\n`."""
    selected: str = ""
    """What exactly is selected; empty for a cursor."""

    @property
    def name(self) -> str:
        """The one name that is selected; empty where it is more than that, or a cursor."""
        match = _IDENTIFIER.fullmatch(self.selected)
        return _SEPARATOR.sub(".", match[1]) if match and len(match[1]) > 1 else ""


class _Pointed(msgspec.Struct, frozen=True):
    """The focus in the lines of a file: 0-based and half-open."""

    start: int
    end: int
    file: FileText


def pointed_pieces(focus: Focus, source: EvidenceSource) -> tuple[Evidence, ...]:
    """The definition around the focus; of a selection that holds several, these; else the lines themselves."""
    pointed = _pointed(focus, source)
    spans = _spans(pointed, is_selection=bool(focus.selected))
    data = source.read(focus.path) or focus.text.encode("utf-8", "replace")
    return _pieces(focus, spans, pointed.file, data)


def file_pieces(focus: Focus, source: EvidenceSource) -> tuple[Evidence, ...]:
    """The main definitions of the focus's file, for questions about the whole of it; its head when it has none."""
    data = source.read(focus.path)
    if data is None:
        return pointed_pieces(focus, source)
    lines = source_lines(data)
    file = FileText(lines, source.symbols(focus.path))
    outermost = _outermost(file.symbols)
    telling = [symbol for symbol in outermost if symbol.kind not in _VALUES] or outermost
    longest = sorted(telling, key=lambda symbol: symbol.start_line - symbol.end_line)
    shown = longest[:POINTED_PIECES_MAX]
    head = (0, min(len(lines), EVIDENCE_LINES_MAX))
    spans = [extent(symbol, file, head) for symbol in shown] or [_trimmed(*head, lines)]
    return _pieces(focus, spans, file, data)


def names_in(pieces: Sequence[Evidence]) -> tuple[str, ...]:
    """Names that the pieces lean on: what they extend and call, in order."""
    found: dict[str, None] = {}
    for piece in pieces:
        found.update(dict.fromkeys((*bases(piece.signature), *calls(piece.text, piece.language))))
    own = {piece.name for piece in pieces}
    return tuple(name for name in found if name not in own)[:POINTED_NAMES_MAX]


def words_in(pieces: Sequence[Evidence]) -> tuple[str, ...]:
    """What the pieces are called; of lines outside any definition the first words that say something."""
    names = [piece.name for piece in pieces if piece.name]
    if names:
        return tuple(dict.fromkeys(names))
    found = (word for piece in pieces for word in WORD.findall(piece.text))
    telling = (word for word in found if len(word) > 2 and word.lower() not in STOPWORDS | KEYWORDS)
    return tuple(dict.fromkeys(telling))[:POINTED_NAMES_MAX]


def _pieces(focus: Focus, spans: Sequence[Span], file: FileText, data: bytes) -> tuple[Evidence, ...]:
    language = detect(focus.path, data[:4096]) or "text"
    hit = Hit(focus.path, focus.start_line, focus.end_line, 1.0, language, "", "block", "", {})
    pieces = [evidence_of(hit, span, file, hit.score) for span in spans]
    return tuple(piece for piece in pieces if piece.text.strip())


def _pointed(focus: Focus, source: EvidenceSource) -> _Pointed:
    """Where the lines pointed at stand in what is indexed, which may be some keystrokes behind, or lack the file."""
    wanted = focus.text.split("\n")
    start = focus.start_line - 1
    data = source.read(focus.path)
    if data is not None:
        lines = source_lines(data)
        found = _nearest(wanted, lines, start)
        if found is not None:
            return _Pointed(found, found + len(wanted), FileText(lines, source.symbols(focus.path)))
    return _Pointed(start, start + len(wanted), FileText([""] * start + wanted, ()))


def _nearest(wanted: Sequence[str], lines: Sequence[str], start: int) -> int | None:
    length = len(wanted)
    if list(lines[start : start + length]) == list(wanted):
        return start
    first = next((place for place, line in enumerate(wanted) if line.strip()), None)
    if first is None:
        return start if start < len(lines) else None
    places = [
        at - first
        for at, line in enumerate(lines)
        if line == wanted[first] and at >= first and list(lines[at - first : at - first + length]) == list(wanted)
    ]
    return min(places, key=lambda at: abs(at - start), default=None)


def _spans(pointed: _Pointed, *, is_selection: bool) -> list[Span]:
    lines, symbols = pointed.file.lines, pointed.file.symbols
    span = _trimmed(pointed.start, min(pointed.end, len(lines)), lines)
    around = [symbol for symbol in symbols if symbol.start_line <= span.start and span.end <= symbol.end_line]
    if around:
        innermost = min(around, key=lambda symbol: symbol.end_line - symbol.start_line)
        return [extent(innermost, pointed.file, _window(span, innermost))]
    inside = _outermost([s for s in symbols if span.start < s.end_line and s.start_line < span.end])
    if inside and is_selection:
        return [extent(symbol, pointed.file, (span.start, span.end)) for symbol in inside[:POINTED_PIECES_MAX]]
    return [_paragraph(span, lines) if not is_selection else span]


def _window(span: Span, symbol: Symbol) -> tuple[int, int]:
    """The part of a definition around the focus that is as long as a piece may be."""
    spare = max(0, EVIDENCE_LINES_MAX - (span.end - span.start)) // 2
    start = max(symbol.start_line, min(span.start - spare, symbol.end_line - EVIDENCE_LINES_MAX))
    return start, min(symbol.end_line, max(start + EVIDENCE_LINES_MAX, span.start + 1))


def _outermost(symbols: Sequence[Symbol]) -> list[Symbol]:
    ordered = sorted(symbols, key=lambda symbol: (symbol.start_line, -symbol.end_line))
    kept: list[Symbol] = []
    for symbol in ordered:
        if not kept or symbol.start_line >= kept[-1].end_line:
            kept.append(symbol)
    return kept


def _trimmed(start: int, end: int, lines: Sequence[str]) -> Span:
    """Without empty lines at the ends, and no longer than a piece may be."""
    start = min(start, max(0, len(lines) - 1))
    while start < end - 1 and not lines[start].strip():
        start += 1
    end = min(max(end, start + 1), start + EVIDENCE_LINES_MAX, max(len(lines), 1))
    while end - 1 > start and not lines[end - 1].strip():
        end -= 1
    return Span(start, end, None)


def _paragraph(span: Span, lines: Sequence[str]) -> Span:
    """The lines around a cursor up to the next empty ones."""
    start, end = span.start, span.end
    while start > 0 and lines[start - 1].strip() and end - start < EVIDENCE_LINES_MAX:
        start -= 1
    while end < len(lines) and lines[end].strip() and end - start < EVIDENCE_LINES_MAX:
        end += 1
    return Span(start, end, None)
