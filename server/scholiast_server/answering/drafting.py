"""Has an engine write, checks what it wrote, has a draft that does not hold written again once, and keeps the better.

Must not know how evidence is found or how an answer is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from scholiast_server.answering.citations import Checked
from scholiast_server.answering.claims import CITATION, parse_claims
from scholiast_server.answering.limits import (
    ANSWER_CHARACTERS_MAX,
    ANSWER_PIECES_MAX,
    FAULT_CHARACTERS_MAX,
    FAULTS_MAX,
)
from scholiast_server.answering.sifting import sifted
from scholiast_server.answering.types import Ended, Evidence, Repaired
from scholiast_server.errors import ModelError
from scholiast_server.models.protocol import Engine, Outcome, Repair, Request

log = logging.getLogger(__name__)

Check = Callable[[str, Sequence[Evidence], Sequence[int]], Checked]
"""Text, evidence, and the numbers of pieces that the model was not shown → what holds."""


class Delta(msgspec.Struct, frozen=True):
    """What there is to show while an answer is written."""

    text: str = ""
    resets: bool = False
    """Whether the text takes the place of all that came before, rather than following it."""
    repairs: bool = False
    """No text: what is shown so far does not all hold, and is being written again."""


Tell = Callable[[Delta], None]


class Draft(msgspec.Struct, frozen=True):
    """A text and what was found when it was checked."""

    text: str
    evidence: tuple[Evidence, ...]
    checked: Checked
    ended: Ended
    outcome: Outcome | None = None

    @property
    def supported(self) -> int:
        """Sentences that hold."""
        return sum(sentence.status in {"verified", "moved"} for sentence in self.checked.sentences)

    @property
    def unsupported(self) -> int:
        """Sentences that do not."""
        return sum(sentence.status == "unsupported" for sentence in self.checked.sentences)


class Written(msgspec.Struct, frozen=True):
    """What an engine made of a request in the end."""

    draft: Draft
    repair: Repaired | None = None
    withheld: int = 0
    note: str = ""


def write(
    request: Request,
    engine: Engine,
    check: Check,
    *,
    repairs: bool,
    strict: bool,
    tell: Tell,
    cancelled: Callable[[], bool],
) -> Written:
    """The checked text for a request.

    A model's text is told as it comes, but for a strict answer, of which nothing may be seen that was not checked. What
    was told in the end is always the text of the draft that comes back.

    Args:
        request: What to write about.
        engine: What writes.
        check: Holds a text against the code.
        repairs: Whether a draft that does not hold is written again, once.
        strict: Whether only sentences that hold are left.
        tell: Given what there is to show, in order.
        cancelled: Asked between pieces; what was written until then comes back.
    """
    told: list[str] = []
    streams = engine.is_generative and not strict

    def stream(text: str) -> None:
        told.append(text)
        tell(Delta(text))

    draft = _draft(request, engine, check, stream if streams else _mute, cancelled)
    written = Written(draft)
    if repairs and engine.is_generative and draft.unsupported and draft.ended == "stop" and not cancelled():
        tell(Delta(repairs=True))
        written = _repaired(request, engine, check, draft, cancelled)
    if strict:
        written = _sifted(written, check)
    if written.draft.text != "".join(told):
        tell(Delta(written.draft.text, resets=bool(told)))
    return written


def is_better(second: Draft, first: Draft) -> bool:
    """Whether a second draft takes the first one's place: less of it fails, and it does not merely say less.

    One sentence that fails weighs as much as two that hold: an answer that keeps most of what held and drops what did
    not is better, one that gives up is not.
    """
    says_something = bool(second.text.strip()) and (second.supported > 0 or first.supported == 0)
    fails_less = second.unsupported < first.unsupported
    return says_something and fails_less and _worth(second) > _worth(first)


def _worth(draft: Draft) -> int:
    return draft.supported - 2 * draft.unsupported


def faults(draft: Draft) -> tuple[str, ...]:
    """A line for each sentence that does not hold, the first ones: the sentence and the reason."""
    failed = [sentence for sentence in draft.checked.sentences if sentence.status == "unsupported"]
    return tuple(
        f"“{_shortened(draft.text[sentence.start : sentence.end])}” {sentence.reason}"
        for sentence in failed[:FAULTS_MAX]
    )


def renumbered(text: str, evidence: Sequence[Evidence]) -> tuple[str, tuple[Evidence, ...]]:
    """Text and evidence numbered in order of first citation, pieces that nothing cites last; the evidence stays in its
    own order, which says what the text begins with.

    Only for text whose every `[n]` is a citation: an engine without a model writes no other.
    """
    first_use = dict.fromkeys(number for claim in parse_claims(text) for number in claim.numbers)
    ordered = sorted(
        evidence,
        key=lambda piece: list(first_use).index(piece.n) if piece.n in first_use else 10_000 + piece.n,
    )
    new = {piece.n: place for place, piece in enumerate(ordered, start=1)}
    changed = CITATION.sub(lambda m: f"[{new[int(m[1])]}]" if m[1].isdigit() and int(m[1]) in new else m[0], text)
    return changed, tuple(msgspec.structs.replace(piece, n=new[piece.n]) for piece in evidence)


def _mute(text: str) -> None:
    """For text that nobody is to see yet."""


def _draft(
    request: Request, engine: Engine, check: Check, stream: Callable[[str], None], cancelled: Callable[[], bool]
) -> Draft:
    text, ended, outcome = _text(request, engine, stream, cancelled)
    evidence = request.evidence
    if not engine.is_generative:
        text, evidence = renumbered(text, evidence)
    return Draft(text, evidence, check(text, evidence, outcome.left_out if outcome else ()), ended, outcome)


def _text(
    request: Request, engine: Engine, stream: Callable[[str], None], cancelled: Callable[[], bool]
) -> tuple[str, Ended, Outcome | None]:
    """What the engine writes, within limits."""
    if cancelled():  # while evidence was gathered: an engine may take long to start
        return "", "cancelled", None
    pieces: list[str] = []
    length = 0
    ended: Ended = "stop"
    outcome: Outcome | None = None
    written = engine.answer(request, cancelled)
    for count, piece in enumerate(written, start=1):
        if isinstance(piece, Outcome):
            outcome, ended = piece, piece.reason
            continue
        pieces.append(piece[: ANSWER_CHARACTERS_MAX - length])
        length += len(pieces[-1])
        stream(pieces[-1])
        if cancelled():
            ended = "cancelled"
            break
        if length >= ANSWER_CHARACTERS_MAX or count >= ANSWER_PIECES_MAX:
            ended = "length"
            break
    if (close := getattr(written, "close", None)) is not None:
        close()
    return "".join(pieces), ended, outcome


def _repaired(request: Request, engine: Engine, check: Check, first: Draft, cancelled: Callable[[], bool]) -> Written:
    """The better of a draft and the one that its model writes when it is shown what failed."""
    told = faults(first)
    again = msgspec.structs.replace(request, repair=Repair(first.text, told))
    try:
        second = _draft(again, engine, check, _mute, cancelled)
    except ModelError as error:  # the first draft is there, and it is checked
        log.warning("a draft could not be written again: %s", error)
        return Written(first, note=f"What does not hold could not be written again: {str(error).splitlines()[0]}")
    if is_better(second, first) and second.ended == "stop":
        return Written(second, Repaired(told, improved=True, rejected=first.text))
    return Written(first, Repaired(told, improved=False, rejected=second.text))


def _sifted(written: Written, check: Check) -> Written:
    """Only what holds."""
    draft = written.draft
    unseen = draft.outcome.left_out if draft.outcome else ()
    text, checked = sifted(draft.text, draft.checked, lambda text: check(text, draft.evidence, unseen))
    left = msgspec.structs.replace(draft, text=text, checked=checked)
    withheld = len(draft.checked.sentences) - len(checked.sentences)
    return msgspec.structs.replace(written, draft=left, withheld=withheld)


def _shortened(sentence: str) -> str:
    said = " ".join(sentence.split())
    return said if len(said) <= FAULT_CHARACTERS_MAX else f"{said[: FAULT_CHARACTERS_MAX - 1]}…"
