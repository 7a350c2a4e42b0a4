"""Where the index of a workspace lies. Must not know what is in it.

`SCHOLIAST_INDEX_DIR` when it is set; else `.scholiast` in the workspace; else, when that can't be written, a folder
for this workspace below the user's cache (or the system's temporary folder, where there is no home).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from scholiast_indexer.errors import StorageError

FOLDER = ".scholiast"
ENVIRONMENT_VARIABLE = "SCHOLIAST_INDEX_DIR"


def index_directory(
    root: Path, environment: Mapping[str, str] | None = None, is_writable: Callable[[Path], bool] | None = None
) -> Path:
    """The folder that holds the index of `root`, made when it is missing.

    Raises:
        StorageError: No place can be written.
    """
    environment = os.environ if environment is None else environment
    is_writable = is_writable or can_write_in
    tried = list(_candidates(root, environment))
    for directory in tried:
        if is_writable(directory):
            _keep_out_of_git(directory)
            return directory
    places = ", ".join(str(directory) for directory in tried)
    raise StorageError(f"no place for the index can be written (tried {places}). Set {ENVIRONMENT_VARIABLE}.")


def existing_index_directory(root: Path, environment: Mapping[str, str] | None = None) -> Path | None:
    """Where an index of `root` lies already, or None; makes nothing."""
    environment = os.environ if environment is None else environment
    return next((d for d in _candidates(root, environment) if (d / "index.db").is_file()), None)


def _candidates(root: Path, environment: Mapping[str, str]) -> list[Path]:
    chosen = environment.get(ENVIRONMENT_VARIABLE)
    if chosen:
        return [Path(chosen).expanduser().absolute()]
    digest = hashlib.blake2b(os.fsencode(root), digest_size=6).hexdigest()
    name = f"{root.name or 'root'}-{digest}"
    return [root / FOLDER, *(base / "scholiast" / name for base in _cache_bases(environment))]


def _cache_bases(environment: Mapping[str, str]) -> list[Path]:
    bases = []
    if environment.get("XDG_CACHE_HOME"):
        bases.append(Path(environment["XDG_CACHE_HOME"]))
    elif environment.get("LOCALAPPDATA"):
        bases.append(Path(environment["LOCALAPPDATA"]))
    elif environment.get("HOME"):
        bases.append(Path(environment["HOME"]) / ".cache")
    user = os.getuid() if hasattr(os, "getuid") else environment.get("USERNAME", "user")
    return [*bases, Path(tempfile.gettempdir()) / f"scholiast-{user}"]


def can_write_in(directory: Path) -> bool:
    """Whether files can be made there, the folder itself included. A folder in a shared place must be ours."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if hasattr(os, "getuid") and directory.stat().st_uid != os.getuid() and os.getuid() != 0:
            return os.access(directory, os.W_OK) and directory.name == FOLDER
        with tempfile.TemporaryFile(dir=directory):
            return True
    except OSError:
        return False


def _keep_out_of_git(directory: Path) -> None:
    marker = directory / ".gitignore"
    if not marker.exists():
        with contextlib.suppress(OSError):  # a full disk is told by the database, which needs more room than this
            marker.write_text("*\n")
