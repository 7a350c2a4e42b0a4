"""OpenAI's protocol as far as it is used: bodies out, pieces and vectors in. Pure; must not know connections.

Servers differ in what they take and give beside what is common to all: what is not understood is left aside, unless
nothing is left without it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_server.models.endpoint.faults import Fault
from scholiast_server.models.prompt import without_marks

Body = Mapping[str, object]


class Usage(msgspec.Struct, frozen=True):
    """Tokens, as the server counted them."""

    prompt_tokens: int | None = None
    generated_tokens: int | None = None
    reused_tokens: int | None = None


class Piece(msgspec.Struct, frozen=True):
    """What one event of a stream brings."""

    text: str = ""
    ending: str | None = None
    """Why the model stopped: `stop`, `length`."""
    usage: Usage | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it is a sign of life only: a role, a thought that is not shown."""
        return not self.text and self.ending is None and self.usage is None


class ServedModel(msgspec.Struct, frozen=True):
    """A model, or an adapter over one, that a server lists."""

    id: str
    context_tokens: int | None = None
    is_adapter: bool = False


class _Delta(msgspec.Struct, frozen=True):
    content: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Event(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    usage: Any = None


class _Details(msgspec.Struct, frozen=True):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Listed(msgspec.Struct, frozen=True):
    id: str
    max_model_len: int | None = None
    parent: str | None = None


class _Listing(msgspec.Struct, frozen=True):
    data: list[_Listed]


class _Row(msgspec.Struct, frozen=True):
    embedding: list[Any]
    index: int | None = None


class _Rows(msgspec.Struct, frozen=True):
    data: list[_Row]


_OPTIONAL = ("stream_options", "seed", "temperature", "stop")
"""Fields that a server may refuse and an answer can do without."""
_RENAMED = {"max_tokens": "max_completion_tokens"}
"""Newer models of OpenAI's take the second name alone."""
_REFUSAL = re.compile(
    r"unsupported|not (be )?(supported|permitted|allowed|accepted)|unknown|unrecogni[sz]ed|unexpected|extra",
    re.IGNORECASE,
)


def chat_body(
    model: str,
    messages: Sequence[tuple[str, str]],
    *,
    max_tokens: int,
    temperature: float,
    seed: int,
    stop: Sequence[str] = (),
) -> Body:
    """What asks for an answer as a stream. `messages` are pairs of role and text; a text of `stop` ends it."""
    return {
        "model": model,
        "messages": [{"role": role, "content": sendable(without_marks(text))} for role, text in messages],
        "max_tokens": max_tokens,
        "temperature": temperature,
        "seed": seed,
        "stream": True,
        "stream_options": {"include_usage": True},
        **({"stop": list(stop)} if stop else {}),
    }


def embedding_body(model: str, texts: Sequence[str]) -> Body:
    """What asks for vectors, as numbers: not every server knows base64."""
    return {"model": model, "input": [sendable(text) for text in texts], "encoding_format": "float"}


def without(body: Body, refused: Collection[str]) -> Body:
    """The body without what the server refuses, or under the other name that it takes."""
    kept = {name: value for name, value in body.items() if name not in refused}
    renamed = {_RENAMED[name]: body[name] for name in refused if name in _RENAMED and name in body}
    return {**kept, **renamed}


def refused_field(said: str, body: Body, refused: Collection[str]) -> str | None:
    """The field that a server's complaint is about, if an answer can do without it; None when it is another."""
    if not _REFUSAL.search(said):
        return None
    candidates = (*_OPTIONAL, *_RENAMED)
    return next((name for name in candidates if name in body and name not in refused and name in said), None)


def sendable(text: str) -> str:
    """A text without halves of surrogate pairs, which UTF-8 can't hold."""
    return text.encode("utf-8", "replace").decode()


def piece_of(data: object) -> Piece:
    """What an event of a stream brings.

    Raises:
        Fault: It is no such event.
    """
    event = _converted(data, _Event)
    choice = event.choices[0] if event.choices else _Choice()
    text = (choice.delta.content if choice.delta else None) or ""
    return Piece(sendable(text), choice.finish_reason, _usage(event.usage))


def models_of(data: object) -> tuple[ServedModel, ...]:
    """The models that a server lists, in its order. Raises as `piece_of` does."""
    listed = _converted(data, _Listing).data
    return tuple(ServedModel(model.id, model.max_model_len, bool(model.parent)) for model in listed)


def vectors_of(data: object, count: int) -> npt.NDArray[np.float32]:
    """Vectors `(count, dimension)`, float32, of any length, in the order of the texts.

    Raises:
        Fault: They are no vectors, not as many, not of one dimension, or hold what is no number.
    """
    rows = _converted(data, _Rows).data
    if len(rows) != count:
        raise Fault("garbled", f"{len(rows)} vectors for {count} texts")
    ordered = sorted(range(count), key=lambda place: place if rows[place].index is None else rows[place].index or 0)
    values = [rows[place].embedding for place in ordered]
    if any(value and isinstance(value[0], list) for value in values):
        raise Fault(
            "garbled", "a vector for each token instead of one for the text: the model needs to be run with pooling"
        )
    try:
        vectors = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError):  # numbers among what is none, or rows of several lengths
        raise Fault("garbled", "vectors that are no rows of numbers") from None
    if vectors.ndim != 2 or not vectors.shape[1]:
        raise Fault("garbled", "vectors of several lengths, or empty ones")
    if not np.isfinite(vectors).all():
        raise Fault("garbled", "vectors with values that are not numbers")
    return vectors


def error_words(body: object) -> str:
    """The server's own words in the body of an error, whichever of the usual shapes it has."""
    if isinstance(body, Mapping):
        if isinstance(body.get("loc"), (list, tuple)):  # FastAPI says apart what it is about
            return f"{'.'.join(map(str, body['loc']))}: {body.get('msg', '')}"
        for name in ("error", "message", "detail", "msg"):
            if body.get(name):
                return error_words(body[name])
        return ""
    if isinstance(body, (list, tuple)):
        return error_words(body[0]) if body else ""
    text = body if isinstance(body, str) else ""
    return "" if text.lstrip().startswith("<") else text  # a page of HTML says nothing in a line


def _usage(data: object) -> Usage | None:
    if not isinstance(data, Mapping):
        return None
    try:
        usage = msgspec.convert(data, _Usage)
    except msgspec.ValidationError:
        return None  # an answer does not fail for the numbers beside it
    cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else None
    return Usage(usage.prompt_tokens, usage.completion_tokens, cached)


_Struct = TypeVar("_Struct")


def _converted(data: object, kind: type[_Struct]) -> _Struct:
    if isinstance(data, str):
        raise Fault("garbled", "a page of HTML" if data.lstrip().startswith("<") else data or "nothing at all")
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise Fault("garbled", str(error)) from None
