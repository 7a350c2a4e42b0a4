"""The frozen values of an answer; must not know how any of them is made.

Their names are those of `scholiast ask --json`, which shows the contract's keys of a citation alone and puts the rest
under `provenance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import msgspec

from scholiast_indexer.types import Symbol
from scholiast_server.models.protocol import AdapterUse, Evidence, Task, Turn

__all__ = [
    "Answer",
    "Citation",
    "Confidence",
    "Ended",
    "Evidence",
    "EvidenceSource",
    "Provenance",
    "Repaired",
    "Sentence",
    "SentenceStatus",
    "Source",
    "Status",
    "Use",
]

Status = Literal["verified", "moved", "unsupported"]
Ended = Literal["stop", "length", "cancelled"]


class EvidenceSource(Protocol):
    """What answering asks of an index."""

    def symbols(self, path: str) -> Sequence[Symbol]:
        """The definitions of a file in source order."""
        ...

    def read(self, path: str) -> bytes | None:
        """The indexed bytes of a file; None when it is not indexed."""
        ...

    def document_frequency(self, word: str) -> int:
        """In how many chunks a word occurs, stemmed as the index stems."""
        ...


SentenceStatus = Literal["verified", "moved", "unsupported", "uncited"]
"""`uncited`: it names no code that could be held against lines, and cites none; nobody says that it holds."""


class Sentence(msgspec.Struct, frozen=True):
    """One sentence of an answer, or one block of code in it, by its place (characters, half-open), and whether it
    holds.
    """

    start: int
    end: int
    status: SentenceStatus
    reason: str
    """Why it is not `verified`; empty when it is."""
    citations: tuple[int, ...]
    """The numbers that it rests on."""


class Use(msgspec.Struct, frozen=True):
    """One sentence that cites a piece, by its place in the answer (characters, half-open), and whether it
    holds.
    """

    start: int
    end: int
    status: Status
    reason: str


class Citation(msgspec.Struct, frozen=True):
    """A number of the answer, where it points to now, and whether that holds. Lines are 1-based and
    inclusive.
    """

    n: int
    path: str
    start_line: int
    end_line: int
    status: Status
    quote: str
    """The first of the cited lines, exactly as they stand in the file."""
    symbol: str
    reason: str
    """Why it is not `verified`; empty when it is."""
    uses: tuple[Use, ...]


class Confidence(msgspec.Struct, frozen=True):
    """Whether the hits can answer the question, and what says so."""

    level: Literal["strong", "weak"]
    coverage: float
    """Share of the question's words, weighted by rarity, that the best hits hold: 0..1."""
    similarity: float
    """Best dense score of a hit."""
    missing: tuple[str, ...]
    """Words of the question that occur nowhere in the code."""


class Source(msgspec.Struct, frozen=True):
    """One piece of evidence as the provenance records it."""

    n: int
    path: str
    start_line: int
    end_line: int
    symbol: str
    language: str
    kind: str
    hash: str
    score: float
    why: dict[str, Any] = {}
    """Of the best hit behind it: each signal's share in the score; empty for what was pointed at."""


class Repaired(msgspec.Struct, frozen=True):
    """What became of a draft of which not all held, and which its model was asked to write again."""

    faults: tuple[str, ...]
    """What the model was told."""
    improved: bool
    """Whether the second draft is the answer."""
    rejected: str
    """The text of the other draft."""


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """How the answer came about: enough to replay it and to tell two apart."""

    task: Task = "ask"
    asked: str
    """What the engine was asked: the question with names in place of `this`, and of `it` for some engines."""
    engine: str
    model: str | None = None
    host: str | None = None
    """The server that runs the model, to which question and evidence went; None where all stayed here."""
    adapter: str | None = None
    """Names of the adapters; None when there is none."""
    adapter_scale: float | None = None
    """Of the only adapter."""
    adapters: tuple[AdapterUse, ...] = ()
    """What it was really written under."""
    temperature: float = 0.0
    seed: int = 0
    max_tokens: int = 512
    prompt_tokens: int | None = None
    reused_tokens: int | None = None
    """Of the prompt, those whose work was done for the request before."""
    generated_tokens: int | None = None
    history: tuple[Turn, ...] = ()
    """What was said before in the conversation."""
    evidence: tuple[Source, ...] = ()
    left_out: tuple[int, ...] = ()
    """Numbers of pieces that did not fit the model's context: it was not shown them."""
    confidence: Confidence
    ended: Ended = "stop"
    """How the text came to its end: by itself, at a limit, or cancelled."""
    complete: bool = True
    """Whether it did by itself."""
    repair: Repaired | None = None
    strict: bool = False
    """Whether sentences that were not verified were left out."""
    withheld: int = 0
    """How many were."""
    note: str = ""
    """What the user should know about how it was written: that no model is loaded, that it was cut."""
    timings_ms: dict[str, float] = {}
    """`evidence`, `engine`, `check`, `total`; of a model also `prompt` and `generation`."""


class Answer(msgspec.Struct, frozen=True):
    """A checked answer."""

    question: str
    answer: str
    engine: str
    adapter: str | None
    found: bool
    """Whether there is an answer; when not, the text says what is closest, and a terminal exits with 1."""
    citations: tuple[Citation, ...]
    sentences: tuple[Sentence, ...]
    provenance: Provenance
