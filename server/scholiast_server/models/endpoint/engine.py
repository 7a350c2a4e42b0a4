"""The engine that a server writes for. Must not know connections, workspaces or how citations are checked."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from scholiast_server.errors import ModelError
from scholiast_server.models.endpoint.client import Client
from scholiast_server.models.endpoint.exchange import Stopped
from scholiast_server.models.endpoint.faults import Fault
from scholiast_server.models.endpoint.limits import (
    ANSWER_CHARACTERS_PER_TOKEN_MAX,
    ANSWER_TOKENS_SHARE,
    CHARACTERS_PER_TOKEN,
    LISTING_S_MAX,
    PROMPT_SHARES,
)
from scholiast_server.models.endpoint.wire import Piece, ServedModel, Usage, chat_body
from scholiast_server.models.prompt import Prompt, PromptTooLongError, build_prompt
from scholiast_server.models.protocol import AdapterUse, Outcome, Request, never

Reason = Literal["stop", "length", "cancelled"]


class _Choice(msgspec.Struct, frozen=True):
    """The model that a request goes to."""

    model: str
    context_tokens: int
    adapters: tuple[AdapterUse, ...] = ()
    note: str = ""


class _Writing:
    """What one answer has come to so far."""

    def __init__(self, allowed_tokens: int) -> None:
        self._room = allowed_tokens * ANSWER_CHARACTERS_PER_TOKEN_MAX
        self._began_s = time.monotonic()
        self._first_s: float | None = None
        self.usage = Usage()
        self.ending: str | None = None

    @property
    def has_text(self) -> bool:
        return self._first_s is not None

    @property
    def is_full(self) -> bool:
        return self._room <= 0

    def taken(self, piece: Piece) -> str:
        """The text of a piece, as far as there is room for it."""
        self.usage = piece.usage or self.usage
        self.ending = piece.ending or self.ending
        text = piece.text[: self._room]
        self._room -= len(text)
        if text and self._first_s is None:
            self._first_s = time.monotonic()
        return text

    def times_s(self) -> tuple[float, float]:
        """Until the first text, and from there."""
        now_s = time.monotonic()
        first_s = now_s if self._first_s is None else self._first_s
        return first_s - self._began_s, now_s - first_s


class EndpointEngine:
    """Writes answers with a model that a server runs."""

    def __init__(self, client: Client, *, model: str = "", context_tokens: int = 8_192) -> None:
        """
        Args:
            client: Of the server.
            model: To ask for; empty is the first that the server lists.
            context_tokens: Of that model; less where the server says that it has less.
        """
        self._client = client
        self._model = model
        self._context_tokens = context_tokens
        self._listing = threading.Lock()
        self._listed: tuple[ServedModel, ...] | None = None
        self._listed_at_s = 0.0

    @property
    def name(self) -> str:
        return "endpoint"

    @property
    def model(self) -> str | None:
        """What is set; else what the server listed, once it was asked."""
        return self._model or _first(self._listed or ()) or None

    @property
    def host(self) -> str:
        """Where questions and pieces of code are sent to."""
        return self._client.host

    @property
    def is_generative(self) -> bool:
        return True

    def start(self) -> None:
        """Begin to load what the first question would wait for, without contacting anything."""
        self._client.start()

    def close(self) -> None:
        """End whatever is under way."""
        self._client.close()

    def answer(self, request: Request, cancelled: Callable[[], bool] = never) -> Iterator[str | Outcome]:
        """The answer piece by piece.

        Raises:
            ModelError: The server can't be reached, refuses, fails or breaks off, or the question does not fit.
        """
        try:
            choice = self._chosen(request.adapters, cancelled)
            yield from self._answered(request, choice, cancelled)
        except Stopped:
            yield Outcome("cancelled", host=self.host)
        except Fault as fault:
            self._listed = None
            raise ModelError(self._client.explained(fault, self.model or "")) from None

    # -- the model ----------------------------------------------------------------------------------------------------

    def _chosen(self, adapters: Sequence[AdapterUse], cancelled: Callable[[], bool]) -> _Choice:
        served = self._served(cancelled) if adapters or not self._model else self._listed or ()
        model = self._model or _first(served)
        if not model:
            raise ModelError(f"{self._client.host} lists no model.\n  Name the one to ask for in endpoint.model.")
        used, note = _adapter(adapters, served, self._client.host)
        asked = used[0].name if used else model
        own = next((one.context_tokens for one in served if one.id == asked and one.context_tokens), None)
        return _Choice(asked, min(self._context_tokens, own or self._context_tokens), used, note)

    def _served(self, cancelled: Callable[[], bool]) -> tuple[ServedModel, ...]:
        """What the server lists; nothing where it has no list and a model is set."""
        with self._listing:
            if self._listed is not None and time.monotonic() - self._listed_at_s < LISTING_S_MAX:
                return self._listed
        try:
            served = self._client.models(cancelled)
        except Fault as fault:
            if fault.kind not in {"missing", "garbled", "rejected"} or not self._model:
                raise
            served = ()
        with self._listing:
            self._listed, self._listed_at_s = served, time.monotonic()
        return served

    # -- the answer ---------------------------------------------------------------------------------------------------

    def _answered(self, request: Request, choice: _Choice, cancelled: Callable[[], bool]) -> Iterator[str | Outcome]:
        answer_tokens = min(request.max_tokens, int(choice.context_tokens * ANSWER_TOKENS_SHARE))
        room = choice.context_tokens - answer_tokens
        refused: Fault | None = None
        for share in PROMPT_SHARES:
            writing = _Writing(answer_tokens)
            prompt = self._prompt(request, int(room * share), refused)
            try:
                yield from self._written(request, choice, prompt, answer_tokens, writing, cancelled)
                return
            except Fault as fault:
                if fault.kind not in {"too_long", "mute"} or writing.has_text or share == PROMPT_SHARES[-1]:
                    raise
                refused = fault

    def _prompt(self, request: Request, budget: int, refused: Fault | None) -> Prompt:
        """`refused` is why it has to be shorter than before, where it has."""
        try:
            return build_prompt(request, budget, estimated_tokens)
        except PromptTooLongError as error:
            if refused is not None:
                raise refused from None
            raise ModelError(
                f"{self.model}: {error}.\n  Ask a shorter question, or raise endpoint.context_tokens."
            ) from error

    def _written(
        self,
        request: Request,
        choice: _Choice,
        prompt: Prompt,
        answer_tokens: int,
        writing: _Writing,
        cancelled: Callable[[], bool],
    ) -> Iterator[str | Outcome]:
        body = chat_body(
            choice.model,
            [(message.role, message.content) for message in prompt.messages],
            max_tokens=answer_tokens,
            temperature=request.temperature,
            seed=request.seed,
            stop=[f"<<<{prompt.code_word}", prompt.code_word],  # it repeats the prompt: nothing good will follow
        )
        left_out = tuple(piece.n for piece in request.evidence if piece.n not in prompt.kept)
        pieces = self._client.chat(body, cancelled)
        try:
            for piece in pieces:
                if text := writing.taken(piece):
                    yield text
                if writing.is_full:
                    break
        except Stopped:
            yield self._outcome("cancelled", writing, choice, left_out)
            return
        finally:
            pieces.close()
        if not writing.is_full and writing.ending is None:
            raise Fault("cut", "the stream ended without an end") if writing.has_text else Fault("mute")
        if not writing.has_text:
            raise Fault("empty", "all tokens went into thoughts" if writing.ending == "length" else "")
        is_cut = writing.is_full or writing.ending == "length"
        yield self._outcome("length" if is_cut else "stop", writing, choice, left_out)

    def _outcome(self, reason: Reason, writing: _Writing, choice: _Choice, left_out: tuple[int, ...]) -> Outcome:
        prompt_s, generation_s = writing.times_s()
        notes = [choice.note]
        if writing.is_full:
            notes.append("The server wrote more than it was allowed; the rest is left out.")
        elif writing.ending == "content_filter":
            notes.append("A filter of the server ended the answer.")
        return Outcome(
            reason,
            writing.usage.prompt_tokens,
            writing.usage.reused_tokens,
            writing.usage.generated_tokens,
            prompt_s,
            generation_s,
            left_out,
            choice.adapters,
            " ".join(filter(None, notes)),
            self.host,
        )


def estimated_tokens(texts: Sequence[str]) -> list[int]:
    """Tokens of each text, rather too many: the server's tokenizer is not here."""
    return [math.ceil(len(text.encode("utf-8", "replace")) / CHARACTERS_PER_TOKEN) for text in texts]


def _first(served: Sequence[ServedModel]) -> str:
    return next((model.id for model in served if not model.is_adapter), "")


def _adapter(
    wanted: Sequence[AdapterUse], served: Sequence[ServedModel], host: str
) -> tuple[tuple[AdapterUse, ...], str]:
    """The adapter that the server is asked for by its name, and what the user should know."""
    wanted = [use for use in wanted if use.scale != 0]
    if not wanted:
        return (), ""
    names = ", ".join(use.name for use in wanted)
    if len(wanted) > 1:
        return (), f"Answered without adapters ({names}): {host} takes one at a time."
    use = wanted[0]
    if not any(model.id == use.name for model in served):
        return (), f"Answered without the adapter {names}: {host} does not list it."
    note = (
        "" if use.scale == 1.0 else f"{host} decides on the scale of the adapter {names}; {use.scale:g} was not sent."
    )
    return (msgspec.structs.replace(use, scale=1.0),), note
