"""Holds every citation of an answer against the code it points to; pure, and must not know engines or
indexes.

Three questions for each: do the lines still exist (`anchors`), does the sentence name only code that the
cited pieces hold, and does each cited piece hold some of it? Words of prose are not checked: no rule could.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from scholiast_indexer.types import Symbol
from scholiast_server.answering.anchors import Location, locate, source_lines
from scholiast_server.answering.claims import Claim, code_words, parse_claims
from scholiast_server.answering.limits import QUOTE_LINES_MAX
from scholiast_server.answering.types import Citation, Status, Use
from scholiast_server.models.protocol import Evidence
from scholiast_server.models.sentences import word_set

Read = Callable[[str], bytes | None]
"""The current bytes of a file, a live buffer laid over it; None when it is gone."""

Outline = Callable[[str, bytes], Sequence[Symbol]]
"""The definitions of the current bytes of a file."""

_TRIVIAL = word_set(
    """
    self this true false none null nil undefined return new def func fn function class the a an
    """
)
"""Words inside quoted code that prove nothing either way."""

NAMES_SHOWN_MAX = 3


class _Place(msgspec.Struct, frozen=True):
    """Where a cited piece stands now; `problem` says why it stands nowhere."""

    piece: Evidence
    location: Location | None
    quote: str
    problem: str


def check_citations(
    text: str, evidence: Sequence[Evidence], read: Read, outline: Outline | None = None
) -> tuple[Citation, ...]:
    """Every number that the text cites, in order of first use, checked; any text is taken."""
    pieces = {piece.n: piece for piece in evidence}
    claims = parse_claims(text)
    numbers = dict.fromkeys(number for claim in claims for number in claim.numbers)
    places = {number: _place(pieces[number], read, outline) for number in numbers if number in pieces}
    held = {number: _held_words(pieces[number]) for number in places}
    return tuple(_citation(number, claims, places, held, len(pieces)) for number in numbers)


def _citation(
    number: int,
    claims: Sequence[Claim],
    places: dict[int, _Place],
    held: dict[int, frozenset[str]],
    count: int,
) -> Citation:
    place = places.get(number)
    uses = tuple(_use(number, claim, places, held, count) for claim in claims if number in claim.numbers)
    if place is None:
        return Citation(number, "", 0, 0, "unsupported", "", "", uses[0].reason, uses)
    worst = next((use for use in uses if use.status == "unsupported"), uses[0])
    piece, at = place.piece, place.location
    start, end = (at.start_line, at.end_line) if at else (piece.start_line, piece.end_line)
    return Citation(number, piece.path, start, end, worst.status, place.quote, piece.symbol, worst.reason, uses)


def _use(number: int, claim: Claim, places: dict[int, _Place], held: dict[int, frozenset[str]], count: int) -> Use:
    status, reason = _judge(number, claim, places, held, count)
    return Use(claim.start, claim.end, status, reason)


def _judge(
    number: int, claim: Claim, places: dict[int, _Place], held: dict[int, frozenset[str]], count: int
) -> tuple[Status, str]:
    place = places.get(number)
    if place is None:
        return (
            "unsupported",
            f"cites [{number}], but the evidence has {count} piece{'' if count == 1 else 's'}",
        )
    if place.location is None:
        return "unsupported", place.problem
    together = frozenset[str]().union(*(held[other] for other in claim.numbers if other in held))
    missing = [name for name in claim.names if not _holds(name, together)]
    lines = f"lines {place.location.start_line}-{place.location.end_line}"
    if missing:
        return "unsupported", f"cites {lines}, which do not mention {_listed(missing)}"
    if claim.names and not any(_holds_some(name, held[number]) for name in claim.names):
        return "unsupported", f"cites {lines}, which mention none of {_listed(list(claim.names))}"
    if place.location.moved:
        piece = place.piece
        return "moved", f"moved from lines {piece.start_line}-{piece.end_line} to {lines}"
    return "verified", ""


def _place(piece: Evidence, read: Read, outline: Outline | None) -> _Place:
    data = read(piece.path)
    if data is None:
        return _Place(piece, None, "", f"{piece.path} is gone")
    lines = source_lines(data)
    location = locate(piece, lines, outline(piece.path, data) if outline else None)
    if location is None:
        past_end = piece.end_line > len(lines)
        what = f"ends at line {len(lines)} now" if past_end else "reads differently there now"
        return _Place(piece, None, "", f"cites lines {piece.start_line}-{piece.end_line}, but {piece.path} {what}")
    quote = lines[location.start_line - 1 : min(location.end_line, location.start_line - 1 + QUOTE_LINES_MAX)]
    return _Place(piece, location, "\n".join(quote), "")


def _held_words(piece: Evidence) -> frozenset[str]:
    return frozenset(code_words(f"{piece.text}\n{piece.symbol}\n{piece.path}"))


def _holds(name: str, words: frozenset[str]) -> bool:
    """Whether all words of a piece of code stand in the cited text; words such as `self` are left out."""
    telling = [word for word in code_words(name) if word.lower() not in _TRIVIAL]
    return all(word in words for word in telling)


def _holds_some(name: str, words: frozenset[str]) -> bool:
    telling = [word for word in code_words(name) if word.lower() not in _TRIVIAL]
    return not telling or any(word in words for word in telling)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name[:60]}`" for name in names[:NAMES_SHOWN_MAX])
    more = len(names) - NAMES_SHOWN_MAX
    return f"{shown} and {more} more" if more > 0 else shown
