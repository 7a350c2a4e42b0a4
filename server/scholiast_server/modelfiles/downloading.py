"""A file of a hub brought here: whole, with the content announced, from where an earlier try stopped.

Must not know networks. What comes is written beside its place, under a name that goes with its content, and takes its
place when all of it is there and right.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

from scholiast_server.errors import ModelError
from scholiast_server.modelfiles import hub
from scholiast_server.modelfiles.hub import CutOffError, Offered, Wanted
from scholiast_server.modelfiles.records import Records, recorded, sha256_of

__all__ = ["Downloaded", "Progress", "Wanted", "download", "pieces"]

PARTS_MAX = 100
"""A model cut into more files is not downloaded."""
_PARTS = re.compile(r"(.*)-00001-of-(\d{5})\.gguf")
_UNFINISHED = ".part"

Progress = Callable[[int, "int | None"], None]
"""Told how many bytes are there, and how many there will be."""


class Downloaded(NamedTuple):
    """A file that is there now, with the content that the hub has."""

    path: Path
    sha256: str
    revision: str
    """The commit that it was taken from."""
    size_bytes: int
    new_bytes: int
    """That were read over the network; 0 where it was there already."""


def pieces(wanted: Wanted) -> list[Wanted]:
    """The files to download for one that may be the first of several.

    Raises:
        ModelError: It is none that could be used.
    """
    hub.check_names(wanted)
    if not wanted.file.lower().endswith(".gguf"):
        raise ModelError(
            f"{wanted.file} is no GGUF file, and nothing else is of use here.\n  Name one that ends in .gguf."
        )
    cut = _PARTS.fullmatch(wanted.file)
    count = int(cut[2]) if cut else 1
    if cut is None or count < 2:
        return [wanted]
    if count > PARTS_MAX:
        raise ModelError(f"{wanted.file} is one of {count:,} files, which is more than anybody needs.")
    names = [f"{cut[1]}-{number:05}-of-{cut[2]}.gguf" for number in range(1, count + 1)]
    return [wanted._replace(file=name) for name in names]


def download(wanted: Wanted, folder: Path, records: Records, progress: Progress, *, sha256: str = "") -> Downloaded:
    """Have a file of a hub in a folder, as `folder/repo/file`, and its content recorded.

    Args:
        wanted: The file.
        folder: Where it goes.
        records: Of the user.
        progress: Told how far it is.
        sha256: That it has to have, whatever the hub says; empty where nobody knows.

    Raises:
        ModelError: It can't be had. What was read stays, but for a content that is not the one announced.
    """
    from filelock import FileLock, Timeout

    hub.check_names(wanted)
    target = folder / wanted.repo / wanted.file
    lock = Path(f"{target}.lock")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock, timeout=0):
            try:
                done = _download(wanted, target, progress, sha256.lower())
            finally:
                lock.unlink(missing_ok=True)
        path = os.fspath(target)
        records.keep(path, recorded(path, done.sha256, repo=wanted.repo, file=wanted.file, revision=done.revision))
        return done
    except Timeout as error:
        raise ModelError(f"another process is downloading {wanted}.\n  Wait for it, or end it.") from error
    except OSError as error:
        why = error.strerror or error
        raise ModelError(f"{target} can't be written: {why}.\n  Name another folder: --to DIR") from error


def _download(wanted: Wanted, target: Path, progress: Progress, sha256: str) -> Downloaded:
    offered = hub.look_up(wanted)
    if sha256 and offered.sha256 and sha256 != offered.sha256:
        raise ModelError(f"the hub has another content for {wanted}: SHA-256 {offered.sha256}, not {sha256}.")
    expected = sha256 or offered.sha256
    if expected and target.is_file() and sha256_of(os.fspath(target)) == expected:
        return Downloaded(target, expected, offered.revision, target.stat().st_size, 0)
    part = target.with_name(f"{target.name}.{offered.tag[:12] or 'unnamed'}{_UNFINISHED}")
    before = _begun(part, offered)
    _check_room(target, offered, before)
    with part.open("ab") as file:
        counting = _Counting(file, before, offered.size_bytes, progress)
        _read(wanted, offered, counting)
    found = sha256_of(os.fspath(part))
    if expected and found != expected:
        part.unlink()
        raise ModelError(
            f"what came of {wanted} is not what was announced: SHA-256 {found}, not {expected}. It was deleted.\n"
            "  Download it again; if it happens twice, something between here and the hub changes it."
        )
    size = part.stat().st_size
    part.replace(target)
    for other in target.parent.glob(f"{target.name}.*{_UNFINISHED}"):  # of a content that the hub had before
        with contextlib.suppress(OSError):
            other.unlink()
    return Downloaded(target, found, offered.revision, size, counting.read_bytes)


def _read(wanted: Wanted, offered: Offered, target: _Counting) -> None:
    """All of it, as long as each try brings something."""
    while True:
        start = target.done
        try:
            return hub.read(wanted, offered, target, start)
        except CutOffError:
            if target.done == start:
                raise


def _begun(part: Path, offered: Offered) -> int:
    """How much is there already of this very content."""
    if not part.exists():
        return 0
    size = part.stat().st_size
    if not offered.tag or (offered.size_bytes is not None and size > offered.size_bytes):
        part.unlink()
        return 0
    return size


def _check_room(target: Path, offered: Offered, before: int) -> None:
    free = shutil.disk_usage(target.parent).free
    wanted = (offered.size_bytes or 0) - before
    if wanted > free:
        raise ModelError(
            f"there is no room for {target.name}: it takes {wanted:,} bytes more, {free:,} are free.\n"
            "  Make room, or name another folder: --to DIR"
        )


class _Counting:
    """A file that tells how much of it there is."""

    def __init__(self, file: IO[bytes], before: int, size: int | None, progress: Progress) -> None:
        self._file = file
        self.done = before
        self._size = size
        self._progress = progress
        self.read_bytes = 0

    def write(self, data: bytes) -> int:
        written = self._file.write(data)
        self.done += len(data)
        self.read_bytes += len(data)
        self._progress(self.done, self._size)
        return written

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def truncate(self, size: int | None = None) -> int:
        """The hub began anew."""
        self.done = self._file.truncate(size)
        return self.done
