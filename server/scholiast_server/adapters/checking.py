"""Whether a registered adapter can be used with a model, and why not. Must not know which one is chosen."""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

import msgspec

from scholiast_server.adapters.base import base_header, base_name, base_of
from scholiast_server.adapters.files import check_numbers, digest_of, lora_in
from scholiast_server.adapters.limits import SCALE_MAX
from scholiast_server.adapters.manifest import Manifest, checked_name, is_scale
from scholiast_server.errors import AdapterError, ModelError
from scholiast_server.models.llama.adapter_check import Lora, misfit
from scholiast_server.models.llama.header import file_state
from scholiast_server.models.protocol import Task


class Verdict(msgspec.Struct, frozen=True):
    """What came of looking at an adapter."""

    state: Literal["fits", "unknown", "problem"]
    """`unknown`: there is no model to compare it with, and nothing else is wrong."""
    problem: str = ""
    """Why it is not used: what is wrong and what to do."""
    remark: str = ""
    """What makes doubtful what it will write, though it fits."""


def examined(file: str, name: str, model: str, *, scale: float = 1.0, tasks: tuple[Task, ...]) -> Manifest:
    """A manifest for an adapter in a file, after a close look.

    Args:
        file: Where it lies.
        name: What to call it.
        model: The base model's file, which it has to fit; empty where there is none.
        scale: That it was trained for.
        tasks: That it serves.

    Raises:
        AdapterError: It holds no adapter that can be used, or one that does not fit.
        ModelError: The base model can't be read.
    """
    checked_name(name)
    if not is_scale(scale):
        raise AdapterError(f"{scale:g} is no scale for an adapter: a number from 0 to {SCALE_MAX:g}.")
    found = lora_in(file)
    if model:
        _check_fit(found, file, model)
    check_numbers(file)
    return Manifest(
        name=name,
        file=file,
        sha256=digest_of(file),
        size_bytes=file_state(file).size_bytes,
        architecture=found.architecture,
        rank=found.rank,
        alpha=found.alpha,
        scale=scale,
        tasks=tasks,
        base=base_of(model) if model else None,
    )


def verdict(manifest: Manifest, model: str) -> Verdict:
    """Whether an adapter can be used with a model now; empty is no model. Reads its file only when that has changed."""
    again = f"scholiast adapters add {manifest.file} --name {manifest.name} --replace"
    try:
        if digest_of(manifest.file) != manifest.sha256:
            return Verdict(
                "problem",
                f"the file of the adapter {manifest.name} is not the one that was added: its content has changed.\n"
                f"  If that is meant so: {again}",
            )
        found = lora_in(manifest.file)
    except AdapterError as error:
        return Verdict("problem", f"{error}\n  Put it back, or forget it: scholiast adapters remove {manifest.name}")
    if not model:
        return Verdict("unknown")
    try:
        _check_fit(found, manifest.file, model)
        return Verdict("fits", remark=_remark(manifest, model))
    except AdapterError as error:
        told = f"Use a model that it is for, or see what it was made for: scholiast adapters check {manifest.name}"
        return Verdict("problem", f"{error}\n  {told}")
    except ModelError as error:
        return Verdict("problem", str(error))


def _check_fit(adapter: Lora, file: str, model: str) -> None:
    base = base_header(model)
    if problem := misfit(adapter, base, PurePath(file).name, base_name(base, model)):
        raise AdapterError(problem)


def _remark(manifest: Manifest, model: str) -> str:
    there, known = base_of(model), manifest.base
    if known is None:
        return ""
    if there.shapes != known.shapes:
        return f"It was added for {known.name}, which has other tensors than {there.name} beside those that it changes."
    if known.weights and there.weights and there.weights != known.weights:
        return f"It was added for {known.name}; {there.name} is of the same shape, but was trained otherwise."
    return ""
