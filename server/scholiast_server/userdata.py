"""What is kept for a user beside settings: in which folder, written whole or not at all. Must not know what it is."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path


def data_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """The user's own folder for what programs keep; None where there is no home."""
    return user_folder(
        os.environ if environment is None else environment, "XDG_DATA_HOME", "LOCALAPPDATA", ".local/share"
    )


def user_folder(environment: Mapping[str, str], variable: str, on_windows: str, below_home: str) -> Path | None:
    """Scholiast's own folder of one kind, there or not; None where there is no home.

    Args:
        environment: Environment variables.
        variable: That names the folder of this kind, where it is set.
        on_windows: The one that names it on Windows.
        below_home: Where it is by default.

    Source: the XDG Base Directory Specification.
    """
    named = environment.get(variable) or environment.get(on_windows)
    if named:
        return Path(named) / "scholiast"
    home = environment.get("HOME")
    return Path(home, below_home, "scholiast") if home else None


@contextlib.contextmanager
def locked(lock: Path, wait_s: float) -> Iterator[None]:
    """No other process that asks for the same lock goes on meanwhile; makes its folder, for this user alone.

    Raises:
        TimeoutError: Another process has it, and does not come to an end.
        OSError: The folder can't be made, or the lock not be written.
    """
    from filelock import FileLock, Timeout  # with what it loads: no command needs it to start

    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = FileLock(lock, timeout=wait_s)
    try:
        held.acquire()
    except Timeout as error:
        raise TimeoutError(f"{lock} is held by another process") from error
    try:
        yield
    finally:
        held.release()


def write_whole(path: Path, data: bytes, mode: int | None = None) -> None:
    """Put a file in the place of one that may be there: readers see the one or the other.

    Args:
        path: Where.
        data: What is in it.
        mode: Its permissions; this user alone may read it unless others are given.

    Raises:
        OSError: It can't be written; what was there still is.
    """
    import tempfile  # with what it loads: no command needs it to start

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                Path(name).chmod(mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
