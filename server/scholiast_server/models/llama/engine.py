"""The engine that a llama.cpp model writes for. Must not know workspaces, citations' checks or how the worker talks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from scholiast_server.errors import AdapterError, ModelError
from scholiast_server.models.llama.client import LlamaProcess
from scholiast_server.models.llama.wire import Adapter, Done, Message, Sampling
from scholiast_server.models.prompt import PromptTooLongError, build_prompt
from scholiast_server.models.protocol import AdapterUse, Outcome, Request, never, without_adapters

ANSWER_TOKENS_SHARE = 0.5
"""Of a small model's context the answer may take this share at most."""


class LlamaEngine:
    """Writes answers with a model in a process of its own."""

    def __init__(self, process: LlamaProcess) -> None:
        self._process = process

    @property
    def name(self) -> str:
        return "llama"

    @property
    def model(self) -> str | None:
        return PurePath(self._process.path).name

    @property
    def is_generative(self) -> bool:
        return True

    def answer(self, request: Request, cancelled: Callable[[], bool] = never) -> Iterator[str | Outcome]:
        """The answer piece by piece.

        Raises:
            ModelError: The question does not fit the model, an adapter is not for it, or its process died.
        """
        context = self._process.facts().context_tokens
        answer_tokens = min(request.max_tokens, int(context * ANSWER_TOKENS_SHARE))
        try:
            prompt = build_prompt(request, context - answer_tokens, lambda texts: self._process.count(texts).texts)
        except PromptTooLongError as error:
            raise ModelError(
                f"{self.model}: {error}.\n  Ask a shorter question, or raise model.context_tokens."
            ) from error
        left_out = tuple(piece.n for piece in request.evidence if piece.n not in prompt.kept)
        messages = [Message(message.role, message.content) for message in prompt.messages]
        sampling = Sampling(temperature=request.temperature, seed=request.seed)
        uses, note = request.adapters, ""
        while True:
            stream = self._process.generate(
                messages,
                answer_tokens,
                sampling=sampling,
                adapters=[Adapter(use.path, use.scale) for use in uses],
                stop=[f"<<<{prompt.code_word}", prompt.code_word],  # it repeats the prompt: nothing good will follow
                cancelled=cancelled,
            )
            try:
                for piece in stream:
                    yield _outcome(piece, left_out, uses, note) if isinstance(piece, Done) else piece
            except AdapterError as error:  # comes before any text: the model as it is answers instead
                uses, note = (), without_adapters([use.name for use in request.adapters], str(error))
                continue
            return


def _outcome(done: Done, left_out: tuple[int, ...], adapters: tuple[AdapterUse, ...], note: str) -> Outcome:
    return Outcome(
        done.reason,
        done.prompt_tokens,
        done.reused_tokens,
        done.generated_tokens,
        done.prompt_s,
        done.generation_s,
        left_out,
        adapters,
        note,
    )
