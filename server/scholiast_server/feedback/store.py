"""The file of a user's verdicts, a line each, the latest last. Must not know who gives them or what becomes of them.

Each answer has one line at most: another verdict takes its place, and what is taken back is gone from the file. A line
that can't be read, by a crash or by hand, costs itself alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from scholiast_server.errors import FeedbackError
from scholiast_server.feedback.limits import DAMAGED_TOLD_MAX, FILE_BYTES_MAX, LOCK_WAIT_S, RECORD_BYTES_MAX
from scholiast_server.feedback.record import Record, decoded, encoded
from scholiast_server.userdata import data_folder, locked, write_whole

FILE = "feedback.jsonl"


class Kept(msgspec.Struct, frozen=True):
    """All that is kept."""

    records: tuple[Record, ...]
    """The latest last."""
    damaged: tuple[str, ...]
    """Of lines that can't be read: which, and why."""


class Store:
    """The verdicts of one user. For any thread and any number of processes."""

    def __init__(self, folder: Path | None = None, bytes_max: int = FILE_BYTES_MAX) -> None:
        """
        Args:
            folder: The user's data folder; by default the one of this system.
            bytes_max: Past it the oldest verdicts give way.
        """
        self._folder = folder or data_folder()
        self._bytes_max = bytes_max

    @property
    def path(self) -> Path | None:
        """The file, there or not; None where there is no home."""
        return self._folder / FILE if self._folder else None

    def kept(self) -> Kept:
        """All verdicts.

        Raises:
            FeedbackError: The file can't be read; the message says what to do.
        """
        records: list[Record] = []
        damaged: list[str] = []
        for number, line in enumerate(self._lines(), 1):
            try:
                records.append(decoded(line))
            except ValueError as error:
                if len(damaged) < DAMAGED_TOLD_MAX:
                    damaged.append(f"line {number} {error}")
        return Kept(tuple(records), tuple(damaged))

    def keep(self, record: Record) -> Path:
        """Write a verdict down, in the place of another one on the same answer. Gives the file.

        Raises:
            FeedbackError: It can't be written, and nothing has changed; the message says what to do.
        """
        line = encoded(record)
        if len(line) > RECORD_BYTES_MAX:
            raise FeedbackError(
                f"the verdict takes {len(line):,} bytes with its answer; {RECORD_BYTES_MAX:,} are the limit.\n"
                "  Shorten your version of it."
            )
        with self._changing() as path:
            before = list(self._lines())
            others = [known for known in before if not _is_about(record.answer_id, known)]
            is_first = len(others) == len(before)
            if is_first and sum(map(len, before)) + len(line) <= self._bytes_max:
                _append(path, line)
            else:
                write_whole(path, b"".join(_newest([*others, line], self._bytes_max)))
        return path

    def forget(self, wanted: Callable[[Record], bool] | None = None) -> int:
        """Delete verdicts: all of them, with the lines that can't be read, or those that are wanted. Gives how many.

        Raises:
            FeedbackError: They can't be deleted; the message says what to do.
        """
        with self._changing() as path:
            lines = list(self._lines())
            rest = [] if wanted is None else [line for line in lines if not _is_wanted(line, wanted)]
            if not rest:
                path.unlink(missing_ok=True)
            elif len(rest) < len(lines):
                write_whole(path, b"".join(rest))
        return len(lines) - len(rest)

    def _lines(self) -> Iterator[bytes]:
        """Each with its end, one that was cut off too."""
        if self.path is None:
            return
        try:
            with self.path.open("rb") as file:
                data = file.read(2 * FILE_BYTES_MAX + 1)
        except FileNotFoundError:
            return
        except OSError as error:
            raise FeedbackError(
                f"{self.path} can't be read: {error.strerror or error}.\n  Check its permissions."
            ) from error
        if len(data) > 2 * FILE_BYTES_MAX:
            raise FeedbackError(
                f"{self.path} is larger than {2 * FILE_BYTES_MAX:,} bytes: Scholiast did not write it.\n  Set it aside."
            )
        yield from (line + b"\n" for line in data.split(b"\n") if line.strip())

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Path]:
        """The file, with no other process changing it."""
        if self._folder is None:
            raise FeedbackError("there is no home folder to keep verdicts in.\n  Set HOME, or XDG_DATA_HOME.")
        try:
            with locked(self._folder / "feedback.lock", LOCK_WAIT_S):
                yield self._folder / FILE
        except TimeoutError as error:
            raise FeedbackError(
                "another process is writing verdicts and does not come to an end.\n  Try again."
            ) from error
        except OSError as error:
            raise FeedbackError(
                f"{self._folder} can't be written: {error.strerror or error}.\n  Verdicts are kept there."
            ) from error


def _append(path: Path, line: bytes) -> None:
    """At the end, whole or not at all; what a crash has cut off there stays a line of its own."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)  # this user's alone
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        line = b"\n" + line if size and file.read(1) != b"\n" else line
        try:
            if file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(size)
            raise


def _newest(lines: Sequence[bytes], bytes_max: int) -> list[bytes]:
    """The latest of them that fit, with room for more: else the next one would make all be written again."""
    kept: list[bytes] = []
    room = bytes_max if sum(map(len, lines)) <= bytes_max else bytes_max * 3 // 4
    for line in reversed(lines):
        room -= len(line)
        if room < 0 and kept:
            break
        kept.append(line)
    return kept[::-1]


def _is_about(answer_id: str, line: bytes) -> bool:
    try:
        return msgspec.json.decode(line, type=_Id).answer_id == answer_id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False


def _is_wanted(line: bytes, wanted: Callable[[Record], bool]) -> bool:
    try:
        return wanted(decoded(line))
    except ValueError:
        return False


class _Id(msgspec.Struct):
    answer_id: str
