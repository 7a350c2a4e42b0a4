"""What stands at the beginning of a GGUF file: values by key, and which tensors follow. Must not know llama.cpp.

Any bytes are read without harm: what is said there is believed only as far as the file reaches, and within limits.
Whether the weights are worth anything shows when they are used.

Source: the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

HEADER_BYTES_MAX = 64_000_000
"""A longer header is none: the vocabulary of a million words takes 30 MB."""
KEYS_MAX = 10_000
TENSORS_MAX = 100_000
TENSOR_NAME_BYTES_MAX = 64
DIMENSIONS_MAX = 4
TEXT_BYTES_MAX = 1_000_000
"""A longer text is stepped over."""
NUMBERS_MAX = 1_024
"""So many numbers of an array are kept: one or a few a layer. Longer arrays are stepped over."""
PARTS_MAX = 1_000
"""Files that one model may be cut into."""

_CHUNK_BYTES = 1 << 20
_VERSIONS = (2, 3)
_TEXT, _ARRAY = 8, 9
_FORMS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_SIZES = {kind: struct.calcsize(form) for kind, form in _FORMS.items()}

BLOCKS = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18),
}  # fmt: skip
"""Kinds of numbers: name, how many make a block, bytes of a block. Source: `gguf.GGML_QUANT_SIZES`."""

Value = str | int | float | bool | tuple[int | float | bool, ...]


class HeaderError(Exception):
    """Why a file is no GGUF file, as what follows its name: `is no GGUF file`."""


class Tensor(msgspec.Struct, frozen=True):
    """One tensor as the header announces it."""

    name: str
    shape: tuple[int, ...]
    """As GGUF counts: what lies side by side comes first."""
    kind: int
    start: int
    """Where it begins in the file."""

    @property
    def kind_name(self) -> str:
        return BLOCKS[self.kind][0] if self.kind in BLOCKS else f"kind {self.kind}"

    @property
    def count(self) -> int:
        """How many numbers it has."""
        count = 1
        for size in self.shape:
            count *= size
        return count

    @property
    def size_bytes(self) -> int | None:
        """None for a kind that is not known."""
        if self.kind not in BLOCKS:
            return None
        _, numbers, size = BLOCKS[self.kind]
        return -(-self.count // numbers) * size

    @property
    def shape_text(self) -> str:
        """Rows first, as matrices are written: `2048 × 512`."""
        return " × ".join(str(size) for size in reversed(self.shape))


class Header(msgspec.Struct, frozen=True):
    """What a file says before its weights begin."""

    values: Mapping[str, Value]
    """Texts, numbers, and short arrays of numbers by key."""
    lengths: Mapping[str, int]
    """Of arrays, and of texts that were stepped over, by key."""
    tensors: tuple[Tensor, ...]
    data_start: int
    file_bytes: int

    def text(self, key: str) -> str:
        """Empty where there is no text."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def whole(self, key: str) -> int | None:
        """The largest one, where there is one for each layer; None where there is no whole number."""
        value = self.values.get(key)
        numbers = value if isinstance(value, tuple) else (value,)
        found = [number for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
        return max(found, default=None)

    @property
    def architecture(self) -> str:
        return self.text("general.architecture")

    @property
    def weights_bytes(self) -> int:
        return self.file_bytes - self.data_start


IsEnough = Callable[[Mapping[str, Value], str], bool]


def read_header(path: str | os.PathLike[str], is_enough: IsEnough | None = None) -> Header:
    """Read the beginning of a file.

    Args:
        path: A regular file; nothing else is opened for longer than it takes to see that.
        is_enough: Given what was read and the next key; once it says so, the rest and the tensors are left out.

    Raises:
        HeaderError: It can't be read or is no whole header.
    """
    with open_regular(path) as file:
        return _Reader(file).header(is_enough)


def read_model(path: str | os.PathLike[str]) -> Header:
    """The header of a model, with the tensors of all the files that it may be cut into.

    Raises:
        HeaderError: One of them can't be read or is no whole header.
    """
    first = read_header(path)
    count = first.whole("split.count") or 1
    name = re.fullmatch(r"(.*)-00001-of-(\d{5})\.gguf", os.fspath(path))
    if count < 2 or name is None:
        return first
    if count > PARTS_MAX or count != int(name[2]):
        raise HeaderError(f"says that it is cut into {count:,} files, its name says {int(name[2]):,}")
    parts = [first]
    for number in range(2, count + 1):
        part = f"{name[1]}-{number:05}-of-{name[2]}.gguf"
        try:
            parts.append(read_header(part))
        except HeaderError as error:
            raise HeaderError(f"is cut into {count:,} files, of which {Path(part).name} {error}") from error
    return msgspec.structs.replace(
        first,
        tensors=tuple(tensor for part in parts for tensor in part.tensors),
        file_bytes=first.data_start + sum(part.weights_bytes for part in parts),
    )


class FileState(NamedTuple):
    """A file with one content, as far as the system tells without reading it: with another it is another file."""

    path: str
    changed_ns: int
    size_bytes: int
    number: int


def file_state(path: str) -> FileState:
    """Which content a file has.

    Raises:
        HeaderError: It can't be found.
    """
    try:
        found = os.stat(path)  # noqa: PTH116
    except FileNotFoundError as error:
        raise HeaderError("is not there") from error
    except (OSError, ValueError) as error:  # a name with a null character is a ValueError
        raise HeaderError(f"can't be read: {getattr(error, 'strerror', None) or error}") from error
    return FileState(path, found.st_mtime_ns, found.st_size, found.st_ino)


@contextmanager
def open_regular(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A regular file to read, without waiting where it is none: opening a pipe would.

    Raises:
        HeaderError: It can't be opened or is no regular file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise HeaderError("is not there") from error
    except (OSError, ValueError) as error:  # a name with a null character is a ValueError
        raise HeaderError(f"can't be read: {getattr(error, 'strerror', None) or error}") from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise HeaderError("is a folder" if stat.S_ISDIR(mode) else "is no regular file")
    with os.fdopen(descriptor, "rb") as file:
        try:
            yield file
        except OSError as error:
            raise HeaderError(f"can't be read: {error.strerror or error}") from error


class _Reader:
    """Goes through a header once, reading the file piece by piece as far as it takes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._data = b""
        self._place = 0
        self._file_bytes = os.fstat(file.fileno()).st_size

    def header(self, is_enough: IsEnough | None) -> Header:
        if not self._file_bytes:
            raise HeaderError("is empty")
        if self._take(min(4, self._file_bytes)) != b"GGUF":
            raise HeaderError("is no GGUF file")
        self._check_version(self._number("I"))
        tensor_count, key_count = self._number("Q"), self._number("Q")
        if tensor_count > TENSORS_MAX or key_count > KEYS_MAX:
            raise HeaderError(f"is damaged: it says that it has {tensor_count:,} tensors and {key_count:,} keys")
        values: dict[str, Value] = {}
        lengths: dict[str, int] = {}
        for _ in range(key_count):
            key = self._text()
            if is_enough is not None and is_enough(values, key):
                return Header(values, lengths, (), self._place, self._file_bytes)
            self._read_value(key, values, lengths)
        announced = [self._tensor() for _ in range(tensor_count)]
        start = self._aligned(values.get("general.alignment", 32))
        tensors = tuple(msgspec.structs.replace(tensor, start=start + tensor.start) for tensor in announced)
        end = max((tensor.start + (tensor.size_bytes or 0) for tensor in tensors), default=self._place)
        if end > self._file_bytes:
            raise HeaderError(f"is cut off or damaged: {self._file_bytes:,} of {end:,} bytes are there")
        return Header(values, lengths, tensors, min(start, self._file_bytes), self._file_bytes)

    def _check_version(self, version: int) -> None:
        if version in _VERSIONS:
            return
        if version & 0xFFFF == 0:
            raise HeaderError("is made for machines of the other byte order")
        told = "too old" if version < _VERSIONS[0] else "unknown here"
        raise HeaderError(f"is a GGUF file of version {version}, which is {told}")

    def _read_value(self, key: str, values: dict[str, Value], lengths: dict[str, int]) -> None:
        kind = self._number("I")
        value: Value | None
        if kind == _TEXT:
            value = self._long_text(key, lengths)
        elif kind == _ARRAY:
            value = self._array(key, lengths)
        else:
            value = self._plain(self._form(kind), 1)[0]
        if value is not None:
            values.setdefault(key, value)

    def _array(self, key: str, lengths: dict[str, int]) -> Value | None:
        kind, count = self._number("I"), self._number("Q")
        lengths.setdefault(key, count)
        if kind == _TEXT:
            self._skip_texts(count)
            return None
        form = self._form(kind)
        if count > NUMBERS_MAX:
            self._skip(count * _SIZES[kind])
            return None
        return self._plain(form, count)

    def _skip_texts(self, count: int) -> None:
        """Ends at the end of the file, however many it says there are."""
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if self._place + 8 > len(self._data):
                self._need(8)
            self._place += 8 + unpack(self._data, self._place)[0]
        self._need(0)

    def _tensor(self) -> Tensor:
        name = self._text()
        dimensions = self._number("I")
        if len(name.encode()) > TENSOR_NAME_BYTES_MAX or not 1 <= dimensions <= DIMENSIONS_MAX:
            raise HeaderError("is damaged: what should be the name of a tensor is none")
        shape = self._plain("Q", dimensions)
        kind, offset = self._number("I"), self._number("Q")
        return Tensor(name, tuple(int(size) for size in shape), kind, offset)

    def _aligned(self, alignment: Value) -> int:
        if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
            raise HeaderError(f"is damaged: it says that its weights are aligned to {alignment!r} bytes")
        return -(-self._place // alignment) * alignment

    def _form(self, kind: int) -> str:
        if kind not in _FORMS:  # an array in an array too, which no model has
            raise HeaderError(f"is damaged: {kind:,} is no kind of value")
        return _FORMS[kind]

    def _text(self) -> str:
        length = self._number("Q")
        if length > TEXT_BYTES_MAX:
            raise HeaderError(f"is damaged: a name of {length:,} bytes is none")
        return self._take(length).decode("utf-8", "replace")

    def _long_text(self, key: str, lengths: dict[str, int]) -> str | None:
        length = self._number("Q")
        if length > TEXT_BYTES_MAX:
            lengths.setdefault(key, length)
            self._skip(length)
            return None
        return self._take(length).decode("utf-8", "replace")

    def _number(self, form: str) -> int:
        return int(self._plain(form, 1)[0])

    def _plain(self, form: str, count: int) -> tuple[int | float | bool, ...]:
        unpack = struct.Struct(f"<{count}{form}")
        return unpack.unpack(self._take(unpack.size))

    def _take(self, count: int) -> bytes:
        self._skip(count)
        return self._data[self._place - count : self._place]

    def _skip(self, count: int) -> None:
        self._need(count)
        self._place += count

    def _need(self, count: int) -> None:
        """Have so many further bytes at hand."""
        end = self._place + count
        if end > min(self._file_bytes, HEADER_BYTES_MAX):
            raise HeaderError(f"is cut off or damaged: its header does not end within its {self._file_bytes:,} bytes")
        while end > len(self._data):
            read = self._file.read(max(_CHUNK_BYTES, end - len(self._data), len(self._data)))
            if not read:  # it has become shorter meanwhile
                raise HeaderError("is cut off: its header does not end within it")
            self._data += read
