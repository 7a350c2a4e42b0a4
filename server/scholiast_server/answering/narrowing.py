"""The definitions inside a hit that speak most of the question; pure, and must not know engines or indexes.

A chunk is cut for retrieval and may hold ten methods or half of one. A citation should point at the
definition that answers, with the doc comment above it. Lines are 0-based and half-open here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import msgspec

from scholiast_indexer.types import Hit, Symbol
from scholiast_server.answering.limits import EVIDENCE_LINES_MAX, LEAD_LINES_MAX
from scholiast_server.models.extractive.docs import lead
from scholiast_server.models.extractive.question import is_code_name, stems_in
from scholiast_server.models.extractive.source import mentions

NAME_WEIGHT, DOC_WEIGHT, BODY_WEIGHT = 2.0, 1.0, 0.5
"""What a word of the question counts in a definition's name, in the head of its doc comment, in its body."""

KIN_WEIGHT = 0.6
"""What a word with the same beginning counts: `signing` for `signature`, `router` for `route`."""

KIN_CHARACTERS_MIN = 4

CONTAINER_WEIGHT = 0.6
"""A type speaks of all that its members do; asked where or how, a member answers better."""

VALUE_WEIGHT = 0.6
"""A constant or attribute seldom answers, unless the question spells it out."""

SECOND_SHARE_MIN = 0.7
"""A second definition of a hit is taken when it speaks at least this much as the first, in its name too."""

HIT_SYMBOL_BONUS = 0.1
"""For the definition that the chunk itself is named after: decides between equals."""

NAMED_BONUS = 10.0
"""For a definition that the question spells out."""

HEAD_LINES_MIN, HEAD_LINES_MAX = 10, 24
"""A type without a doc comment whose head is shorter than the first is shown with members, up to the second."""

AROUND_LINES = 4
"""Lines shown before a name that stands outside the definitions chosen; behind it twice as many."""

GAP_LINES_MAX = 2
"""Empty lines between a doc comment and its definition."""

_LEAD_MARKS = ("//", "/*", "*", "#", "--", ";;", "@", "%", '"""')


class Aim(msgspec.Struct, frozen=True):
    """What a question asks for, as far as it chooses between definitions."""

    weights: Mapping[str, float]
    """Stems of the question and what each is worth."""
    names: tuple[str, ...]
    """Identifiers that it spells out."""
    asks_for_action: bool
    """Where or how something is done, rather than what something is."""
    asks_for_reason: bool
    """Why something is so: reasons stand in comments inside definitions, not in names."""
    may_be_message: bool = False
    """Whether it may be no question but text that a program printed."""

    def share(self, words: frozenset[str]) -> float:
        """The worth of the question's stems among the words."""
        return sum(worth for stem, worth in self.weights.items() if stem in words)

    def kin_share(self, words: frozenset[str]) -> float:
        """The same, where a word with the same beginning counts in part."""
        return sum(worth * _kinship(stem, words) for stem, worth in self.weights.items())


class FileText(msgspec.Struct, frozen=True):
    """A file as evidence is cut from it."""

    lines: Sequence[str]
    symbols: Sequence[Symbol]


class Span(msgspec.Struct, frozen=True):
    """Part of a file that a hit is narrowed to; without a symbol it is outside any definition."""

    start: int
    end: int
    symbol: Symbol | None


def narrow(hit: Hit, file: FileText, aim: Aim) -> list[Span]:
    """The one or two definitions in the hit that matter most, best first; the hit itself when none does. Where these
    do not show a name that the question spells, the lines around it come first.
    """
    spans = _narrowed(hit, file, aim)
    for name in aim.names if hit.kind != "section" else ():
        if is_code_name(name) and name in hit.text:
            shown = "\n".join(line for span in spans for line in file.lines[span.start : span.end])
            at = next((at for at in range(hit.start_line - 1, hit.end_line) if name in _line(file, at)), None)
            if at is not None and name not in shown:
                start, end = max(hit.start_line - 1, at - AROUND_LINES), min(hit.end_line, at + 1 + 2 * AROUND_LINES)
                return [_trimmed(start, end, file.lines, aim), *spans[:1]]
    return spans


def _line(file: FileText, at: int) -> str:
    return file.lines[at] if at < len(file.lines) else ""


