"""What an embedding model's file says of itself, without loading it. Must not know llama.cpp.

Only what stands at the beginning of a GGUF file is read, and some places of the rest to tell it from others; whether
the file is sound shows when it is loaded, in a process of its own.

Source: the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from pathlib import Path

import msgspec

from scholiast_server.errors import ModelError

HEADER_BYTES_MAX = 100_000_000
"""Values that stand further behind are not looked for: a vocabulary of a million words takes 30 MB."""
KEYS_MAX = 10_000
TEXT_BYTES_MAX = 1_000_000
SAMPLES = 64
SAMPLE_BYTES = 65_536
"""The digest is made of so many places of so many bytes: 4 MB, which take some 5 ms however large the file is."""

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_WHOLE = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 10: "<Q", 11: "<q"}
_TEXT, _ARRAY = 8, 9
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
        with (
            Path(path).open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            told = _Reader(data, path).told()
            digest = _digest(data)
    except (OSError, ValueError) as error:  # a file of no bytes can't be mapped, which is a ValueError
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ModelError(f"the embedding model {path} can't be read: {why}.\n  Check embedding.path.") from error
    architecture = str(told.get("general.architecture", ""))
    dimension, window = (told.get(f"{architecture}.{key}") for key in _WANTED)
    if not isinstance(dimension, int) or not isinstance(window, int) or dimension < 1 or window < 1:
        raise ModelError(f"{path} does not say how long its vectors or its texts are: it is no embedding model.")
    return Description(str(told.get("general.name") or Path(path).stem), architecture, dimension, window, digest)


class _Reader:
    """Goes through the key-value pairs that a GGUF file begins with."""

    def __init__(self, data: mmap.mmap, path: str) -> None:
        self._data = data
        self._path = path
        self._place = 0
        self._end = min(len(data), HEADER_BYTES_MAX)

    def told(self) -> dict[str, str | int]:
        """Texts and whole numbers by key, as far as they are wanted."""
        if self._take(4) != b"GGUF":
            raise ModelError(f"{self._path} is no GGUF file.\n  Check embedding.path.")
        _version, _tensors, count = self._number("<I"), self._number("<Q"), self._number("<Q")
        found: dict[str, str | int] = {}
        for _ in range(min(count, KEYS_MAX)):
            key = self._text()
            if key.startswith("tokenizer.") and all(any(known.endswith(end) for known in found) for end in _WANTED):
                break  # the vocabulary, which takes long to go through, is the last thing that is told
            value = self._value(self._number("<I"))
            if value is not None and (key.startswith("general.") or key.endswith(_WANTED)):
                found[key] = value
        return found

    def _value(self, kind: int) -> str | int | None:
        if kind == _TEXT:
            return self._text()
        if kind == _ARRAY:
            self._skip_array()
            return None
        if kind in _WHOLE:
            return self._number(_WHOLE[kind])
        self._skip(self._size(kind))
        return None

    def _skip_array(self) -> None:
        kind, count = self._number("<I"), self._number("<Q")
        if kind == _TEXT:
            for _ in range(count):  # ends at the end of the file, however many it says there are
                self._skip(self._number("<Q"))
        else:
            self._skip(count * self._size(kind))

    def _size(self, kind: int) -> int:
        size = _SIZES.get(kind)
        if size is None:  # arrays in arrays too, which no model has
            raise self._broken()
        return size

    def _text(self) -> str:
        length = self._number("<Q")
        if length > TEXT_BYTES_MAX:
            raise self._broken()
        return self._take(length).decode("utf-8", "replace")

    def _number(self, form: str) -> int:
        return int(struct.unpack(form, self._take(struct.calcsize(form)))[0])

    def _take(self, count: int) -> bytes:
        self._skip(count)
        return self._data[self._place - count : self._place]

    def _skip(self, count: int) -> None:
        self._place += count
        if self._place > self._end:
            raise self._broken()

    def _broken(self) -> ModelError:
        return ModelError(f"{self._path} is no whole GGUF file.\n  Get it again, and check embedding.path.")


def _digest(data: mmap.mmap) -> str:
    """Of the size, the whole of a small file, and of a large one evenly spread parts, its header among them."""
    digest = hashlib.blake2b(len(data).to_bytes(8, "little"), digest_size=12)
    step = max(SAMPLE_BYTES, len(data) // SAMPLES)
    for start in range(0, len(data), step):
        digest.update(data[start : start + SAMPLE_BYTES])
    return digest.hexdigest()
