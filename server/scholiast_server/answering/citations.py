"""Holds every sentence of an answer against the code it cites; pure, and must not know engines or indexes.

Three questions for each number: was it given, do its lines still exist (`anchors`), and do they hold what the sentence
names, quotes and speaks of (`support`)? A sentence about code that cites nothing is never taken for verified.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from scholiast_indexer.types import Symbol
from scholiast_server.answering.anchors import Location, locate, source_lines
from scholiast_server.answering.claims import Claim, parse_claims
from scholiast_server.answering.limits import QUOTE_LINES_MAX
from scholiast_server.answering.support import Held, holds, holds_some, is_about, missing_lines
from scholiast_server.answering.types import Citation, Sentence, Status, Use
from scholiast_server.models.protocol import Evidence

Read = Callable[[str], "bytes | None"]
"""The current bytes of a file, a live buffer laid over it; None when it is gone."""

Outline = Callable[[str, bytes], "Sequence[Symbol] | None"]
"""The definitions of the current bytes of a file; None when they are not known."""

NAMES_SHOWN_MAX = 3
_SHOWN_CHARACTERS = 60
UNCITED = "cites nothing"


class Checked(msgspec.Struct, frozen=True):
    """What a text cites and claims, checked."""

    citations: tuple[Citation, ...]
    """In order of first use."""
    sentences: tuple[Sentence, ...]
    """All of them, in order."""


class _Place(msgspec.Struct, frozen=True):
    """Where a cited piece stands now; `problem` says why it stands nowhere."""

    piece: Evidence
    location: Location | None
    quote: str
    problem: str


class _Given(msgspec.Struct, frozen=True):
    """What numbers may point at."""

    places: Mapping[int, _Place]
    held: Mapping[int, Held]
    unseen: Collection[int]
    count: int


def check_answer(
    text: str,
    evidence: Sequence[Evidence],
    read: Read,
    outline: Outline | None = None,
    unseen: Collection[int] = (),
) -> Checked:
    """Every number that the text cites, and every sentence, checked; any text is taken.

    Args:
        text: What was written.
        evidence: What it was written from.
        read: The current bytes of a file.
        outline: The definitions of those bytes, to tell a moved definition from a copy of it.
        unseen: Numbers of pieces that whoever wrote was not shown: they can't be cited.
    """
    pieces = {piece.n: piece for piece in evidence if piece.n not in unseen}
    claims = parse_claims(text)
    numbers = dict.fromkeys(number for claim in claims for number in (*claim.cited, *claim.nearby))
    places = {number: _place(pieces[number], read, outline) for number in numbers if number in pieces}
    given = _Given(places, {number: Held(pieces[number]) for number in places}, unseen, len(evidence))
    judged = [(claim, _uses(claim, given)) for claim in claims]
    cited = dict.fromkeys(number for claim in claims for number in claim.cited)
    return Checked(
        tuple(_citation(number, judged, places.get(number)) for number in cited),
        tuple(_sentence(claim, uses, given) for claim, uses in judged),
    )


# -- one number, one sentence ---------------------------------------------------------------------------------------


def _uses(claim: Claim, given: _Given) -> dict[int, Use]:
    fault = _fault(claim, given) if claim.cited else ""
    return {number: Use(claim.start, claim.end, *_judge(number, claim, given, fault)) for number in claim.cited}


def _sentence(claim: Claim, uses: Mapping[int, Use], given: _Given) -> Sentence:
    """As good as the worst of its citations."""
    for status in ("unsupported", "moved", "verified"):
        found = [use for use in uses.values() if use.status == status]
        if found:
            reasons = dict.fromkeys(use.reason for use in found)
            return Sentence(claim.start, claim.end, found[0].status, "; ".join(filter(None, reasons)), claim.cited)
    held = [given.held[number] for number in claim.nearby if number in given.held]
    missing = [name for name in claim.names if not holds(name, held)]
    is_wrong = bool(missing or missing_lines(claim.quoted, held))
    beside = f", and what its paragraph cites does not mention {_listed(missing)}" if held and missing else ""
    return Sentence(claim.start, claim.end, "unsupported" if is_wrong else "uncited", UNCITED + beside, ())


def _citation(number: int, judged: Sequence[tuple[Claim, dict[int, Use]]], place: _Place | None) -> Citation:
    uses = tuple(found[number] for _, found in judged if number in found)
    if place is None:
        return Citation(number, "", 0, 0, "unsupported", "", "", uses[0].reason, uses)
    worst = next((use for use in uses if use.status == "unsupported"), uses[0])
    piece, at = place.piece, place.location
    start, end = (at.start_line, at.end_line) if at else (piece.start_line, piece.end_line)
    return Citation(number, piece.path, start, end, worst.status, place.quote, piece.symbol, worst.reason, uses)


def _judge(number: int, claim: Claim, given: _Given, fault: str) -> tuple[Status, str]:
    """Whether a number of the sentence holds; `fault` is what all of them together lack."""
    place = given.places.get(number)
    if place is None:
        return "unsupported", _forged(number, given)
    if place.location is None:
        return "unsupported", place.problem
    lines = f"lines {place.location.start_line}-{place.location.end_line}"
    if fault:
        return "unsupported", f"cites {lines}, which {fault}"
    if claim.names and not any(holds_some(name, given.held[number]) for name in claim.names):
        return "unsupported", f"cites {lines}, which mention none of {_listed(claim.names)}"
    if place.location.moved:
        piece = place.piece
        return "moved", f"moved from lines {piece.start_line}-{piece.end_line} to {lines}"
    return "verified", ""


def _fault(claim: Claim, given: _Given) -> str:
    """What the cited pieces together do not hold of a sentence; empty when they hold all of it."""
    held = [given.held[number] for number in claim.cited if number in given.held]
    if missing := [name for name in claim.names if not holds(name, held)]:
        return f"do not mention {_listed(missing)}"
    if missing := missing_lines(claim.quoted, held):
        return f"do not read {_listed(missing)}"
    places = [given.places[number] for number in claim.cited if number in given.places]
    for first, last in claim.lines:
        if not any(_covers(place, first, last) for place in places):
            return f"are not {f'line {first}' if first == last else f'lines {first}-{last}'}"
    is_prose = not claim.names and not claim.quoted
    return "" if not is_prose or is_about(claim.prose, held) else "have no word in common with it"


def _forged(number: int, given: _Given) -> str:
    if number in given.unseen:
        return f"cites [{number}], which the model was not shown"
    return f"cites [{number}], but the evidence has {given.count} piece{'' if given.count == 1 else 's'}"


def _covers(place: _Place, first: int, last: int) -> bool:
    """Whether the piece holds these lines, where it was read or where it stands now."""
    piece, at = place.piece, place.location
    was = piece.start_line <= first and last <= piece.end_line
    return was or (at is not None and at.start_line <= first and last <= at.end_line)


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


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name[:_SHOWN_CHARACTERS]}`" for name in names[:NAMES_SHOWN_MAX])
    more = len(names) - NAMES_SHOWN_MAX
    return f"{shown} and {more} more" if more > 0 else shown
