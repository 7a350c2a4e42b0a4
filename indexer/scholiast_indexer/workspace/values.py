"""The frozen values of a scan; must not know how files are found or read."""

from __future__ import annotations

from typing import Literal

import msgspec

from scholiast_indexer import limits
from scholiast_indexer.types import SkippedFile

Reinclude = Literal["no", "pattern", "name"]
"""How `.scholiastignore` asks for a file: not at all, by a `!pattern` on it or a folder above it, or by a
`!pattern` without wildcards that names the file itself (the only one that lets a secrets file in)."""


class ScanOptions(msgspec.Struct, frozen=True):
    """What a scan and a read may do."""

    file_bytes_max: int = limits.FILE_BYTES_MAX
    use_git: bool = True
    """False walks the folder even where git could answer."""
    git_timeout_s: float = limits.GIT_TIMEOUT_S
    files_max: int = 0
    """More files are an error; 0 goes by what kind of folder the workspace is."""


DEFAULT_OPTIONS = ScanOptions()


class FileStat(msgspec.Struct, frozen=True):
    """A file that belongs to the workspace, as the file system describes it."""

    path: str
    """Relative to the workspace root, POSIX separators, UTF-8 with surrogateescape."""
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    reinclude: Reinclude = "no"


class Scan(msgspec.Struct, frozen=True):
    """What belongs to a workspace, and what was left out; both sorted by path."""

    files: tuple[FileStat, ...]
    skipped: tuple[SkippedFile, ...]
    """A folder that is left out whole is one entry, its path ending in a slash."""
    rules: bytes
    """Digest of the rules beside the files (`.scholiastignore`, `.gitattributes`): when it changes, files
    that reading skipped earlier deserve another look. Empty for a scan of some paths only."""


class Source(msgspec.Struct, frozen=True):
    """One file's content."""

    path: str
    data: bytes
    """UTF-8 as far as the file is: UTF-16 and UTF-32 are transcoded, all else stays as it is on disk."""
    hash: bytes
    """BLAKE2b, 16 bytes, of the file's bytes on disk."""
    stat: FileStat
    """As it was when the reading began: a file written meanwhile looks changed to the next scan."""