def _narrowed(hit: Hit, file: FileText, aim: Aim) -> list[Span]:
    start, end = max(0, hit.start_line - 1), min(hit.end_line, len(file.lines))
    touched = [symbol for symbol in file.symbols if symbol.start_line < end and start < symbol.end_line]
    inside = _longest(touched)
    relevance = {place: _relevance(symbol, hit, file, aim) for place, symbol in enumerate(inside)}
    order = sorted(relevance, key=lambda place: (-relevance[place], place))
    if not order or relevance[order[0]] <= 0:
        return [_trimmed(start, end, file.lines, aim)]
    chosen = order[:1]
    if aim.asks_for_reason:
        told = {place: aim.share(_own_words(symbol, hit, file)) for place, symbol in enumerate(inside)}
        return [extent(inside[place], file, (start, end)) for place in _two_best(chosen[0], told)]
    says_it_all = aim.weights.keys() <= stems_in(inside[chosen[0]].name)
    for place in () if says_it_all else order[1:2]:
        is_close = relevance[place] >= SECOND_SHARE_MIN * relevance[order[0]]
        if is_close and aim.kin_share(stems_in(inside[place].name)) > 0:
            chosen.append(place)
    return [extent(inside[place], file, (start, end)) for place in chosen]


def definitions_of(names: Collection[str], hit: Hit, file: FileText) -> list[Span]:
    """Definitions with one of the names that begin inside the hit."""
    found = [
        symbol
        for symbol in file.symbols
        if symbol.name in names and hit.start_line - 1 <= symbol.start_line < hit.end_line
    ]
    return [extent(symbol, file, (hit.start_line - 1, hit.end_line)) for symbol in found]


def holds_doc(symbol: Symbol, lines: Sequence[str]) -> bool:
    """Whether the lines hold the beginning of the symbol's doc comment: what is not cited must not be quoted."""
    opening = re.findall(r"\w+", symbol.doc)[:4]
    words = [word for line in lines for word in re.findall(r"\w+", line)]
    return any(words[at : at + len(opening)] == opening for at in range(len(words)))


def users_of(name: str, hit: Hit, language: str, file: FileText) -> list[Span]:
    """The functions that name it inside the hit; of nested ones the outermost that is short enough to be cited."""
    shown = (hit.start_line - 1, hit.end_line)
    found = [
        symbol
        for symbol in file.symbols
        if symbol.kind in {"function", "method"} and symbol.name != name
        if mentions(
            name, "\n".join(file.lines[max(symbol.start_line, shown[0]) : min(symbol.end_line, shown[1])]), language
        )
    ]
    short = [symbol for symbol in found if symbol.end_line - symbol.start_line <= EVIDENCE_LINES_MAX]
    kept = [symbol for symbol in short if not any(_is_inside(symbol, other) for other in short)]
    kept += [
        symbol for symbol in found if symbol not in short and not any(_is_inside(other, symbol) for other in found)
    ]
    in_order = sorted(kept, key=lambda symbol: symbol.start_line)
    return [extent(symbol, file, _around(name, symbol, shown, language, file)) for symbol in in_order]


def _around(name: str, symbol: Symbol, shown: tuple[int, int], language: str, file: FileText) -> tuple[int, int]:
    """Of a function that is too long to be cited whole, the lines around the first one in the hit that names it."""
    start, end = max(symbol.start_line, shown[0]), min(symbol.end_line, shown[1])
    if symbol.end_line - symbol.start_line <= EVIDENCE_LINES_MAX:
        return shown
    at = next((at for at in range(start, end) if mentions(name, file.lines[at], language)), start)
    return max(start, at - AROUND_LINES), min(end, at + 1 + AROUND_LINES)


def _is_inside(symbol: Symbol, other: Symbol) -> bool:
    return symbol is not other and other.start_line <= symbol.start_line and symbol.end_line <= other.end_line


def _relevance(symbol: Symbol, hit: Hit, file: FileText, aim: Aim) -> float:
    members = _members(symbol, file.symbols)
    spoken = (
        NAME_WEIGHT * aim.kin_share(stems_in(symbol.name))
        + DOC_WEIGHT * aim.kin_share(stems_in(" ".join(lead(symbol.doc, 2))))
        + BODY_WEIGHT * aim.share(_own_words(symbol, hit, file))
        + BODY_WEIGHT * aim.share(stems_in(symbol.path))
    )
    if members and aim.asks_for_action and symbol.kind not in {"function", "method", "section"}:
        spoken *= CONTAINER_WEIGHT
    if symbol.kind in {"variable", "constant", "property"}:
        spoken *= VALUE_WEIGHT
    is_named = any(name in {symbol.name, symbol.path} for name in aim.names)
    is_hit = symbol.path == hit.symbol
    return spoken + (HIT_SYMBOL_BONUS if is_hit else 0.0) + (NAMED_BONUS if is_named else 0.0)


