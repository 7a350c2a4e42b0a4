"""One model of llama.cpp, loaded in this process, which is a worker: nothing else imports llama.cpp.

What llama.cpp dies of is checked before it is called: files by their headers, grammars by being our own, texts to embed
by their tokens. What it can't be kept from dying of kills the worker, which is what the worker is for.

Sources of what each call needs: llama-cpp-python 0.3.36, tried one by one.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import llama_cpp
import numpy as np
from llama_cpp.llama_grammar import LlamaGrammar

from scholiast_server.models.llama import windows
from scholiast_server.models.llama.assembly import Assembly
from scholiast_server.models.llama.bounds import bounded
from scholiast_server.models.llama.header import Header
from scholiast_server.models.llama.loading import BATCH_TOKENS, load_model
from scholiast_server.models.llama.loras import Loras
from scholiast_server.models.llama.marks import apart, marks_in
from scholiast_server.models.llama.model_check import TEMPLATE_KEY, chat_template, read_sound
from scholiast_server.models.llama.wire import Adapter, Load, Message, ModelFacts, Sampling

LAYOUT_CHARACTERS_MAX = 50_000
"""Of a chat template's own text around the messages: what writes more is no template."""


class PromptError(Exception):
    """What was asked does not fit the model."""


class Cancelled(Exception):  # noqa: N818  not an error
    """The request was cancelled, perhaps in the middle of its prompt."""


