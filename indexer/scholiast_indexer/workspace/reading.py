"""Reads one file of a workspace without being led out of it or held up; must not know which files belong.

Every folder on the way is opened by itself without following links, so that a link put there between the
scan and the read changes nothing. A pipe or a device is opened without waiting and refused.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from hashlib import blake2b
from pathlib import Path

from scholiast_indexer.types import SkippedFile
from scholiast_indexer.workspace.content import classify
from scholiast_indexer.workspace.names import reason_by_size
from scholiast_indexer.workspace.values import DEFAULT_OPTIONS, FileStat, Reinclude, ScanOptions, Source

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FILE_FLAGS = (
    os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
)
_FOLDER_FLAGS = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_DIRECTORY", 0)
_OPENS_BELOW = os.open in os.supports_dir_fd
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins alike
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_source(
    root: Path, path: str, options: ScanOptions = DEFAULT_OPTIONS, *, reinclude: Reinclude = "no"
) -> Source | SkippedFile:
    """A file's content, or why it is not indexed after all.

    Args:
        root: The workspace.
        path: Relative to it, POSIX separators, surrogateescape.
        options: Holds the size limit.
        reinclude: What the scan found in `.scholiastignore`.
    """
    try:
        descriptor = _open(root, path)
    except (OSError, ValueError) as error:
        return SkippedFile(path, _reason_of(error))
    try:
        read = _read_settled(descriptor, path, options, reinclude)
    except OSError as error:
        return SkippedFile(path, _reason_of(error))
    finally:
        os.close(descriptor)
    if isinstance(read, SkippedFile):
        return read
    described, raw = read
    data = to_utf8(raw)
    reason = classify(path, data, reinclude)
    if reason is not None:
        return SkippedFile(path, reason)
    return Source(path, data, blake2b(raw, digest_size=16).digest(), described)


def to_utf8(raw: bytes) -> bytes:
    """UTF-16 and UTF-32 with a byte order mark as UTF-8, broken parts replaced; all else as it is."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace").encode("utf-8", "replace")
    return raw


def file_stat(path: str, described: os.stat_result, reinclude: Reinclude = "no") -> FileStat:
    """What the index remembers of a file to see whether it changed."""
    return FileStat(path, described.st_size, described.st_mtime_ns, described.st_ctime_ns, described.st_ino, reinclude)


def _open(root: Path, path: str) -> int:
    *folders, name = path.encode("utf-8", "surrogateescape").split(b"/")
    if not name or any(part in (b"", b".", b"..") for part in (*folders, name)):
        raise ValueError("not a path inside a workspace")
    if not _OPENS_BELOW:
        return _open_contained(root, path)
    place = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        for folder in folders:
            inner = _open_folder(folder, place)
            os.close(place)
            place = inner
        return os.open(name, _FILE_FLAGS, dir_fd=place)
    finally:
        os.close(place)


def _open_folder(name: bytes, place: int) -> int:
    try:
        return os.open(name, _FOLDER_FLAGS, dir_fd=place)
    except NotADirectoryError:
        if stat.S_ISLNK(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):
            raise OSError(errno.ELOOP, "a link where a folder was") from None
        raise


def _open_contained(root: Path, path: str) -> int:
    """Where folders can't be opened one by one (Windows): opened, then the real place compared."""
    target = root / path
    if target.is_symlink() or not target.resolve().is_relative_to(root.resolve()):
        raise OSError(errno.ELOOP, "leads out of the workspace")
    return os.open(target, _FILE_FLAGS)


def _read_settled(
    descriptor: int, path: str, options: ScanOptions, reinclude: Reinclude
) -> tuple[FileStat, bytes] | SkippedFile:
    """Bytes and the stat from before them; read once more when the file changed meanwhile."""
    for is_last in (False, True):
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return SkippedFile(path, "not a regular file")
        raw = _read_bounded(descriptor, options.file_bytes_max + 1)
        size = max(len(raw), before.st_size)
        reason = reason_by_size(path, size, options.file_bytes_max) if size else None
        if reason is not None and (reinclude == "no" or reason != "data"):
            return SkippedFile(path, reason)
        after = os.fstat(descriptor)
        same_stat = (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        if is_last or (same_stat and len(raw) == after.st_size):
            return file_stat(path, before, reinclude), raw
    raise AssertionError("the second round returns")


def _read_bounded(descriptor: int, size_max: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts: list[bytes] = []
    left = size_max
    while left > 0 and (part := os.read(descriptor, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts) if len(parts) != 1 else parts[0]


def _reason_of(error: OSError | ValueError) -> str:
    code = getattr(error, "errno", None)
    if code in (errno.ENOENT, errno.ENOTDIR):
        return "vanished"
    if code in (errno.ELOOP, errno.EMLINK):
        return "symlink"
    if code in (errno.ENXIO, errno.ENODEV, errno.EOPNOTSUPP):
        return "not a regular file"
    if code in (None, errno.ENAMETOOLONG):
        return "name is not valid"
    return "unreadable"
