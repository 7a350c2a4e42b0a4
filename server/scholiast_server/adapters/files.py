"""The file of an adapter: which content it has, and whether its numbers are any. Must not know registries."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import PurePath

from scholiast_server.adapters.limits import REMEMBERED_MAX
from scholiast_server.errors import AdapterError
from scholiast_server.models.llama.adapter_check import Lora, read_lora
from scholiast_server.models.llama.header import FileState, HeaderError, file_state, open_regular, read_header

_Q8_BLOCK_BYTES = 34
_CHUNK_BYTES = _Q8_BLOCK_BYTES * 4 * 8_192
"""Whole numbers, and whole blocks of them, of every kind."""
_EXPONENTS = {"F32": ("<u4", 0x7F80_0000), "F16": ("<u2", 0x7C00), "BF16": ("<u2", 0x7F80), "Q8_0": ("<u2", 0x7C00)}
"""How a kind of numbers is read, and the bits that are all set in what is no number."""


def digest_of(path: str) -> str:
    """SHA-256 of a file's content, read once while it does not change.

    Raises:
        AdapterError: It can't be read.
    """
    return _digest(_state(path))


def lora_in(path: str) -> Lora:
    """The adapter in a file, read once while it does not change.

    Raises:
        AdapterError: There is none that llama.cpp could take.
    """
    return _lora(_state(path))


def check_numbers(path: str) -> None:
    """See that an adapter holds nothing but numbers: infinities would make the model silent.

    Raises:
        AdapterError: It holds others, or can't be read.
    """
    try:
        header = read_header(path)
        with open_regular(path) as file:
            for tensor in header.tensors:
                file.seek(tensor.start)
                left = tensor.size_bytes or 0
                while left > 0 and (data := file.read(min(left, _CHUNK_BYTES))):
                    left -= len(data)
                    if not _are_numbers(tensor.kind_name, data):
                        raise HeaderError(f"is damaged: {tensor.name!r} holds what is no number")
    except HeaderError as error:
        raise AdapterError(f"the adapter {PurePath(path).name} {error}.") from error


def _are_numbers(kind: str, data: bytes) -> bool:
    import numpy as np

    form, exponent = _EXPONENTS[kind]
    if kind == "Q8_0":  # a block begins with its scale, of 16 bits; the rest is whole numbers
        data = np.frombuffer(data, np.uint8).reshape(-1, _Q8_BLOCK_BYTES)[:, :2].tobytes()
    return not np.any((np.frombuffer(data, form) & exponent) == exponent)


def _state(path: str) -> FileState:
    try:
        return file_state(path)
    except HeaderError as error:
        raise AdapterError(f"the adapter {path} {error}.") from error


@lru_cache(maxsize=REMEMBERED_MAX)
def _digest(state: FileState) -> str:
    digest = hashlib.sha256()
    try:
        with open_regular(state.path) as file:
            while data := file.read(_CHUNK_BYTES):
                digest.update(data)
    except HeaderError as error:
        raise AdapterError(f"the adapter {state.path} {error}.") from error
    return digest.hexdigest()


@lru_cache(maxsize=REMEMBERED_MAX)
def _lora(state: FileState) -> Lora:
    return read_lora(state.path)
