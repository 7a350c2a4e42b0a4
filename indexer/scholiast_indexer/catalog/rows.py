"""What the catalog's queries give back. Must not know SQL."""

from __future__ import annotations

from typing import NamedTuple


class PathRow(NamedTuple):
    """A path as it was when it was last read."""

    id: int
    blob_id: int | None
    reason: str | None
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @property
    def stat(self) -> tuple[int, int, int, int]:
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


class PathWordMatch(NamedTuple):
    """A word of a path that a word of the query matched."""

    path_id: int
    word: str
    place: int
