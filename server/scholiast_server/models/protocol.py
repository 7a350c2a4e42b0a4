"""What every engine is given and gives back; must not know workspaces, indexes or how citations are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol

import msgspec


class Evidence(msgspec.Struct, frozen=True):
    """One numbered piece of the code that an answer may rest on. Lines are 1-based and inclusive."""

    n: int
    """The number that the answer cites it by: `[1]`."""
    path: str
    start_line: int
    end_line: int
    language: str
    kind: str
    symbol: str
    """Symbol path (`Scaffold.route`); the heading of a section of prose; empty outside any definition."""
    signature: str
    doc: str
    """Doc comment as plain text with its markup; empty when there is none."""
    text: str
    """The exact lines, joined by `\\n`."""
    hash: str
    """Anchor of the text: `answering.anchors.anchor_hash`."""
    score: float
    """The retrieval score of the best hit behind this piece."""
    members: tuple[str, ...] = ()
    """Names of the definitions directly inside it that its lines show, in order."""
    why: dict[str, Any] = {}
    """Each signal's share in that score."""

    @property
    def name(self) -> str:
        """The last part of the symbol path."""
        return self.symbol.rpartition(".")[2]


class Turn(msgspec.Struct, frozen=True):
    """A question of a conversation and what was answered."""

    question: str
    """With names in place of words such as `this`."""
    answer: str


Task = Literal["ask", "explain", "document", "commit", "complete"]
"""What is wanted of a model; an adapter may serve some tasks and not others."""


class AdapterUse(msgspec.Struct, frozen=True):
    """A LoRA adapter to answer under."""

    name: str
    path: str
    scale: float = 1.0
    sha256: str = ""
    """Of its file; empty where nobody looked."""


def adapters_text(uses: Sequence[AdapterUse]) -> str:
    """`house-style`; `house-style (×0.7), terse (×0.3)`: the scale where it is not 1, or there are several."""
    is_plain = len(uses) == 1 and uses[0].scale == 1
    return ", ".join(use.name if is_plain else f"{use.name} (×{use.scale:g})" for use in uses)


def without_adapters(names: Iterable[str], reason: str) -> str:
    """The note of an answer that the model wrote as it is, though it was to be written otherwise."""
    named = list(names)
    told = " ".join(line.strip() for line in reason.splitlines()).rstrip(".")
    return f"Answered without the adapter{'' if len(named) == 1 else 's'} {', '.join(named)}: {told}."


class Repair(msgspec.Struct, frozen=True):
    """A draft whose citations did not all hold, to be written again."""

    draft: str
    faults: tuple[str, ...]
    """One line for each citing sentence that did not hold: the sentence and the reason."""


class Outcome(msgspec.Struct, frozen=True):
    """How a generated text came about; the last thing that a generative engine yields."""

    reason: Literal["stop", "length", "cancelled"]
    prompt_tokens: int | None = None
    reused_tokens: int | None = None
    """Of the prompt, those whose work was done for the request before."""
    generated_tokens: int | None = None
    prompt_s: float = 0.0
    generation_s: float = 0.0
    left_out: tuple[int, ...] = ()
    """Numbers of pieces of evidence that did not fit the prompt."""
    adapters: tuple[AdapterUse, ...] = ()
    """What it was really written under."""
    note: str = ""
    """What the user should know: that an adapter could not be used, say."""
    host: str | None = None
    """The server that wrote it; None where it was written here."""


class Request(msgspec.Struct, frozen=True):
    """All that an engine is told."""

    question: str
    evidence: tuple[Evidence, ...]
    max_tokens: int = 512
    temperature: float = 0.0
    """How freely words are chosen; 0 always takes the likeliest."""
    seed: int = 0
    history: tuple[Turn, ...] = ()
    """What was said before in the conversation, oldest first; an engine may leave it aside."""
    task: Task = "ask"
    adapters: tuple[AdapterUse, ...] = ()
    """To answer under; an engine without adapters leaves them aside."""
    repair: Repair | None = None


def never() -> bool:
    """For calls that nobody can cancel."""
    return False


class Engine(Protocol):
    """Writes an answer from evidence, citing pieces as `[n]`."""

    @property
    def name(self) -> str:
        """What answers name as their engine: `extractive`, `llama`, `endpoint`."""
        ...

    @property
    def model(self) -> str | None:
        """The model behind it; None when there is none."""
        ...

    @property
    def is_generative(self) -> bool:
        """Whether the text comes from a language model, so that it may claim what no evidence says."""
        ...

    def answer(self, request: Request, cancelled: Callable[[], bool] = never) -> Iterator[str | Outcome]:
        """The answer piece by piece, from a generative engine with its outcome at the end. `cancelled` is asked
        between pieces and while it waits for one; closing the iterator ends it as well.

        Raises:
            ModelError: The model can't answer: what went wrong and what to do.
        """
        ...
