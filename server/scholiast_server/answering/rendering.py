"""An answer as plain text: claims that do not hold are marked, sources listed; must not know terminals or
editors.
"""

from __future__ import annotations

from scholiast_server.answering.types import Answer, Citation, Status

MARKS: dict[Status, str] = {"verified": "✓ verified", "moved": "→ moved", "unsupported": "✗ unsupported"}


def marked_text(answer: Answer) -> str:
    """The answer's text with the reason behind each sentence that does not hold."""
    broken: dict[int, dict[str, None]] = {}
    for citation in answer.citations:
        for use in citation.uses:
            if use.status == "unsupported":
                broken.setdefault(use.end, {}).setdefault(use.reason)
    text = answer.answer
    for end in sorted(broken, reverse=True):
        text = f"{text[:end]} (not supported: {'; '.join(broken[end])}){text[end:]}"
    return text


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


def _place(citation: Citation) -> str:
    return f"{citation.path}:{citation.start_line}-{citation.end_line}" if citation.path else "no such evidence"
