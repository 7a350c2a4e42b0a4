"""What an embedding model's file says of itself, without loading it. Must not know llama.cpp.

Only what stands at its beginning is read, and some places of the rest to tell it from others; whether the file is
sound shows when it is loaded, in a process of its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from scholiast_server.errors import ModelError
from scholiast_server.models.llama.header import HeaderError, Value, open_regular, read_header

SAMPLES = 64
SAMPLE_BYTES = 65_536
"""The digest is made of so many places of so many bytes: 4 MB, which take some 5 ms however large the file is."""

_WANTED = ("embedding_length", "context_length")


class Description(msgspec.Struct, frozen=True):
    """An embedding model as its file tells of it."""

    name: str
    """What it calls itself, else what its file is called."""
    architecture: str
    dimension: int
    window_tokens: int
    """That it was trained for."""
    digest: str
    """Tells its content from others'."""


def describe(path: str) -> Description:
    """Look at a model's file.

    Raises:
        ModelError: It can't be read, is no GGUF file, or does not say what an embedding model says.
    """
    try:
        told = read_header(path, _is_enough)
        with open_regular(path) as file:
            digest = sampled_digest(file)
    except HeaderError as error:
        raise ModelError(
            f"the embedding model {path} {error}.\n  Check embedding.path, or get the file again."
        ) from error
    dimension, window = (told.whole(f"{told.architecture}.{key}") for key in _WANTED)
    if dimension is None or window is None or dimension < 1 or window < 1:
        raise ModelError(f"{path} does not say how long its vectors or its texts are: it is no embedding model.")
    return Description(told.text("general.name") or Path(path).stem, told.architecture, dimension, window, digest)


def sampled_digest(file: BinaryIO) -> str:
    """Of the size, the whole of a small file, and of a large one evenly spread parts, its header among them."""
    size = os.fstat(file.fileno()).st_size
    digest = hashlib.blake2b(size.to_bytes(8, "little"), digest_size=12)
    step = max(SAMPLE_BYTES, size // SAMPLES)
    for start in range(0, size, step):
        file.seek(start)
        digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()


def _is_enough(told: Mapping[str, Value], next_key: str) -> bool:
    """The vocabulary, which takes long to go through, is the last thing that is told."""
    return next_key.startswith("tokenizer.") and all(any(key.endswith(end) for key in told) for end in _WANTED)
