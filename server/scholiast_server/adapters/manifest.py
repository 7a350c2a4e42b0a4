"""What is known of an adapter: a value, and its file. Must not know where manifests lie or how one is chosen."""

from __future__ import annotations

import re
from typing import get_args

import msgspec

from scholiast_server.adapters.base import Base
from scholiast_server.adapters.limits import SCALE_MAX
from scholiast_server.errors import AdapterError
from scholiast_server.models.protocol import Task

FORMAT = 1
"""Of manifests. 1: the first."""
TASKS: tuple[Task, ...] = get_args(Task)
NONE = "none"
"""What the model as it is goes by."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
_RESERVED = (NONE, "any")


class Manifest(msgspec.Struct, frozen=True):
    """An adapter that is registered."""

    name: str
    file: str
    """Where it lies; it stays there."""
    sha256: str
    """Of the file when it was added: another content is another adapter."""
    size_bytes: int
    architecture: str
    rank: int
    alpha: float
    scale: float
    """That it was trained for, and is used at unless another is named."""
    tasks: tuple[Task, ...]
    """That it serves where it was not chosen for one by name."""
    base: Base | None = None
    """The model it was compared with when it was added; None where there was none."""
    format: int = FORMAT


def encoded(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def decoded(data: bytes) -> Manifest:
    """A manifest from its file.

    Raises:
        ValueError: It is none, or of a newer version; the message follows its name.
    """
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format > FORMAT:
            raise ValueError(f"was written by a newer version (format {head.format}; this one reads {FORMAT})")
        found = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"is damaged: {error}") from error
    if not (is_name(found.name) and is_scale(found.scale) and found.tasks):
        raise ValueError("is damaged: it holds a name, a scale or tasks that can't be")
    return found


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and text.lower() not in _RESERVED


def checked_name(text: str) -> str:
    """A name that an adapter can have.

    Raises:
        AdapterError: It can't.
    """
    if not is_name(text):
        raise AdapterError(
            f"{text!r} can't be an adapter's name.\n"
            "  Use up to 64 letters, digits, dots and hyphens, beginning with a letter or a digit: --name house-style"
        )
    return text


def is_scale(number: float) -> bool:
    return 0 <= number <= SCALE_MAX  # NaN is not


class _Head(msgspec.Struct):
    format: int = 1
