"""What is kept for a user beside settings: in which folder, written whole or not at all. Must not know what it is."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def data_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """The user's own folder for what programs keep; None where there is no home."""
    environment = os.environ if environment is None else environment
    if environment.get("XDG_DATA_HOME"):
        base = Path(environment["XDG_DATA_HOME"])
    elif environment.get("LOCALAPPDATA"):
        base = Path(environment["LOCALAPPDATA"])
    elif environment.get("HOME"):
        base = Path(environment["HOME"]) / ".local" / "share"
    else:
        return None
    return base / "scholiast"


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in the place of one that may be there: readers see the one or the other. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
