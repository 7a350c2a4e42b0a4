"""Whether a file is a LoRA adapter that fits a model, from both their headers. Must not know llama.cpp or a registry.

llama.cpp ends the process over adapters that do not fit, or takes them and writes nonsense: it is not asked.

Source: llama.cpp, src/llama-adapter.cpp; LoRA: Hu et al. 2021, https://arxiv.org/abs/2106.09685.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import PurePath

import msgspec

from scholiast_server.errors import AdapterError
from scholiast_server.models.llama.header import Header, HeaderError, Tensor, read_header

KINDS = ("F32", "F16", "BF16", "Q8_0")
"""Kinds of numbers that adapters are made of, by llama.cpp's converter and by ours."""
RANK_MAX = 4_096
"""A larger rank is as large as the model: it is none."""
HALVES = (".lora_a", ".lora_b")
LOOKED_UP = "token_embd.weight"
"""Of this tensor rows are looked up, so that its halves lie the other way round."""
WRITTEN_WITH = "output.weight"
"""A model without it writes with what it looks up, where halves the other way round end the process."""


class Change(msgspec.Struct, frozen=True):
    """What an adapter does to one tensor of the model: the product of two narrow matrices is added to it."""

    tensor: str
    shape: tuple[int, ...]
    """That the tensor must have, as GGUF counts."""
    rank: int

    @property
    def shape_text(self) -> str:
        return _shape_text(self.shape)


class Lora(msgspec.Struct, frozen=True):
    """A LoRA adapter as its file tells of it."""

    architecture: str
    """Of the model that it is for."""
    alpha: float
    """What is added is multiplied by alpha / rank; 0 is 1."""
    changes: tuple[Change, ...]

    @property
    def rank(self) -> int:
        """The largest of its ranks."""
        return max(change.rank for change in self.changes)


def read_lora(path: str) -> Lora:
    """What a file says of the adapter in it.

    Raises:
        AdapterError: It holds none that llama.cpp could take; the message says why, and what to do.
    """
    name = PurePath(path).name
    try:
        return lora(read_header(path))
    except HeaderError as error:
        hint = "\n  Convert it first, with llama.cpp's convert_lora_to_gguf.py." if _is_of_peft(path) else ""
        raise AdapterError(f"the adapter {name} {error}.{hint}") from error


def check_adapter(path: str, base: Header, base_name: str) -> Lora:
    """See that the adapter in a file fits a model.

    Raises:
        AdapterError: It does not; the message names both sides.
    """
    found = read_lora(path)
    if problem := misfit(found, base, PurePath(path).name, base_name):
        raise AdapterError(problem)
    return found


def lora(header: Header) -> Lora:
    """The adapter that a header announces.

    Raises:
        HeaderError: It announces none, or one that is not whole.
    """
    kind = header.text("general.type")
    if kind != "adapter":
        told = "says nothing of what it is" if not kind else f"is a {kind}"
        raise HeaderError(f"is no adapter: it {told}")
    if header.text("adapter.type") != "lora":
        raise HeaderError(f"is an adapter of the kind {header.text('adapter.type') or 'that is not told'}, not LoRA")
    if not header.architecture:
        raise HeaderError("does not say which kind of model it is for")
    alpha = header.values.get("adapter.lora.alpha", 0.0)
    if isinstance(alpha, str | bool | tuple) or not math.isfinite(alpha) or alpha < 0:
        raise HeaderError(f"is damaged: its alpha is {alpha!r}")
    return Lora(header.architecture, float(alpha), _changes(header))


def misfit(adapter: Lora, base: Header, name: str, base_name: str) -> str:
    """Why an adapter does not fit a model, in words that name both sides; empty where it does."""
    if adapter.architecture != base.architecture:
        told = base.architecture or "of no kind that it tells"
        return (
            f"the adapter {name} was made for another kind of model.\n"
            f"  It is for {_visible(adapter.architecture)}; {base_name} is {_visible(told)}."
        )
    tensors = {tensor.name: tensor for tensor in base.tensors}
    for change in adapter.changes:
        told = _difference(change, tensors)
        if told:
            return f"the adapter {name} was made for another base model.\n  {told.format(base_name)}"
    return ""


def _difference(change: Change, tensors: Mapping[str, Tensor]) -> str:
    tensor = tensors.get(change.tensor)
    changed = f"It changes {_visible(change.tensor)}".replace("{", "{{").replace("}", "}}")
    if tensor is None:
        return f"{changed}, which {{0}} does not have."
    if len(tensor.shape) < 2:
        return f"{changed} as a matrix; in {{0}} it is a list of {tensor.shape_text} numbers."
    if _trimmed(tensor.shape) != _trimmed(change.shape):
        return f"{changed} as {change.shape_text}; {{0}} has {tensor.shape_text}."
    if change.tensor == LOOKED_UP and WRITTEN_WITH not in tensors:
        return f"{changed}; {{0}} writes with it too, as it has no {WRITTEN_WITH}."
    return ""


def _changes(header: Header) -> tuple[Change, ...]:
    halves: dict[str, dict[str, Tensor]] = {}
    for tensor in header.tensors:
        name, dot, half = tensor.name.rpartition(".")
        if dot + half not in HALVES:
            raise HeaderError(f"is no LoRA adapter: it holds {_visible(tensor.name)}, which is no part of one")
        if dot + half in halves.setdefault(name, {}):
            raise HeaderError(f"is damaged: it holds {_visible(tensor.name)} twice")
        halves[name][dot + half] = tensor
    if not halves:
        raise HeaderError("is empty: it changes nothing")
    return tuple(_change(name, found) for name, found in halves.items())


def _change(name: str, halves: Mapping[str, Tensor]) -> Change:
    """Of a tensor of `n` inputs and `m` outputs: `lora_a` is n × r, `lora_b` is r × m, as GGUF counts."""
    if missing := [half for half in HALVES if half not in halves]:
        raise HeaderError(f"is damaged: of {_visible(name)} it holds no {missing[0][1:]}")
    a, b = (halves[half] for half in HALVES)
    for tensor in (a, b):
        if tensor.kind_name not in KINDS:
            raise HeaderError(f"holds numbers of the kind {tensor.kind_name}; adapters have {', '.join(KINDS)}")
        if len(tensor.shape) < 2 or min(tensor.shape) < 1:
            raise HeaderError(f"is damaged: {_visible(tensor.name)} is no matrix")
    if name == LOOKED_UP:  # a is r × words, b is r × width
        rank, ranks_agree, shape = a.shape[0], a.shape[0] == b.shape[0], (b.shape[1], a.shape[1])
    else:
        rank, ranks_agree, shape = a.shape[1], a.shape[1] == b.shape[0], (a.shape[0], b.shape[1])
    if not ranks_agree or a.shape[2:] != b.shape[2:]:
        raise HeaderError(
            f"is damaged: the halves of {_visible(name)} do not go together, {a.shape_text} and {b.shape_text}"
        )
    if rank > RANK_MAX:
        raise HeaderError(f"is damaged: it says that it has a rank of {rank:,}")
    return Change(name, (*shape, *a.shape[2:]), rank)


def _trimmed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Without ones at its end, which say nothing, down to two numbers."""
    end = len(shape)
    while end > 2 and shape[end - 1] == 1:
        end -= 1
    return shape[:end]


def _shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in reversed(shape))


def _visible(name: str) -> str:
    """A name from a file as a message may show it."""
    return name if name.isprintable() else repr(name)


def _is_of_peft(path: str) -> bool:
    return PurePath(path).suffix in (".safetensors", ".bin", ".pt")
