"""The frozen values of an answer; must not know how any of them is made.

Their names are those of `scholiast ask --json`, which shows the contract's keys of a citation alone and puts the rest
under `provenance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from scholiast_indexer.types import Symbol
from scholiast_server.models.protocol import AdapterUse, Evidence

__all__ = [
    "Answer",
    "Citation",
    "Confidence",
    "Evidence",
    "EvidenceSource",
    "Provenance",
    "Source",
    "Status",
    "Use",
]

Status = Literal["verified", "moved", "unsupported"]


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
    hash: str
    score: float


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """How the answer came about: enough to replay it and to tell two apart."""

    asked: str
    """What the engine was asked: the question with names in place of `this`, and of `it` for some engines."""
    engine: str
    model: str | None = None
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
    evidence: tuple[Source, ...] = ()
    confidence: Confidence
    complete: bool = True
    """False when the answer was cancelled or cut at its limit."""
    note: str = ""
    """What the user should know about the engine: that no model is loaded, and how to add one."""
    timings_ms: dict[str, float] = {}
    """`evidence`, `engine`, `check`, `total`."""


class Answer(msgspec.Struct, frozen=True):
    """A checked answer."""

    question: str
    answer: str
    engine: str
    adapter: str | None
    citations: tuple[Citation, ...]
    provenance: Provenance

    @property
    def found(self) -> bool:
        """Whether the code answers the question; when not, a terminal exits with 1."""
        return self.provenance.confidence.level == "strong"
