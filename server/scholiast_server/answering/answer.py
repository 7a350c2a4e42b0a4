"""Ties evidence, engine and check together: hits in, a checked `Answer` out; must not know how hits are found
or shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from scholiast_indexer.types import Hit
from scholiast_server.answering.citations import Outline, Read, check_citations
from scholiast_server.answering.claims import CITATION, parse_claims
from scholiast_server.answering.confidence import assess
from scholiast_server.answering.evidence import select_evidence
from scholiast_server.answering.inquiry import Inquiry, plain
from scholiast_server.answering.limits import ANSWER_CHARACTERS_MAX, CLOSEST_MAX, HITS_READ_MAX
from scholiast_server.answering.types import Answer, Confidence, Evidence, EvidenceSource, Provenance, Source
from scholiast_server.models.protocol import AdapterUse, Engine, Outcome, Request, Task, never

NO_MODEL_NOTE = (
    "Answered from the code alone (no model configured). For generated answers: "
    'pip install "scholiast[llama]" and set a model.'
)
"""What follows every answer that no model wrote."""

NOTHING_FOUND = "Nothing in this code answers that."
CLOSEST = "The closest, with weak evidence:"


POINTED = Confidence("strong", 1.0, 0.0, ())
"""Of a question about code that was pointed at: it is there."""


class AnswerOptions(msgspec.Struct, frozen=True):
    """What may differ from one question to the next."""

    max_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    adapters: tuple[AdapterUse, ...] = ()
    """To answer under; what was really answered under is in the provenance."""
    task: Task = "ask"


class _Written(msgspec.Struct, frozen=True):
    text: str
    evidence: tuple[Evidence, ...]
    complete: bool
    outcome: Outcome | None = None


def answer_question(  # noqa: PLR0913  (keyword-only beyond the four that every caller has)
    question: str,
    hits: Sequence[Hit],
    engine: Engine,
    source: EvidenceSource,
    *,
    inquiry: Inquiry | None = None,
    options: AnswerOptions = AnswerOptions(),  # noqa: B008  (frozen)
    read: Read | None = None,
    outline: Outline | None = None,
    on_delta: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] = never,
) -> Answer:
    """The checked answer to a question, from hits best first.

    Args:
        inquiry: the question in its context, where it has one.
        read: the current bytes of a file for the check, live buffers laid over it; the indexed bytes by
        default. outline: the definitions of those bytes, to tell a moved definition from a copy of it.
        on_delta: given the text piece by piece as it is written. cancelled: asked between pieces; what was
        written until then is checked and comes back as incomplete.
    """
    began = time.perf_counter()
    inquiry = inquiry or plain(question)
    leads = _leads(inquiry, hits, source)
    confidence = POINTED if leads else assess(inquiry.sought, hits, source.document_frequency)
    if confidence.level == "weak" and inquiry.may_lead:
        leads, confidence = True, POINTED
    evidence = select_evidence(inquiry.sought, hits, source, inquiry.pointed, leads=leads)
    gathered = time.perf_counter()
    asked = inquiry.resolved if engine.is_generative else inquiry.sought
    if confidence.level == "weak":
        written = _Written(_nothing_found(evidence), evidence[:CLOSEST_MAX], complete=True)
        if on_delta:
            on_delta(written.text)
    else:
        request = _request(asked, evidence, inquiry, options)
        written = _write(request, engine, on_delta, cancelled)
    wrote = time.perf_counter()
    found = written.evidence if confidence.level == "strong" else ()
    citations = check_citations(written.text, found, read or source.read, outline)
    done = time.perf_counter()
    timings = {
        "evidence": gathered - began,
        "engine": wrote - gathered,
        "check": done - wrote,
        "total": done - began,
    }
    provenance = _provenance(engine, asked, options, written, confidence, timings)
    return Answer(question, written.text, engine.name, provenance.adapter, citations, provenance)


def _request(asked: str, evidence: tuple[Evidence, ...], inquiry: Inquiry, options: AnswerOptions) -> Request:
    return Request(
        asked,
        evidence,
        max_tokens=options.max_tokens,
        temperature=options.temperature,
        seed=options.seed,
        history=inquiry.history,
        task=options.task,
        adapters=options.adapters,
    )


def _leads(inquiry: Inquiry, hits: Sequence[Hit], source: EvidenceSource) -> bool:
    """Whether the code pointed at opens the answer: not where it only mentions a name that a hit defines."""
    if not inquiry.name or not inquiry.pointed:
        return inquiry.leads
    wanted = inquiry.name.rpartition(".")[2]
    files = {hit.path: source.symbols(hit.path) for hit in hits[:HITS_READ_MAX]}
    return not any(
        symbol.name == wanted and hit.start_line <= symbol.start_line + 1 <= hit.end_line
        for hit in hits[:HITS_READ_MAX]
        for symbol in files[hit.path]
    )


def _write(
    request: Request, engine: Engine, on_delta: Callable[[str], None] | None, cancelled: Callable[[], bool]
) -> _Written:
    if cancelled():  # while evidence was gathered: an engine may take long to start
        return _Written("", request.evidence, complete=False)
    pieces: list[str] = []
    length = 0
    complete = True
    stream = engine.answer(request, cancelled)
    outcome: Outcome | None = None
    for piece in stream:
        if isinstance(piece, Outcome):
            outcome = piece
            continue
        pieces.append(piece[: ANSWER_CHARACTERS_MAX - length])
        length += len(pieces[-1])
        if on_delta and engine.is_generative:
            on_delta(pieces[-1])
        if length >= ANSWER_CHARACTERS_MAX or cancelled():
            complete = False
            break
    if (close := getattr(stream, "close", None)) is not None:
        close()
    text = "".join(pieces)
    if engine.is_generative:
        return _Written(text, request.evidence, complete, outcome)
    text, evidence = renumbered(text, request.evidence)
    if on_delta:
        on_delta(text)
    return _Written(text, evidence, complete)


def renumbered(text: str, evidence: Sequence[Evidence]) -> tuple[str, tuple[Evidence, ...]]:
    """Text and evidence numbered in order of first citation; pieces that nothing cites come last.

    Only for text whose every `[n]` is a citation: an engine without a model writes no other.
    """
    first_use = dict.fromkeys(number for claim in parse_claims(text) for number in claim.numbers)
    ordered = sorted(
        evidence,
        key=lambda piece: list(first_use).index(piece.n) if piece.n in first_use else 10_000 + piece.n,
    )
    new = {piece.n: place for place, piece in enumerate(ordered, start=1)}
    changed = CITATION.sub(lambda m: f"[{new[int(m[1])]}]" if m[1].isdigit() and int(m[1]) in new else m[0], text)
    return changed, tuple(msgspec.structs.replace(piece, n=new[piece.n]) for piece in ordered)


def _nothing_found(evidence: Sequence[Evidence]) -> str:
    if not evidence:
        return NOTHING_FOUND
    places = [f"  {piece.path}:{piece.start_line}  {piece.symbol}".rstrip() for piece in evidence[:CLOSEST_MAX]]
    return "\n".join([f"{NOTHING_FOUND} {CLOSEST}", *places])


def _provenance(
    engine: Engine,
    asked: str,
    options: AnswerOptions,
    written: _Written,
    confidence: Confidence,
    seconds: dict[str, float],
) -> Provenance:
    adapters = written.outcome.adapters if written.outcome else ()
    return Provenance(
        asked=asked,
        engine=engine.name,
        model=engine.model,
        adapter=", ".join(use.name for use in adapters) or None,
        adapter_scale=adapters[0].scale if len(adapters) == 1 else None,
        adapters=adapters,
        temperature=options.temperature,
        seed=options.seed,
        max_tokens=options.max_tokens,
        prompt_tokens=written.outcome.prompt_tokens if written.outcome else None,
        evidence=tuple(
            Source(
                piece.n,
                piece.path,
                piece.start_line,
                piece.end_line,
                piece.symbol,
                piece.hash,
                round(piece.score, 4),
            )
            for piece in written.evidence
        ),
        confidence=confidence,
        complete=written.complete,
        note=_note(engine, written.outcome),
        timings_ms={name: round(value * 1000, 2) for name, value in seconds.items()},
    )


def _note(engine: Engine, outcome: Outcome | None) -> str:
    if not engine.is_generative:
        return NO_MODEL_NOTE
    return outcome.note if outcome else ""
