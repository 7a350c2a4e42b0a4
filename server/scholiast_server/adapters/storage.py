"""Where a user's adapters are written down, and writing there: whole or not at all, one process at a time.

Must not know what is written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from scholiast_server.adapters.limits import LOCK_WAIT_S
from scholiast_server.errors import AdapterError
from scholiast_server.userdata import locked


@contextlib.contextmanager
def changing(folder: Path | None) -> Iterator[Path]:
    """The folder, made where it is missing, with no other process changing anything in it.

    Raises:
        AdapterError: There is none, it can't be written, or another process does not come to an end.
    """
    if folder is None:
        raise AdapterError("there is no home folder to write adapters down in.\n  Set HOME, or XDG_DATA_HOME.")
    try:
        with locked(folder / "adapters.lock", LOCK_WAIT_S):
            yield folder
    except TimeoutError as error:
        raise AdapterError("another process is changing adapters and does not come to an end.\n  Try again.") from error
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> AdapterError:
    return AdapterError(f"{folder} can't be written: {error.strerror or error}.\n  Adapters are written down there.")
