"""What is looked at before llama.cpp loads a model: what it dies of, and whether there is the memory for it.

Must not know llama.cpp. All else that may be wrong with a file llama.cpp itself says.
"""

from __future__ import annotations

from pathlib import PurePath

from scholiast_server.errors import ModelError
from scholiast_server.models.llama.header import Header, HeaderError, read_model
from scholiast_server.models.llama.memory import CONTEXT_TOKENS_MIN, Memory, need

LAYERS_MAX = 512
"""llama.cpp ends the process for more."""
TEMPLATE_KEY = "tokenizer.chat_template"
TEMPLATE_BYTES_MAX = 200_000
"""A longer chat template is none: the longest known has 20,000."""
GET_AGAIN = "Get the file again, or choose another."
_OTHER_KINDS = {
    "adapter": "a LoRA adapter, which changes a model and is none.\n  Register it: scholiast adapters add {path}",
    "mmproj": "the part of a model that sees pictures, not the model.\n  Choose the other file of that model.",
}


def read_sound(path: str) -> Header:
    """The header of a model that llama.cpp can be asked to load.

    Raises:
        ModelError: It is none, or cut off; the message says what to do.
    """
    name = PurePath(path).name
    try:
        header = read_model(path)
    except HeaderError as error:
        raise ModelError(f"the model {path} {error}.\n  {GET_AGAIN}") from error
    kind = header.text("general.type")
    if kind in _OTHER_KINDS:
        raise ModelError(f"{name} is {_OTHER_KINDS[kind].format(path=path)}")
    if not header.tensors:
        raise ModelError(f"{name} is no model: it holds no weights.\n  {GET_AGAIN}")
    layers = header.whole(f"{header.architecture}.block_count")
    if layers is not None and not 1 <= layers <= LAYERS_MAX:
        raise ModelError(f"{name} says that it has {layers:,} layers: it is no model, or damaged.\n  {GET_AGAIN}")
    return header


def chat_template(header: Header) -> str:
    """The program that lays out chats for the model; empty where it brings none along.

    Raises:
        ModelError: It is too long to be one.
    """
    text = header.text(TEMPLATE_KEY)
    length = header.lengths.get(TEMPLATE_KEY, len(text))
    if length > TEMPLATE_BYTES_MAX:
        raise ModelError(f"it has {length:,} bytes")
    return text


def check_memory(path: str, header: Header, context_tokens: int, batch_tokens: int, memory: Memory | None) -> None:
    """See that a model with a context of so many tokens finds the memory for it.

    Raises:
        ModelError: It does not; the message says how much it takes and what to do.
    """
    wanted = need(header, context_tokens, batch_tokens)
    if memory is None or wanted.fits(memory):
        return
    less = "Set model.context_tokens to less, or choose a smaller model."
    if context_tokens <= CONTEXT_TOKENS_MIN or wanted.weights > memory.total:
        less = "Choose a smaller model, or one with fewer bits a weight."
    raise ModelError(
        f"there is no memory for the model {PurePath(path).name}: it takes {_gigabytes(wanted.total)}, "
        f"{_gigabytes(wanted.weights)} of them for weights and {_gigabytes(wanted.context)} for a context of "
        f"{context_tokens:,} tokens; of {_gigabytes(memory.total)} there are {_gigabytes(memory.available)} free.\n"
        f"  {less}"
    )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e8 else f"{count / 1e6:,.0f} MB"
