"""Code to measure with: source files of a folder, as they are or as many copies that differ.

Must not know what is measured. A copy has a quarter of its names changed, another quarter each time: texts differ (an
index that knows equal content would merge them), while each word stays in a steady share of all chunks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from scholiast_indexer.types import SkippedFile
from scholiast_indexer.workspace.reading import read_source
from scholiast_indexer.workspace.scan import scan

SUFFIXES = frozenset(
    {
        ".c", ".cc", ".cpp", ".cs", ".cts", ".ex", ".exs", ".go", ".h", ".hpp", ".java", ".js", ".jsx", ".kt", ".lua",
        ".mjs", ".mts", ".php", ".py", ".rb", ".rs", ".scala", ".sh", ".swift", ".ts", ".tsx",
    }
)  # fmt: skip
"""Programming languages that every code indexer knows; no prose, data or configuration."""
FILE_BYTES_MIN = 128
"""Smaller files hold nothing to find, and some indexers leave them out."""

_NAME = re.compile(rb"\b[A-Za-z_]\w{3,}\b")
_CHANGED_SHARE = 4
_SYLLABLES = b"bak dor fen gim hul jop kar lem mov nix pal rud sot tev wim zan".split()


class SourceFile(NamedTuple):
    """One file of a corpus."""

    path: str
    data: bytes


def code_files(folder: Path) -> list[SourceFile]:
    """The source files below a folder that an index takes in, by path."""
    found = []
    for file in scan(folder).files:
        if Path(file.path).suffix.lower() in SUFFIXES and file.size >= FILE_BYTES_MIN:
            source = read_source(folder, file.path)
            if not isinstance(source, SkippedFile):
                found.append(SourceFile(file.path, source.data))
    if not found:
        raise SystemExit(f"{folder} holds no source code")
    return found


def lay_out(files: list[SourceFile], folder: Path) -> int:
    """Write the files below a folder; returns their bytes."""
    for file in files:
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)
    return sum(len(file.data) for file in files)


def copies(files: list[SourceFile]) -> Iterator[SourceFile]:
    """The files, then copies of them with other names without end."""
    yield from files
    number = 0
    while True:
        number += 1
        for file in files:
            yield SourceFile(f"copy{number}/{file.path}", renamed(file.data, number))


def renamed(data: bytes, number: int) -> bytes:
    """Source or terms with a quarter of the words of four letters and more changed; 0 changes nothing."""
    if number == 0:
        return data
    ending = b"_" + b"".join(_SYLLABLES[number >> shift & 15] for shift in (0, 4))
    seed = crc32(b"%d" % number)

    def rename(match: re.Match[bytes]) -> bytes:
        name = match[0]
        return name + ending if crc32(name, seed) % _CHANGED_SHARE == 0 else name

    return _NAME.sub(rename, data)
