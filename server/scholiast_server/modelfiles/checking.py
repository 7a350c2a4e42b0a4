"""Whether a model's file is whole: its structure, its numbers, its content as it was before. Must not know roles."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import BinaryIO, Literal

import msgspec

from scholiast_server.errors import ModelError
from scholiast_server.modelfiles.facts import Facts, facts_of
from scholiast_server.modelfiles.records import Records, recorded, sha256_of
from scholiast_server.models.llama.header import BLOCKS, Header, HeaderError, Tensor, open_regular
from scholiast_server.models.llama.model_check import read_sound

Content = Literal["as recorded", "recorded now", "changed", "not recorded"]
"""How the content of a file stands to what was recorded of it."""

_EXPONENTS = {"F32": ("<u4", 0x7F80_0000), "F16": ("<u2", 0x7C00), "BF16": ("<u2", 0x7F80)}
"""How a kind of numbers is read, and the bits that are all set in what is no number."""
_CHUNK_BYTES = 1 << 22
_PARTS = re.compile(r"(.*)-00001-of-(\d{5})\.gguf")


class Checked(msgspec.Struct, frozen=True):
    """What a look at a file found."""

    path: str
    problem: str
    """What is wrong with it; empty when nothing is."""
    content: Content = "not recorded"
    sha256: str = ""
    """Of the content as it is now; of the first file of a model that is cut into several."""
    facts: Facts | None = None


def check_file(
    path: str, records: Records, progress: Callable[[int], None] | None = None, *, accept: bool = False
) -> Checked:
    """Look at all of a file, and compare it with what was recorded. What is sound and was not recorded is recorded.

    Args:
        path: Of a GGUF file; the first one of a model that is cut into several.
        records: Of the user.
        progress: Told how many bytes were read.
        accept: Whether what is sound is recorded in place of what was before, too.

    Raises:
        ModelError: What was found can't be recorded.
    """
    try:
        header = read_sound(path)
    except ModelError as error:
        return Checked(path, " ".join(str(error).split()))
    facts = facts_of(header, path)
    try:
        problem = _fault(header) or _no_numbers(path, header)
        digests = {part: sha256_of(part, progress) for part in parts_of(path)}
        contents: list[Content] = [
            _compared(part, sha256, records, keep=not problem, accept=accept) for part, sha256 in digests.items()
        ]
    except HeaderError as error:
        return Checked(path, f"{PurePath(path).name} {error}.", facts=facts)
    content: Content = "changed" if "changed" in contents else contents[0]
    if content == "changed" and not problem:
        problem = (
            f"its SHA-256 is another than the one recorded. If you put another file there: "
            f"scholiast models check --accept {path}"
        )
    return Checked(path, problem, content, digests[path], facts)


def parts_of(path: str) -> list[str]:
    """The files of a model that may be cut into several."""
    name = _PARTS.fullmatch(path)
    if name is None:
        return [path]
    count = int(name[2])
    found = [f"{name[1]}-{number:05}-of-{name[2]}.gguf" for number in range(1, count + 1)]
    return [part for part in found if Path(part).is_file()]


def _compared(path: str, sha256: str, records: Records, *, keep: bool, accept: bool) -> Content:
    """How a content stands to its record, which is made, or made again as the file was looked at, if it may be."""
    known = records.of(path)
    if known is not None and known.sha256 != sha256 and not (keep and accept):
        return "changed"
    if keep:
        is_same = known is not None and known.sha256 == sha256
        source = (known.repo, known.file, known.revision) if known is not None and is_same else ("", "", "")
        records.keep(path, recorded(path, sha256, repo=source[0], file=source[1], revision=source[2]))
    if known is not None and known.sha256 == sha256:
        return "as recorded"
    return "recorded now" if keep else "not recorded"


def _fault(header: Header) -> str:
    """What is wrong with the tensors that a header announces; that they are all there was seen when it was read."""
    names: set[str] = set()
    for tensor in header.tensors:
        if tensor.name in names:
            return f"it has two tensors called {tensor.name!r}."
        names.add(tensor.name)
        if tensor.kind not in BLOCKS:
            return f"{tensor.name!r} holds numbers of {tensor.kind_name}, which nobody here knows."
        _, block, _ = BLOCKS[tensor.kind]
        if tensor.count < 1 or tensor.shape[0] % block:
            return f"{tensor.name!r} is {tensor.shape_text}, which numbers of {tensor.kind_name} can't be."
    if header.whole("split.count") in (None, 1):
        return _overlap(header)
    return ""


def _overlap(header: Header) -> str:
    end, before = 0, ""
    for tensor in sorted(header.tensors, key=lambda tensor: tensor.start):
        if tensor.start < end:
            return f"{tensor.name!r} lies over {before!r}."
        end, before = tensor.start + (tensor.size_bytes or 0), tensor.name
    return ""


def _no_numbers(path: str, header: Header) -> str:
    """Whether a value that is no number stands where one can be seen: such a model writes nothing, or nonsense."""
    if header.whole("split.count") not in (None, 1):
        return ""  # its places are those of several files
    with open_regular(path) as file:
        for tensor in header.tensors:
            if tensor.kind_name in _EXPONENTS and not _is_finite(file, tensor):
                return f"it is damaged: {tensor.name!r} holds what is no number."
    return ""


def _is_finite(file: BinaryIO, tensor: Tensor) -> bool:
    import numpy as np

    form, exponent = _EXPONENTS[tensor.kind_name]
    left = tensor.size_bytes or 0
    file.seek(tensor.start)
    while left > 0:
        data = file.read(min(left, _CHUNK_BYTES))
        if not data:
            raise HeaderError("is cut off: it has become shorter meanwhile")
        left -= len(data)
        if np.any((np.frombuffer(data, form) & exponent) == exponent):
            return False
    return True
