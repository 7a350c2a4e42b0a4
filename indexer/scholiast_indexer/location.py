"""Where the index of a workspace lies. Must not know what is in it.

`SCHOLIAST_INDEX_DIR` when it is set (one folder holds one index: workspaces that are open at once need different
ones); else `.scholiast` in the workspace; else, when that can't be written, is or holds a link, or came with the
repository, a folder for this workspace below the user's cache, or below the system's temporary folder where there is no
home.

Each worktree of a git repository has an index of its own, because its paths point at blobs of their own. What costs
time is shared all the same: an index that is made where another worktree has one already begins as a copy of that
(`worktrees`), so nothing that both have is parsed or embedded again.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from scholiast_indexer.errors import StorageError
from scholiast_indexer.workspace.tracked import is_tracked

FOLDER = ".scholiast"
ENVIRONMENT_VARIABLE = "SCHOLIAST_INDEX_DIR"
KEY_BYTES = 32
_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


def index_directory(
    root: Path, environment: Mapping[str, str] | None = None, is_writable: Callable[[Path], bool] | None = None
) -> Path:
    """The folder that holds the index of `root`, made when it is missing.

    Raises:
        StorageError: No place can be written.
    """
    environment = os.environ if environment is None else environment
    is_writable = is_writable or can_write_in
    tried = []
    for directory in _candidates(root, environment):
        if is_writable(directory):
            _keep_out_of_git(directory)
            return directory
        tried.append(str(directory))
    raise StorageError(f"no place for the index can be written (tried {', '.join(tried)}). Set {ENVIRONMENT_VARIABLE}.")


def existing_index_directory(root: Path, environment: Mapping[str, str] | None = None) -> Path | None:
    """Where an index of `root` lies already, or None; makes nothing."""
    environment = os.environ if environment is None else environment
    candidates = _candidates(root, environment)
    return next((d for d in candidates if (d / "index.db").is_file() and can_write_in(d)), None)


def _candidates(root: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """One by one: even to ask for the temporary folder fails on a full disk."""
    chosen = environment.get(ENVIRONMENT_VARIABLE)
    if chosen:
        yield Path(os.path.expanduser(chosen)).absolute()  # noqa: PTH111  Path.expanduser raises without a home
        return
    own = root / FOLDER
    if not _leads_elsewhere(own) and not is_tracked(own):  # whoever made the repository could say anything in it
        yield own
    digest = hashlib.blake2b(os.fsencode(root), digest_size=6).hexdigest()
    name = f"{root.name or 'root'}-{digest}"
    for base in cache_bases(environment):
        yield base / "scholiast" / name
    with contextlib.suppress(FileNotFoundError):  # none can be written
        user = os.getuid() if hasattr(os, "getuid") else environment.get("USERNAME", "user")
        yield Path(tempfile.gettempdir()) / f"scholiast-{user}" / name


def _leads_elsewhere(directory: Path) -> bool:
    """Whether a folder is a link, or holds one down to the files of a cache: a repository may bring along one that
    would have us write, or clear away, in a folder of the user's. A pipe is as bad.
    """
    if directory.is_symlink():
        return True
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if (is_folder and _leads_elsewhere(Path(entry))) or not (is_folder or entry.is_file(follow_symlinks=False)):
                return True
    return False


def cache_bases(environment: Mapping[str, str]) -> Iterator[Path]:
    """The folder for the user's caches, there or not; none where there is no home."""
    if environment.get("XDG_CACHE_HOME"):
        yield Path(environment["XDG_CACHE_HOME"])
    elif environment.get("LOCALAPPDATA"):
        yield Path(environment["LOCALAPPDATA"])
    elif environment.get("HOME"):
        yield Path(environment["HOME"]) / ".cache"


def machine_key(environment: Mapping[str, str] | None = None) -> bytes:
    """Random bytes that only this user's processes know. A file signed with them was made here.

    Where there is no home to keep them in they last as long as the process.
    """
    environment = os.environ if environment is None else environment
    for base in cache_bases(environment):
        path = base / "scholiast" / "key"
        with contextlib.suppress(OSError):  # a home that can't be written
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileExistsError):
                _make_key(path)
            key = path.read_bytes()
            if len(key) == KEY_BYTES:
                return key
    return secrets.token_bytes(KEY_BYTES)


def _make_key(path: Path) -> None:
    """Whole or not at all, and never over another process's. Raises FileExistsError."""
    if path.exists():
        raise FileExistsError(path)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        os.link(name, path)
    finally:
        Path(name).unlink()


def can_write_in(directory: Path) -> bool:
    """Whether files can be made there, the folder itself included.

    A full disk counts as writable, so that it is told as what it is and no second index begins elsewhere. A folder
    below the temporary one, where everybody may make folders, must be ours with the one above it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _is_below_temporary(directory) and not (_is_ours(directory) and _is_ours(directory.parent)):
            return False
        with tempfile.TemporaryFile(dir=directory):
            return True
    except OSError as error:
        return error.errno in _DISK_IS_FULL and directory.is_dir()


def _is_below_temporary(directory: Path) -> bool:
    return directory.parent.name.startswith("scholiast-") and directory.parent.parent == Path(tempfile.gettempdir())


def _is_ours(directory: Path) -> bool:
    return not hasattr(os, "getuid") or (directory.lstat().st_uid == os.getuid() and not directory.is_symlink())


def _keep_out_of_git(directory: Path) -> None:
    marker = directory / ".gitignore"
    if not marker.exists():
        with contextlib.suppress(OSError):  # a full disk is told by the database, which needs more room than this
            marker.write_text("*\n")
