"""What tells a base model from others, so that an adapter's is known again. Must not know adapters.

Two marks: the shapes of its tensors, on which it depends whether an adapter fits at all, and its smallest weights,
which stay the same 32-bit numbers when a model is stored with fewer bits a weight, but not when it is trained further.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import PurePath

import msgspec

from scholiast_server.adapters.limits import REMEMBERED_MAX, WEIGHTS_BYTES_MAX
from scholiast_server.errors import ModelError
from scholiast_server.models.llama.header import FileState, Header, HeaderError, file_state, open_regular
from scholiast_server.models.llama.model_check import GET_AGAIN, read_sound


class Base(msgspec.Struct, frozen=True):
    """A model that adapters are for."""

    name: str
    """What it calls itself, else what its file is called."""
    architecture: str
    shapes: str
    """Of its tensors, as a digest."""
    weights: str
    """Of its smallest tensors, as a digest; empty where nobody looked."""


def base_header(path: str) -> Header:
    """What a model's file begins with, read once while it does not change.

    Raises:
        ModelError: It is no model.
    """
    return _header(_state(path))


def base_name(header: Header, path: str) -> str:
    """What to call a model."""
    return header.text("general.name") or PurePath(path).stem


def base_of(path: str) -> Base:
    """The marks of a model.

    Raises:
        ModelError: It is no model.
    """
    return _base(_state(path))


@lru_cache(maxsize=REMEMBERED_MAX)
def _header(state: FileState) -> Header:
    return read_sound(state.path)


@lru_cache(maxsize=REMEMBERED_MAX)
def _base(state: FileState) -> Base:
    header = _header(state)
    name = base_name(header, state.path)
    return Base(name, header.architecture, _shapes(header), _weights(state.path, header))


def _state(path: str) -> FileState:
    try:
        return file_state(path)
    except HeaderError as error:
        raise ModelError(f"the model {path} {error}.\n  {GET_AGAIN}") from error


def _shapes(header: Header) -> str:
    lines = sorted(f"{tensor.name} {tensor.shape_text}" for tensor in header.tensors)
    return _digest([header.architecture.encode(), *(line.encode() for line in lines)])


def _weights(path: str, header: Header) -> str:
    """Of what norms and the like are made of; a model in several files is not looked at."""
    small = sorted(
        (tensor for tensor in header.tensors if len(tensor.shape) == 1 and tensor.kind_name == "F32"),
        key=lambda tensor: tensor.name,
    )
    if (header.whole("split.count") or 1) > 1 or sum(tensor.count * 4 for tensor in small) > WEIGHTS_BYTES_MAX:
        return ""
    parts: list[bytes] = []
    try:
        with open_regular(path) as file:
            for tensor in small:
                file.seek(tensor.start)
                parts += [tensor.name.encode(), file.read(tensor.count * 4)]
    except HeaderError as error:
        raise ModelError(f"the model {path} {error}.") from error
    return _digest(parts)


def _digest(parts: list[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