def _longest(symbols: Sequence[Symbol]) -> list[Symbol]:
    """One definition for each symbol path: of overloads and `impl` blocks the one that says most."""
    best: dict[str, Symbol] = {}
    for symbol in symbols:
        known = best.get(symbol.path)
        if known is None or _fullness(symbol) > _fullness(known):
            best[symbol.path] = symbol
    return sorted(best.values(), key=lambda symbol: (symbol.start_line, -symbol.end_line))


def _fullness(symbol: Symbol) -> tuple[bool, int]:
    return bool(symbol.doc), symbol.end_line - symbol.start_line


def _kinship(stem: str, words: frozenset[str]) -> float:
    if stem in words:
        return 1.0
    if len(stem) < KIN_CHARACTERS_MIN:
        return 0.0
    long = [word for word in words if len(word) >= KIN_CHARACTERS_MIN]
    return KIN_WEIGHT if any(word.startswith(stem) or stem.startswith(word) for word in long) else 0.0


def _members(symbol: Symbol, symbols: Sequence[Symbol]) -> list[Symbol]:
    length = symbol.end_line - symbol.start_line
    return [
        other
        for other in symbols
        if symbol.start_line <= other.start_line
        and other.end_line <= symbol.end_line
        and other.end_line - other.start_line < length
    ]


def _two_best(first: int, told: Mapping[int, float]) -> list[int]:
    """The first, and the one whose own text says most where that is another."""
    most = max(told, key=lambda place: (told[place], -place))
    return [first] if most == first or told[most] <= 0 else [first, most]


def _own_words(symbol: Symbol, hit: Hit, file: FileText) -> frozenset[str]:
    """Stems of the definition's lines inside the hit that belong to no definition inside it."""
    members = _members(symbol, file.symbols)
    first, last = max(symbol.start_line, hit.start_line - 1), min(symbol.end_line, hit.end_line)
    taken: set[int] = set()
    for member in members:
        taken.update(range(member.start_line, member.end_line))
    own = [at for at in range(first, min(last, len(file.lines))) if at not in taken]
    return stems_in("\n".join(file.lines[at] for at in own))


def extent(symbol: Symbol, file: FileText, hit: tuple[int, int]) -> Span:
    """The lines to cite for a definition: all of it, the head of a long type, the part of a long function in
    the hit.
    """
    start, end = symbol.start_line, min(symbol.end_line, len(file.lines))
    is_long = end - start > EVIDENCE_LINES_MAX
    members = _members(symbol, file.symbols) if is_long and symbol.kind not in {"function", "method"} else []
    if members:
        end = max(members[0].start_line, start + 1)
        if end - start < HEAD_LINES_MIN and not symbol.doc:
            shown = [member.end_line for member in members if member.end_line <= start + HEAD_LINES_MAX]
            end = max(end, *shown) if shown else start + HEAD_LINES_MIN
    elif is_long:
        start, end = max(start, hit[0]), min(end, hit[1])
    end = min(end, start + EVIDENCE_LINES_MAX)
    if start == symbol.start_line:
        start = _with_lead(symbol, start, end, file.lines)
    while end > start + 1 and not file.lines[end - 1].strip():
        end -= 1
    return Span(start, end, symbol)


def _with_lead(symbol: Symbol, start: int, end: int, lines: Sequence[str]) -> int:
    """The first line of the doc comment above the definition, when the doc comment is not inside it."""
    if not symbol.doc or holds_doc(symbol, lines[start:end]):
        return start
    at = start
    while at > 1 and start - at < GAP_LINES_MAX and not lines[at - 1].strip():
        at -= 1
    while at > 0 and start - at < LEAD_LINES_MAX and lines[at - 1].strip().startswith(_LEAD_MARKS):
        at -= 1
    return at if holds_doc(symbol, lines[at:end]) else start


def _trimmed(start: int, end: int, lines: Sequence[str], aim: Aim) -> Span:
    """The hit without empty lines at its ends; of a long one, the stretch that says most about the question."""
    while start < end - 1 and not lines[start].strip():
        start += 1
    while end - 1 > start and not lines[end - 1].strip():
        end -= 1
    if end - start > EVIDENCE_LINES_MAX:
        worth = [aim.share(stems_in(line)) for line in lines[start:end]]
        best = start + worth.index(max(worth))
        start = max(start, min(best - EVIDENCE_LINES_MAX // 4, end - EVIDENCE_LINES_MAX))
        end = start + EVIDENCE_LINES_MAX
    return Span(start, end, None)
