"""What is known of the content of model files: their SHA-256, and where they came from. Must not know formats.

A record holds the state of the file when it was read, so that a file nobody touched need not be read again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from scholiast_server.errors import ModelError
from scholiast_server.models.llama.header import HeaderError, file_state, open_regular
from scholiast_server.userdata import data_folder, write_whole

FILE_NAME = "models.json"
RECORDS_BYTES_MAX = 4_000_000
"""A larger file is none of ours."""
_CHUNK_BYTES = 1 << 22


class Record(msgspec.Struct, frozen=True):
    """A file as it was when it was read, or downloaded."""

    sha256: str
    size_bytes: int
    changed_ns: int
    repo: str = ""
    """Where it was downloaded from; empty for others."""
    file: str = ""
    revision: str = ""


class Records:
    """All records of a user. What another process writes meanwhile is kept but for the same file."""

    def __init__(self, path: Path | None) -> None:
        """`path` is the file they are kept in; without one nothing is kept."""
        self._path = path

    def of(self, file: str) -> Record | None:
        """What is known of a file."""
        return self._read().get(_key(file))

    def all(self) -> Mapping[str, Record]:
        """By the files' paths."""
        return self._read()

    def keep(self, file: str, record: Record) -> None:
        """Write it down, in place of what was known before.

        Raises:
            ModelError: It can't be written.
        """
        if self._path is None:
            return
        try:
            write_whole(self._path, msgspec.json.format(msgspec.json.encode({**self._read(), _key(file): record})))
        except OSError as error:
            raise ModelError(
                f"{self._path} can't be written: {error.strerror}.\n  What is known of model files is kept there."
            ) from error

    def _read(self) -> dict[str, Record]:
        if self._path is None:
            return {}
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(RECORDS_BYTES_MAX), type=dict[str, Record])
        except (OSError, msgspec.DecodeError):  # without it the files are read again
            return {}


def is_untouched(file: str, record: Record) -> bool:
    """Whether a file is as it was when it was read, as far as the system tells."""
    try:
        state = file_state(file)
    except HeaderError:
        return False
    return (state.size_bytes, state.changed_ns) == (record.size_bytes, record.changed_ns)


def recorded(path: str, sha256: str, *, repo: str = "", file: str = "", revision: str = "") -> Record:
    """A record of a file as it is now. Raises HeaderError where it can't be found."""
    state = file_state(path)
    return Record(sha256, state.size_bytes, state.changed_ns, repo, file, revision)


def sha256_of(file: str, progress: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file's content, in hexadecimal digits; `progress` is told how many bytes were read.

    Raises:
        HeaderError: It can't be read.
    """
    digest = hashlib.sha256()
    done = 0
    with open_regular(file) as opened:
        while data := opened.read(_CHUNK_BYTES):
            digest.update(data)
            done += len(data)
            if progress is not None:
                progress(done)
    return digest.hexdigest()


def users_records() -> Records:
    """Those of this user."""
    folder = data_folder()
    return Records(folder / FILE_NAME if folder else None)


def _key(file: str) -> str:
    return os.path.realpath(file)
