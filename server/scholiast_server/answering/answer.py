"""Ties evidence, engine and check together: hits in, a checked `Answer` out; must not know how hits are found
or shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from scholiast_indexer.types import Hit
from scholiast_server.answering.citations import Checked, Outline, Read, check_answer
from scholiast_server.answering.confidence import assess
from scholiast_server.answering.drafting import Delta, Draft, Tell, Written, write
from scholiast_server.answering.evidence import select_evidence
from scholiast_server.answering.inquiry import Inquiry, plain
from scholiast_server.answering.limits import CLOSEST_MAX, HITS_READ_MAX
from scholiast_server.answering.provenance import provenance_of
from scholiast_server.answering.types import Answer, Confidence, Evidence, EvidenceSource
from scholiast_server.models.protocol import AdapterUse, Engine, Request, Task, never

NOTHING_FOUND = "Nothing in this code answers that."
NOTHING_WRITTEN = "The model wrote nothing."
NOTHING_HOLDS = "Nothing of what was written holds against the code."
CLOSEST = "The closest, with weak evidence:"
FROM = "It was to be written from:"


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
    repair: bool = True
    """Whether a model is shown once what of its draft does not hold."""
    strict: bool = False
    """Whether only sentences that hold are left."""


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
    on_delta: Tell | None = None,
    cancelled: Callable[[], bool] = never,
) -> Answer:
    """The checked answer to a question, from hits best first.

    Args:
        question: As it was asked.
        hits: Where evidence is taken from.
        engine: What writes.
        source: The files behind the hits.
        inquiry: The question in its context, where it has one.
        options: How it is written.
        read: The current bytes of a file for the check, live buffers laid over it; the indexed bytes by default.
        outline: The definitions of those bytes, to tell a moved definition from a copy of it.
        on_delta: Given the text piece by piece as it is written.
        cancelled: Asked between pieces; what was written until then is checked and comes back as incomplete.
    """
    began = time.perf_counter()
    inquiry = inquiry or plain(question)
    confidence, evidence = _gathered(inquiry, hits, source)
    gathered_s = time.perf_counter() - began
    request = _request(inquiry.resolved if engine.is_generative else inquiry.sought, evidence, inquiry, options)
    return answer_request(
        question,
        request,
        engine,
        read or source.read,
        options=options,
        outline=outline,
        confidence=confidence,
        on_delta=on_delta,
        cancelled=cancelled,
        gathered_s=gathered_s,
    )


def answer_request(  # noqa: PLR0913  (keyword-only beyond the four that every caller has)
    question: str,
    request: Request,
    engine: Engine,
    read: Read,
    *,
    options: AnswerOptions,
    outline: Outline | None = None,
    confidence: Confidence = POINTED,
    on_delta: Tell | None = None,
    cancelled: Callable[[], bool] = never,
    gathered_s: float = 0.0,
) -> Answer:
    """The checked answer from evidence that is chosen already.

    Args:
        question: As it was asked.
        request: What the engine is told.
        engine: What writes.
        read: The current bytes that each piece of evidence stands in, for the check.
        options: How it is written.
        outline: The definitions of those bytes.
        confidence: Whether the evidence can answer.
        on_delta: Given the text piece by piece as it is written.
        cancelled: Asked between pieces.
        gathered_s: How long the evidence took.
    """
    began = time.perf_counter()
    tell = on_delta or _nobody
    checks_s = 0.0

    def check(text: str, pieces: Sequence[Evidence], unseen: Sequence[int]) -> Checked:
        nonlocal checks_s
        start = time.perf_counter()
        checked = check_answer(text, pieces, read, outline, unseen)
        checks_s += time.perf_counter() - start
        return checked

    if confidence.level == "weak":
        written = _nothing_found(request.evidence, tell)
    else:
        written = write(
            request, engine, check, repairs=options.repair, strict=options.strict, tell=tell, cancelled=cancelled
        )
        written = _if_nothing_is_left(written, engine, tell)
    done = time.perf_counter()
    seconds = {
        "evidence": gathered_s,
        "engine": done - began - checks_s,
        "check": checks_s,
        "total": done - began + gathered_s,
    }
    provenance = provenance_of(engine, request, written, confidence, seconds, strict=options.strict)
    draft, checked = written.draft, written.draft.checked
    return Answer(
        question,
        draft.text,
        engine.name,
        provenance.adapter,
        bool(checked.sentences),
        checked.citations,
        checked.sentences,
        provenance,
    )


def _nobody(delta: Delta) -> None:
    """For answers that nobody watches."""


def _gathered(inquiry: Inquiry, hits: Sequence[Hit], source: EvidenceSource) -> tuple[Confidence, tuple[Evidence, ...]]:
    """Whether the code can answer, and from what."""
    leads = _leads(inquiry, hits, source)
    assessed = assess(inquiry.sought, hits, source.document_frequency, is_foreign=inquiry.is_foreign)
    confidence = POINTED if leads else assessed
    if confidence.level == "weak" and inquiry.may_lead:
        leads, confidence = True, POINTED
    return confidence, select_evidence(inquiry.sought, hits, source, inquiry.pointed, leads=leads)


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


# -- no answer ------------------------------------------------------------------------------------------------------


def _nothing_found(evidence: tuple[Evidence, ...], tell: Tell) -> Written:
    evidence = evidence[:CLOSEST_MAX]
    text = _with_places(f"{NOTHING_FOUND} {CLOSEST}", evidence) if evidence else NOTHING_FOUND
    tell(Delta(text))
    return Written(Draft(text, evidence, Checked((), ()), "stop"))


def _if_nothing_is_left(written: Written, engine: Engine, tell: Tell) -> Written:
    """What was written; where that is nothing, or nothing of it holds, what it was to be written from."""
    draft = written.draft
    if draft.text.strip() or draft.ended == "cancelled":
        return written
    opening = NOTHING_HOLDS if written.withheld else NOTHING_WRITTEN
    text = _with_places(f"{opening} {FROM}", draft.evidence[:CLOSEST_MAX])
    tell(Delta(text, resets=engine.is_generative))
    return msgspec.structs.replace(written, draft=msgspec.structs.replace(draft, text=text, checked=Checked((), ())))


def _with_places(opening: str, evidence: Sequence[Evidence]) -> str:
    places = [f"  {piece.path}:{piece.start_line}  {piece.symbol}".rstrip() for piece in evidence]
    return "\n".join([opening, *places])
