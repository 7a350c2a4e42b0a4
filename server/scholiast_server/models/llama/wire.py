"""What the worker process is asked and what it answers: msgspec messages over pipes. Must not know llama.cpp.

Each request has an id of the client's; answers to it carry the same. `Generate`, `Complete` and `Embed` are answered
one after the other, in order; `Cancel` is heard at once.
"""

from __future__ import annotations

from typing import IO, Literal

import msgspec

MESSAGE_BYTES_MAX = 1 << 28
"""A longer message means that something else was written to the pipe."""


class Adapter(msgspec.Struct, frozen=True):
    """A LoRA adapter to answer under."""

    path: str
    scale: float = 1.0


class Message(msgspec.Struct, frozen=True):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class Sampling(msgspec.Struct, frozen=True):
    """How tokens are chosen; the default always takes the likeliest."""

    temperature: float = 0.0
    top_p: float = 0.95
    top_k: int = 40
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    seed: int = 0


# -- requests -------------------------------------------------------------------------------------------------------


class Load(msgspec.Struct, frozen=True, tag=True):
    """The first request: the model that this process is for. Answered by `Loaded` or `Failed`."""

    id: int
    path: str
    embedding: bool = False
    context_tokens: int = 0
    """0 is the model's own, up to `memory.CONTEXT_TOKENS_MAX`, or what there is memory for; to embed, the window: 0 is
    the smallest usual one."""
    threads: int = 0
    """0 is one for each processor."""
    niceness: int = 0
    template_s_max: float = 10.0
    """A chat template that takes longer is taken for one that never ends: the process is ended."""


class Generate(msgspec.Struct, frozen=True, tag=True):
    """Answer a chat by the model's own template. Answered by `Piece`s, then `Done`, or `Failed`."""

    id: int
    messages: list[Message]
    max_tokens: int
    sampling: Sampling = Sampling()
    adapters: list[Adapter] = []
    stop: list[str] = []
    grammar: str = ""
    """GBNF that Scholiast itself wrote: llama.cpp dies of a grammar that is none.

    Answers are written without: with a vocabulary of 150,000 tokens, one that lets through only given citations takes
    25 times as long for each token (measured), it would keep `rules[7]` out of quoted code, and a number that it
    allows may be as wrong as any. The check of citations judges them.
    """


class Complete(msgspec.Struct, frozen=True, tag=True):
    """Fill in the middle. Answered as `Generate` is."""

    id: int
    prefix: str
    suffix: str
    max_tokens: int
    sampling: Sampling = Sampling()
    adapters: list[Adapter] = []
    stop: list[str] = []


class Embed(msgspec.Struct, frozen=True, tag=True):
    """Vectors of texts, of any length. Answered by `Vectors`."""

    id: int
    texts: list[str]
    prefix: str = ""
    """What each text begins with, and each window of one that is too long for the model's."""


class Count(msgspec.Struct, frozen=True, tag=True):
    """Tokens of texts, and of a whole chat by the model's template. Answered by `Counted`."""

    id: int
    texts: list[str] = []
    messages: list[Message] = []


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Stop what another request began; that one is still answered, as cancelled."""

    id: int
    request: int


class Stats(msgspec.Struct, frozen=True, tag=True):
    """Answered by `Measured`."""

    id: int


Request = Load | Generate | Complete | Embed | Count | Cancel | Stats


# -- answers --------------------------------------------------------------------------------------------------------


class ModelFacts(msgspec.Struct, frozen=True):
    """What a loaded model says of itself."""

    name: str
    architecture: str
    context_tokens: int
    trained_context_tokens: int
    dimension: int
    """Of its embeddings."""
    layers: int
    parameters: int
    has_chat_template: bool
    fills_in_the_middle: bool


class Loaded(msgspec.Struct, frozen=True, tag=True):
    id: int
    facts: ModelFacts
    seconds: float


class Piece(msgspec.Struct, frozen=True, tag=True):
    """Some more text."""

    id: int
    text: str


class Done(msgspec.Struct, frozen=True, tag=True):
    """The end of a text."""

    id: int
    reason: Literal["stop", "length", "cancelled"]
    prompt_tokens: int
    reused_tokens: int
    """Of the prompt, those whose work was done for the request before."""
    generated_tokens: int
    prompt_s: float
    generation_s: float


class Vectors(msgspec.Struct, frozen=True, tag=True):
    """Float32, little-endian, row by row; each row of unit length."""

    id: int
    dimension: int
    data: bytes


class Counted(msgspec.Struct, frozen=True, tag=True):
    id: int
    texts: list[int]
    messages: int


class Measured(msgspec.Struct, frozen=True, tag=True):
    id: int
    resident_bytes: int
    answered: int


FailureKind = Literal["model", "adapter", "prompt", "request", "cancelled", "internal"]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """A request that can't be answered; the process lives on, but after a model that does not load."""

    id: int
    kind: FailureKind
    message: str


Answer = Loaded | Piece | Done | Vectors | Counted | Measured | Failed


def write_message(sink: IO[bytes], message: bytes) -> None:
    """A length of 4 bytes, then the message."""
    sink.write(len(message).to_bytes(4, "big") + message)
    sink.flush()


def read_message(source: IO[bytes]) -> bytes | None:
    """The next message; None at the end of the stream, a cut message included."""
    head = source.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    if length > MESSAGE_BYTES_MAX:
        return None
    message = source.read(length)
    return message if len(message) == length else None
