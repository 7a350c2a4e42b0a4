"""The processes of one run of an editor, whoever started them: a mark in their environment tells. Linux alone."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from pathlib import Path

MARK = "EDITOR_TEST_MARK"
"""Names a run in the environment of an editor and of everything that it starts."""

END_S = 15.0


def processes(mark: str) -> dict[int, str]:
    """Every process of a run that still runs, orphans too, by its id: the environment tells."""
    found = {}
    wanted = f"{MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):  # nothing where there is no /proc
        if folder.name.isdigit():
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            except OSError:  # it has ended meanwhile, or is another user's
                continue
    return found


def end_all(mark: str) -> None:
    """Leave none of a run's processes behind, however it ended."""
    while left := processes(mark):
        for process_id in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
            wait_for_process(process_id, END_S)


def wait_for_process(process_id: int, timeout_s: float) -> None:
    """Return when a process that need not be our child has ended, or the time is up."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return
    try:
        select.select([handle], [], [], max(0.0, timeout_s))
    finally:
        os.close(handle)
