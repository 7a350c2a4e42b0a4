"""What the catalog's queries give back. Must not know SQL."""

from __future__ import annotations

from typing import NamedTuple

FileState = tuple[int, int, int, int]
"""Size, modification and change time in nanoseconds, and inode of a file as it was when it was last read."""


_INTEGER_MAX = 0x7FFF_FFFF_FFFF_FFFF
"""SQLite's largest; some file systems give larger inode numbers, whose last 63 bits tell them apart as well."""


def file_state(size: int, mtime_ns: int, ctime_ns: int, inode: int) -> FileState:
    """What the catalog remembers of a file to see whether it changed."""
    return (size, mtime_ns, ctime_ns, inode & _INTEGER_MAX)


class PathRow(NamedTuple):
    """A path as it was when it was last read."""

    id: int
    blob_id: int | None
    reason: str | None
    size: int
    mtime_ns: int
    """0 when the file had just changed: its time could not be trusted, so it is read again."""
    ctime_ns: int
    inode: int

    @property
    def state(self) -> FileState:
        return (self.size, self.mtime_ns, self.ctime_ns, self.inode)


class ChunkRow(NamedTuple):
    """A chunk with what ranking needs of it; its text is read apart."""

    id: int
    blob_id: int
    language: str
    start_byte: int
    end_byte: int
    start_line: int
    end_line: int
    kind: str
    symbol: str
    defines: str


class TextRow(NamedTuple):
    """A chunk with what its retrieval text and its terms are made of."""

    id: int
    start_byte: int
    end_byte: int
    symbol: str
    header: str
    defines: str
    references: str
    """Names that it refers to, one a line."""
    docs: list[str]
    """Doc comments of the definitions that begin in it."""
    text_hash: bytes


class CandidateRow(NamedTuple):
    """What ranking needs of a chunk. Not checked against its checksum: the hits that come of it are."""

    id: int
    blob_id: int
    language: str
    start_line: int
    kind: str
    defines: str
