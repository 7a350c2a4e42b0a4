"""How an answer came about, as it is kept with it: enough to write it again, and to tell two apart.

Must not know how it was found.
"""

from __future__ import annotations

from scholiast_server.answering.drafting import Draft, Written
from scholiast_server.answering.types import Confidence, Evidence, Provenance, Source
from scholiast_server.models.protocol import Engine, Outcome, Request

NO_MODEL_NOTE = "Answered from the code alone (no model configured). For generated answers: scholiast models recommend"
"""What follows every answer that no model wrote."""


def provenance_of(
    engine: Engine,
    request: Request,
    written: Written,
    confidence: Confidence,
    seconds: dict[str, float],
    *,
    strict: bool,
) -> Provenance:
    """What is kept of how a request was answered; `seconds` are what each step took."""
    draft, outcome = written.draft, written.draft.outcome
    adapters = outcome.adapters if outcome else ()
    return Provenance(
        task=request.task,
        asked=request.question,
        engine=engine.name,
        model=engine.model,
        host=outcome.host if outcome else None,
        adapter=", ".join(use.name for use in adapters) or None,
        adapter_scale=adapters[0].scale if len(adapters) == 1 else None,
        adapters=adapters,
        temperature=request.temperature,
        seed=request.seed,
        max_tokens=request.max_tokens,
        prompt_tokens=outcome.prompt_tokens if outcome else None,
        reused_tokens=outcome.reused_tokens if outcome else None,
        generated_tokens=outcome.generated_tokens if outcome else None,
        history=request.history if engine.is_generative else (),
        evidence=tuple(_source(piece) for piece in draft.evidence),
        left_out=outcome.left_out if outcome else (),
        confidence=confidence,
        ended=draft.ended,
        complete=draft.ended == "stop",
        repair=written.repair,
        strict=strict,
        withheld=written.withheld,
        note=_note(engine, request, written),
        timings_ms=_timings(draft, seconds),
    )


def _source(piece: Evidence) -> Source:
    return Source(
        n=piece.n,
        path=piece.path,
        start_line=piece.start_line,
        end_line=piece.end_line,
        symbol=piece.symbol,
        language=piece.language,
        kind=piece.kind,
        hash=piece.hash,
        score=round(piece.score, 6),
        why=piece.why,
    )


def _timings(draft: Draft, seconds: dict[str, float]) -> dict[str, float]:
    of_model = {"prompt": draft.outcome.prompt_s, "generation": draft.outcome.generation_s} if draft.outcome else {}
    return {name: round(value * 1000, 2) for name, value in {**seconds, **of_model}.items()}


def _note(engine: Engine, request: Request, written: Written) -> str:
    """What the user should know about how it was written, in sentences."""
    if not engine.is_generative:
        return NO_MODEL_NOTE
    draft, outcome = written.draft, written.draft.outcome
    sentences = draft.checked.sentences
    told = [_writer(engine, outcome), outcome.note if outcome else "", written.note]
    if draft.ended == "length":
        told.append(f"It was cut at its limit of {request.max_tokens:,} tokens (answer.max_tokens).")
    if written.withheld:
        told.append(f"{_counted(written.withheld, 'sentence')} left out: not verified.")
    uncited = sum(sentence.status == "uncited" for sentence in sentences)
    if sentences and not draft.supported:
        told.append("Nothing of it was verified.")
    elif uncited:
        told.append(f"{_counted(uncited, 'sentence')} without a citation: not checked.")
    return " ".join(part for part in told if part)


def _writer(engine: Engine, outcome: Outcome | None) -> str:
    """Who wrote it, where question and code went to another program for that."""
    return f"Written by {engine.model or 'a model'} at {outcome.host}." if outcome and outcome.host else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
