"""An answer as plain text: sentences that do not hold are marked, sources listed; must not know terminals or
editors.
"""

from __future__ import annotations

from collections.abc import Callable

from scholiast_server.answering.types import Answer, Citation, Sentence, Status
from scholiast_server.models.sentences import FENCE

MARKS: dict[Status, str] = {"verified": "✓ verified", "moved": "→ moved", "unsupported": "✗ unsupported"}

Mark = Callable[[Sentence], str]
"""A sentence that does not hold → what stands behind it."""


def reason_of(sentence: Sentence) -> str:
    """`(not supported: …)`."""
    return f"(not supported: {sentence.reason})"


def marked_text(answer: Answer, mark: Mark = reason_of) -> str:
    """The answer's text with a mark behind each sentence that does not hold: the reason, if nothing else is said."""
    parts: list[str] = []
    at = 0
    for sentence in answer.sentences:
        if sentence.status == "unsupported":
            said = answer.answer[at : sentence.end]
            parts += [said, _gap(answer.answer[sentence.start : sentence.end]), mark(sentence)]
            at = sentence.end
    return "".join([*parts, answer.answer[at:]])


def source_rows(answer: Answer) -> list[tuple[str, str, str, str]]:
    """The sources in order: number, place, symbol, status."""
    return [
        (f"[{citation.n}]", _place(citation), citation.symbol, MARKS[citation.status])
        for citation in sorted(answer.citations, key=lambda citation: citation.n)
    ]


def plain_text(answer: Answer) -> str:
    """The whole answer: text, sources in columns, and what wrote it."""
    parts = [marked_text(answer)]
    if rows := source_rows(answer):
        place_width = max(len(row[1]) for row in rows)
        symbol_width = max(len(row[2]) for row in rows)
        parts.append(
            "\n".join(
                f"{n} {place:<{place_width}}  {symbol:<{symbol_width}}  {mark}" for n, place, symbol, mark in rows
            )
        )
    if answer.provenance.note and answer.found:
        parts.append(answer.provenance.note)
    return "\n\n".join(parts)


def _gap(sentence: str) -> str:
    """What stands before a mark: behind a block of code a line's end, and its fence where it has none."""
    if FENCE.fullmatch(sentence) is None:
        return " "
    fence = sentence[:3]
    is_closed = "\n" in sentence and sentence.rsplit("\n", 1)[1].strip().strip(fence[0]) == ""
    return "\n" if is_closed else f"\n{fence}\n"


def _place(citation: Citation) -> str:
    return f"{citation.path}:{citation.start_line}-{citation.end_line}" if citation.path else "no such evidence"
