"""Loads a model into this process, which is a worker, and says why where that fails. Must not know requests.

Sources of what each call needs: llama-cpp-python 0.3.36, tried one by one.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections import deque

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from scholiast_server.errors import ModelError
from scholiast_server.models.llama import windows
from scholiast_server.models.llama.header import Header
from scholiast_server.models.llama.memory import fitting_context, memory
from scholiast_server.models.llama.model_check import GET_AGAIN, TEMPLATE_KEY, check_memory
from scholiast_server.models.llama.wire import Load

BATCH_TOKENS = 512
"""With flash attention no slower than larger ones, at a third of the memory."""
_ERROR_LEVEL = 4
"""Source: `enum ggml_log_level`; llama-cpp-python counts otherwise."""
_PREFIX = re.compile(r"^\w+: (?:error loading model(?: \w+)?: )*")
_said: deque[str] = deque(maxlen=20)


def _take_note(level: int, text: bytes, _: object) -> None:
    if level == _ERROR_LEVEL:
        _said.append(text.decode("utf-8", "replace").strip())


_note_taker = llama_cpp.llama_log_callback(_take_note)  # the reference has to be kept
llama_cpp.llama_log_set(_note_taker, ctypes.c_void_p())


def reason(otherwise: str) -> str:
    """What llama.cpp complained of first since this was asked last."""
    said = _PREFIX.sub("", _said[0]) if _said else ""
    _said.clear()
    return said or otherwise


def load_model(load: Load, header: Header) -> Model:
    """The model as llama-cpp-python has it.

    Raises:
        ModelError: It can't be loaded, or there is no memory for it.
    """
    name = os.path.basename(load.path)  # noqa: PTH119
    there_is = memory()
    batch_tokens = _embedding_tokens(load) if load.embedding else BATCH_TOKENS
    wanted = batch_tokens if load.embedding else load.context_tokens
    context_tokens = fitting_context(header, wanted, batch_tokens, there_is)
    check_memory(load.path, header, context_tokens, batch_tokens, there_is)
    threads = load.threads or _processors()
    reason("")
    try:
        return Model(
            load.path,
            n_ctx=context_tokens,
            n_batch=batch_tokens,
            n_ubatch=batch_tokens,  # llama.cpp ends the process where an encoder's is smaller than its batch
            n_threads=threads,
            n_threads_batch=threads,
            embedding=load.embedding,
            flash_attn=True,
            verbose=False,
        )
    except Exception as error:  # it raises whatever its parts raise, AssertionError among them
        raise ModelError(f"the model {name} can't be loaded: {reason(str(error))}.\n  {GET_AGAIN}") from error


class Model(llama_cpp.Llama):
    """llama-cpp-python's model, but for chat templates, which that reads as it loads, in no bounds at all."""

    @property
    def metadata(self) -> dict[str, str]:
        """Texts by key, without chat templates."""
        return self._told

    @metadata.setter
    def metadata(self, told: dict[str, str]) -> None:
        self._told = {key: value for key, value in told.items() if not key.startswith(TEMPLATE_KEY)}

    def formatter(self, template: str) -> Jinja2ChatFormatter:
        """Lays out chats by a template. Raises whatever jinja2 comes across where it can't be read."""
        model = self._model
        end = model.token_eot() if model.token_eot() >= 0 else self.token_eos()
        return Jinja2ChatFormatter(template, eos_token=_text_of(self, end), bos_token=_text_of(self, self.token_bos()))


def _text_of(llama: llama_cpp.Llama, token: int) -> str:
    return llama._model.token_get_text(token) if token >= 0 else ""


def _embedding_tokens(load: Load) -> int:
    return min(load.context_tokens or BATCH_TOKENS, windows.WINDOW_TOKENS_MAX)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
