"""The line that says which limit of the system keeps folders from being watched, and how to raise it."""

from __future__ import annotations

import errno
from pathlib import Path

_SETTINGS = Path("/proc/sys/fs/inotify")
_ENOUGH = {"max_user_instances": 1_024, "max_user_watches": 524_288}


def message_for_error(error: OSError, poll_every_s: float) -> str:
    """What to tell the user when nothing can be watched."""
    polling = f"Until then the folder is scanned every {poll_every_s:g} s."
    if error.errno == errno.EMFILE:
        return f"Not watching: {_limit('max_user_instances')} {polling}"
    if error.errno == errno.ENOSPC:
        return f"Not watching: {_limit('max_user_watches')} {polling}"
    if error.errno == errno.ENOENT:
        return f"Not watching: the folder is gone. It is looked for every {poll_every_s:g} s."
    return f"Not watching: {error.strerror or error}. The folder is scanned every {poll_every_s:g} s."


def message_for_missed(folders: int, poll_every_s: float) -> str:
    """What to tell the user when some folders can't be watched."""
    return (
        f"{folders:,} folders are not watched: {_limit('max_user_watches')} "
        f"Until then the workspace is scanned every {poll_every_s:g} s."
    )


def _limit(name: str) -> str:
    try:
        now = int((_SETTINGS / name).read_text())
    except (OSError, ValueError):
        return f"the limit fs.inotify.{name} is reached."
    enough = max(_ENOUGH[name], 2 * now)
    return f"the limit fs.inotify.{name} = {now:,} is reached. Raise it: sudo sysctl fs.inotify.{name}={enough}."