class Backend:
    """A loaded model. For one thread, but for `cancel`."""

    def __init__(self, load: Load) -> None:
        """Load the file.

        Raises:
            ModelError: It can't be loaded; the message says what to do.
        """
        header = read_sound(load.path)
        self._embedding = load.embedding
        self._template_s_max = load.template_s_max
        self._llama = load_model(load, header)
        self._loras = Loras(self._llama, header, os.path.basename(load.path))  # noqa: PTH119
        self._has_template = TEMPLATE_KEY in header.values or TEMPLATE_KEY in header.lengths
        self._template_problem = ""
        self._formatter = self._formatter_of(header)
        self._cancelled = threading.Event()
        # llama.cpp asks between pieces of work whether to go on; the reference has to be kept
        self._abort = llama_cpp.ggml_abort_callback(lambda _: self._cancelled.is_set())
        llama_cpp.llama_set_abort_callback(self._llama._ctx.ctx, self._abort, ctypes.c_void_p())
        self.answered = 0

    def cancel(self) -> None:
        """End what is being done, in the middle of a prompt too; from any thread."""
        self._cancelled.set()

    def begin(self) -> None:
        """A new request: what was cancelled before is not this one."""
        self._cancelled.clear()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def facts(self) -> ModelFacts:
        """What the model says of itself."""
        llama, told = self._llama, self._llama.metadata
        model = llama._model
        middles = (model.token_prefix(), model.token_suffix(), model.token_middle())
        architecture = str(told.get("general.architecture", ""))
        return ModelFacts(
            name=str(told.get("general.name", "")),
            architecture=architecture,
            context_tokens=llama.n_ctx(),
            trained_context_tokens=int(model.n_ctx_train()),
            dimension=llama.n_embd(),
            layers=_whole(told.get(f"{architecture}.block_count")),
            parameters=int(model.n_params()),
            has_chat_template=self._has_template,
            fills_in_the_middle=min(middles) >= 0,
        )

    # -- text ---------------------------------------------------------------------------------------------------

    def chat_tokens(self, messages: Sequence[Message]) -> tuple[list[int], list[str]]:
        """A chat as the model's template lays it out, in tokens, and what ends an answer to it.

        Raises:
            PromptError: The template does not take it, or there is none.
        """
        if not self._has_template:
            raise PromptError("the model has no chat template: it continues text, but it does not answer")
        if self._formatter is None:
            raise PromptError(f"the model's chat template can't be read: {self._template_problem}")
        marks = [f"TEXT{secrets.token_hex(8)}" for _ in messages]
        told: Any = [{"role": message.role, "content": mark} for message, mark in zip(messages, marks, strict=True)]
        try:
            with bounded(self._template_s_max):
                laid_out = self._formatter(messages=told)
        except MemoryError as error:
            raise PromptError("the model's chat template takes far too much memory") from error
        except Exception as error:  # a template is a program that came with the model: it may raise anything
            raise PromptError(f"the model's chat template fails: {type(error).__name__}: {error}") from error
        if len(laid_out.prompt) > LAYOUT_CHARACTERS_MAX:
            raise PromptError(f"the model's chat template writes {len(laid_out.prompt):,} characters of its own")
        stop = [laid_out.stop] if isinstance(laid_out.stop, str) else list(laid_out.stop or ())
        return self._filled(laid_out.prompt, messages, marks), [text for text in stop if text]

    def _formatter_of(self, header: Header) -> Callable[..., Any] | None:
        """What lays out chats; None where the template can't be read, which is told to who wants an answer."""
        try:
            with bounded(self._template_s_max):
                return self._llama.formatter(chat_template(header)) if self._has_template else None
        except Exception as error:  # noqa: BLE001  jinja2 raises whatever it comes across
            self._template_problem = str(error) or type(error).__name__
            return None

    def _filled(self, prompt: str, messages: Sequence[Message], marks: Sequence[str]) -> list[int]:
        """The tokens of a prompt with each message in the place of its mark.

        The template's own text may hold the model's control tokens; a message's text never becomes one, whatever it
        spells: it is code of anybody's.
        """
        around: list[str] = []
        rest = prompt
        for mark in marks:
            before, found, rest = rest.partition(mark)
            if not found or mark in rest:
                raise PromptError("the model's chat template leaves messages out, moves or repeats them")
            around.append(before)
        own = marks_in([*around, rest])
        tokens: list[int] = []
        for before, message in zip(around, messages, strict=True):
            tokens += self.tokens(before, special=True)
            for part in apart(message.content, own):
                tokens += self.tokens(part)
        return [*tokens, *self.tokens(rest, special=True)]

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        """A text in tokens; `special` reads the model's own marks in it as such: never for text of others."""
        return self._tokenized(text, special=special) if text else []

    def _tokenized(self, text: str, *, special: bool, marked: bool = False) -> list[int]:
        """llama-cpp-python makes room for the context that a model says it was trained for, at each call; this makes
        room for the text. `marked` adds what the model wants before and after a text."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        for _ in range(2):
            found = (llama_cpp.llama_token * room)()
            vocabulary = self._llama._model.vocab
            count = llama_cpp.llama_tokenize(vocabulary, data, len(data), found, room, marked, special)
            if count >= 0:
                return list(found[:count])
            room = -count
        raise PromptError("the model can't turn the text into tokens")

    def middle_tokens(self, prefix: str, suffix: str) -> list[int]:
        """A gap to be filled, in tokens.

        Raises:
            PromptError: The model was not made for it.
        """
        model = self._llama._model
        before, after, middle = model.token_prefix(), model.token_suffix(), model.token_middle()
        if min(before, after, middle) < 0:
            raise PromptError("the model does not fill in the middle: it has no tokens for it")
        return [before, *self.tokens(prefix), after, *self.tokens(suffix), middle]

    def reusable(self, tokens: Sequence[int]) -> int:
        """How many of these tokens are worked out already, from the request before."""
        done = self._llama._input_ids[: self._llama.n_tokens].tolist()
        same = 0
        for known, token in zip(done, tokens, strict=False):
            if known != token:
                break
            same += 1
        return min(same, max(0, len(tokens) - 1))

    def generate(
        self, tokens: Sequence[int], max_tokens: int, sampling: Sampling, stop: Sequence[str], grammar: str = ""
    ) -> Iterator[tuple[str, str | None]]:
        """Pieces of text that follow these tokens, each with why it ended where it did (`stop`, `length`), else None.

        Raises:
            PromptError: They do not fit the model's context.
            Cancelled: `cancel` was called.
        """
        room = self._llama.n_ctx() - len(tokens) - 1
        if not tokens or room < 1:
            raise PromptError(f"the prompt has {len(tokens):,} tokens; the model takes {self._llama.n_ctx():,}")
        rules = LlamaGrammar.from_string(grammar, verbose=False) if grammar else None
        self._llama.set_seed(sampling.seed)
        stream = self._llama.generate(
            list(tokens),
            temp=sampling.temperature,
            top_p=sampling.top_p,
            top_k=sampling.top_k,
            min_p=sampling.min_p,
            repeat_penalty=sampling.repeat_penalty,
            grammar=rules,
        )
        try:
            yield from self._pieces(stream, min(max_tokens, room), Assembly(stop))
        except RuntimeError as error:
            self._forget()
            if self.is_cancelled:
                raise Cancelled from error
            raise PromptError(f"llama.cpp gave up: {error}") from error

    def _pieces(self, stream: Iterator[int], max_tokens: int, assembly: Assembly) -> Iterator[tuple[str, str | None]]:
        vocabulary = self._llama._model.vocab
        for count, token in enumerate(stream, start=1):
            if self.is_cancelled:
                raise Cancelled
            if llama_cpp.llama_vocab_is_eog(vocabulary, token):
                yield assembly.rest(), "stop"
                return
            text = assembly.add(self._bytes_of(token))
            if assembly.is_over:
                yield text, "stop"
                return
            if count == max_tokens:
                yield text + assembly.rest(), "length"
                return
            yield text, None

    def _bytes_of(self, token: int) -> bytes:
        """Of a token of any length; nothing for a mark of the model's own."""
        room = 64
        for _ in range(2):
            found = ctypes.create_string_buffer(room)
            size = llama_cpp.llama_token_to_piece(self._llama._model.vocab, token, found, room, 0, False)
            if size >= 0:
                return found.raw[:size]
            room = -size
        return b""

    def written_after(self, tokens: Sequence[int]) -> int:
        """How many tokens were worked out behind these; one that was chosen last is not among them yet."""
        return max(0, self._llama.n_tokens - len(tokens))

    def _forget(self) -> None:
        """After an aborted prompt what the context holds is of no use."""
        self._llama.reset()  # type: ignore[no-untyped-call]
        self._llama._ctx.kv_cache_clear()  # type: ignore[no-untyped-call]

    def apply(self, adapters: Sequence[Adapter]) -> None:
        """Answer under these from now on, and under no others.

        Raises:
            AdapterError: One is not for this model; those in force stay.
        """
        if self._loras.put_in_force(adapters):
            self._forget()  # what was worked out under other adapters is not theirs

    # -- vectors ------------------------------------------------------------------------------------------------

    def embed(self, texts: Sequence[str], prefix: str = "") -> tuple[int, bytes]:
        """The dimension, and float32 rows of unit length.

        A text that is longer than the model's window is cut in several, each of which begins with the prefix.

        Raises:
            PromptError: The model gives no vector for a whole text, or the prefix leaves no room for one.
            Cancelled: `cancel` was called.
        """
        if not self._embedding:
            raise PromptError("the model was loaded to write, not to embed")
        if llama_cpp.llama_pooling_type(self._llama._ctx.ctx) in _NO_VECTOR:
            raise PromptError("the model gives no vector for a whole text: it is no embedding model")
        owners: list[int] = []
        cut: list[Sequence[int]] = []
        for place, text in enumerate(texts):
            parts = self._windows(text, prefix)
            owners += [place] * len(parts)
            cut += parts
        lengths = [len(tokens) for tokens in cut]
        rows = np.empty((len(cut), self._llama.n_embd()), np.float32)
        tokens_max = min(BATCH_TOKENS, self._llama.n_batch)
        for start, end in windows.packed(lengths, tokens_max, int(self._llama.context_params.n_seq_max)):
            rows[start:end] = self._worked_out(cut[start:end])
        made = windows.joined(rows, owners, lengths, len(texts))
        return int(made.shape[1]), made.astype("<f4").tobytes()

    def _windows(self, text: str, prefix: str) -> list[Sequence[int]]:
        """The tokens of a text as the model wants them, in as many windows as it takes."""
        most = min(self._llama.n_batch, self._llama._model.n_ctx_train())
        whole = self._tokenized(prefix + text, special=False, marked=True)
        if len(whole) <= most:
            return [whole]
        begin, end = self._marks()
        begin = [*begin, *self.tokens(prefix)]
        room = most - len(begin) - len(end)
        if room < 1:
            raise PromptError(f"the prefix of {len(begin):,} tokens leaves no room in the model's window of {most:,}")
        return [[*begin, *part, *end] for part in windows.windows(self.tokens(text), room)]

    def _marks(self) -> tuple[list[int], list[int]]:
        """What the model wants before and after a text's own tokens."""
        marked, bare = self._tokenized("a", special=False, marked=True), self.tokens("a")
        before = next((n for n in range(len(marked)) if marked[n : n + len(bare)] == bare), 0)
        return marked[:before], marked[before + len(bare) :]

    def _worked_out(self, sequences: Sequence[Sequence[int]]) -> list[Any]:
        """The vectors of some sequences that fit a batch together."""
        if self.is_cancelled:
            raise Cancelled
        context, batch = self._llama._ctx, self._llama._batch
        batch.reset()  # type: ignore[no-untyped-call]
        for number, tokens in enumerate(sequences):
            batch.add_sequence(tokens, number, True)  # an encoder wants all of them marked as output
        context.kv_cache_clear()  # type: ignore[no-untyped-call]
        try:
            context.decode(batch)
        except RuntimeError as error:
            if self.is_cancelled:
                raise Cancelled from error
            raise PromptError(f"llama.cpp gave up: {error}") from error
        finally:
            batch.reset()  # type: ignore[no-untyped-call]
        shape = (self._llama.n_embd(),)
        found = (llama_cpp.llama_get_embeddings_seq(context.ctx, number) for number in range(len(sequences)))
        return [np.ctypeslib.as_array(pointer, shape).copy() for pointer in found]


_NO_VECTOR = (llama_cpp.LLAMA_POOLING_TYPE_NONE, llama_cpp.LLAMA_POOLING_TYPE_RANK)


def _whole(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0
