"""The log of the language server: where it lies, how it is written. Must not know what is logged."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from scholiast_server.userdata import user_folder

LOG_BYTES_MAX = 5_000_000
"""A longer log is set aside, in the place of the one before it, when a server starts."""
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


def log_file(environment: Mapping[str, str] | None = None) -> Path | None:
    """Where a server logs unless it is told otherwise; None where there is no home."""
    environment = os.environ if environment is None else environment
    folder = user_folder(environment, "XDG_STATE_HOME", "LOCALAPPDATA", ".local/state")
    return folder / "server.log" if folder else None


def log_to_file(chosen: str | None = None, *, is_verbose: bool = False) -> Path | None:
    """Write all of this process's log to a file; to standard error where none can be written."""
    path = Path(chosen) if chosen else log_file()
    handler = _file_handler(path) if path else None
    logging.basicConfig(
        format=_FORMAT, level=logging.DEBUG if is_verbose else logging.INFO, handlers=[handler] if handler else None
    )
    logging.getLogger("pygls").setLevel(logging.WARNING)  # at other levels it logs whole messages, code and all
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    return path if handler else None


def current_log_file() -> Path | None:
    """Where this process logs to; None where that is no file."""
    files = (handler for handler in logging.getLogger().handlers if isinstance(handler, logging.FileHandler))
    return next((Path(handler.baseFilename) for handler in files), None)


def _file_handler(path: Path) -> logging.Handler | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
            with contextlib.suppress(OSError):  # another server has just done it
                path.replace(path.with_suffix(".1.log"))
        return logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return None
