"""Answers and lists of places as Markdown documents for editors without a view of their own.

Must not know the wire. Whatever code, names and answers say makes no link, image or HTML: only citations are links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from scholiast_server.answering.limits import CLOSEST_MAX
from scholiast_server.answering.rendering import MARKS, marked_text
from scholiast_server.lookup.markdown import code, label, one_line, prose
from scholiast_server.lsp.limits import GIST_CHARACTERS_MAX, GIST_PLACES_MAX
from scholiast_server.models.sentences import FENCE, code_spans

if TYPE_CHECKING:
    from scholiast_indexer.types import Hit
    from scholiast_server.answering.types import Answer, Citation

Target = Callable[[str, int], str]
"""`(path, 1-based line)` → where a link to it goes."""

_CITED = re.compile(r"(?<![\w\])])(?:\[ ?\d{1,9}(?: ?[,;–-] ?\d{1,9})* ?\])+")
_NUMBER = re.compile(r"\d+")
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around the number of a citation while the text around it is escaped; private use, so that no text needs them."""
_MARKED = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_RUNS_ON = re.compile(r"(?<=\])(?=[(\[:])")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def answer_page(title: str, answer: Answer, target: Target, note: str = "") -> str:
    """The question, the answer with its citations as links, its sources with their status, and who wrote it.

    Args:
        title: What stands above it.
        answer: Checked.
        target: Of links.
        note: What else the user should know.
    """
    known = {citation.n: citation for citation in answer.citations if citation.path}
    parts = [f"# {label(title)}", said(marked_text(answer) if answer.found else answer.answer.split("\n")[0], known)]
    if not answer.found:
        parts.append("\n".join(_closest(answer, target)))
    if answer.citations:
        parts += ["## Sources", "\n".join(_source(citation) for citation in sorted(answer.citations, key=_number))]
    parts += [prose(text) for text in (answer.provenance.note if answer.found else "", note) if text]
    links = [f"[{n}]: {_bare(target(cited.path, cited.start_line))}" for n, cited in sorted(known.items())]
    return "\n\n".join(part for part in (*parts, "\n".join(links)) if part) + "\n"


def hits_page(title: str, hits: Sequence[Hit], target: Target) -> str:
    """Places with links, best first."""
    rows = [f"- {_linked(hit.path, hit.start_line, target)} {code(_gist(hit))}" for hit in hits]
    return f"# {label(title)}\n\n" + ("\n".join(rows) or "Nothing else in this code has to do with it.") + "\n"


def answer_gist(answer: Answer) -> str:
    """The beginning of the answer and its first sources in a line, for where there is room for no more."""
    if not answer.found:
        places = [f"{piece.path}:{piece.start_line}" for piece in answer.provenance.evidence]
        return places_gist(answer.answer.split("\n")[0], places)
    cited = sorted((citation for citation in answer.citations if citation.path), key=_number)
    sources = [
        one_line(f"[{citation.n}] {citation.path}:{citation.start_line}") for citation in cited[:GIST_PLACES_MAX]
    ]
    text = one_line(marked_text(answer))
    text = text if len(text) <= GIST_CHARACTERS_MAX else f"{text[: GIST_CHARACTERS_MAX - 1]}…"
    return " · ".join([text, *sources])


def places_gist(title: str, places: Sequence[str]) -> str:
    """The same of a list of places."""
    more = len(places) - GIST_PLACES_MAX
    told = [*places[:GIST_PLACES_MAX], *([f"{more} more"] if more > 0 else [])]
    return one_line(f"{title}: {', '.join(told) or 'nothing found'}")


def said(text: str, known: dict[int, Citation]) -> str:
    """An answer's text: paragraphs, code, and `[n]` as links where the number is known."""
    parts: list[str] = []
    end = 0
    for match in FENCE.finditer(text):
        parts += [_paragraphs(text[end : match.start()], known), _block(match.group())]
        end = match.end()
    parts.append(_paragraphs(text[end:], known))
    return "\n\n".join(part for part in parts if part)


def _paragraphs(text: str, known: dict[int, Citation]) -> str:
    paragraphs = [[_line(line, known) for line in part.split("\n") if line.strip()] for part in text.split("\n\n")]
    return "\n\n".join("  \n".join(lines) for lines in paragraphs if lines)


def _line(line: str, known: dict[int, Citation]) -> str:
    line = line.replace(_OPEN, "").replace(_CLOSE, "")
    spans = code_spans(line)

    def marked(match: re.Match[str]) -> str:
        numbers = [int(number) for number in _NUMBER.findall(match.group())]
        is_code = any(start <= match.start() < end for start, end in spans)
        if is_code or not numbers or any(number not in known for number in numbers):
            return match.group()
        return " ".join(f"{_OPEN}{number}{_CLOSE}" for number in numbers)

    escaped = prose(_CITED.sub(marked, line)).replace(f"!{_OPEN}", f"\\!{_OPEN}")  # else it would be an image
    return _RUNS_ON.sub(r"\\", _MARKED.sub(r"[\1]", escaped)) if _OPEN in escaped else escaped


def _block(fenced: str) -> str:
    """Code between fences that nothing inside it ends."""
    lines = _DIRECTIONS.sub("", fenced).strip("\n").split("\n")
    body = lines[1:-1] if len(lines) > 1 and re.fullmatch(r"\s*(?:```+|~~~+)\s*", lines[-1]) else lines[1:]
    longest = max((len(run) for run in re.findall(r"`+", "\n".join(body))), default=0)
    mark = "`" * max(3, longest + 1)
    return "\n".join([mark, *body, mark])


def _source(citation: Citation) -> str:
    if not citation.path:
        return f"- \\[{citation.n}\\] {MARKS[citation.status]}: {prose(citation.reason)}"
    place = code(f"{citation.path}:{citation.start_line}-{citation.end_line}")
    parts = [place, code(citation.symbol) if citation.symbol else "", MARKS[citation.status]]
    reason = f": {prose(citation.reason)}" if citation.reason else ""
    return f"- [{citation.n}] " + " · ".join(part for part in parts if part) + reason


def _closest(answer: Answer, target: Target) -> list[str]:
    pieces = answer.provenance.evidence[:CLOSEST_MAX]
    return [f"- {_linked(piece.path, piece.start_line, target)} {code(piece.symbol)}".rstrip() for piece in pieces]


def _linked(path: str, line: int, target: Target) -> str:
    return f"[{code(f'{path}:{line}')}]({_bare(target(path, line))})"


def _gist(hit: Hit) -> str:
    first = next((line for line in hit.text.split("\n") if line.strip()), "")
    return one_line(hit.symbol or first)[:100]


def _number(citation: Citation) -> int:
    return citation.n


def _bare(target: str) -> str:
    return re.sub(r"[\s<>]", "", target)
