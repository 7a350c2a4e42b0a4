"""Whether a folder came with its repository, by git's list of what it tracks. Must not know what is in the folder."""

from __future__ import annotations

import os
from pathlib import Path

from scholiast_indexer.limits import GIT_TIMEOUT_S
from scholiast_indexer.workspace.repository import git_folder, repository_above

_SIGNATURE = b"DIRC"
_WHOLE_PATHS = (2, 3)
"""Versions of git's index that spell each path whole (gitformat-index)."""


def is_tracked(folder: Path) -> bool:
    """Whether git tracks a file in `folder`. git is asked only where its index may say so: reading that takes 1 ms."""
    work_tree = repository_above(folder.parent)
    if work_tree is None or not folder.is_dir():
        return False
    name = os.fsencode(folder.relative_to(work_tree).as_posix())
    if not _may_list(git_folder(work_tree), name + b"/"):
        return False
    from scholiast_indexer.workspace.git import list_files  # which most who ask have no need of

    listed = list_files(folder.parent, timeout_s=GIT_TIMEOUT_S, untracked=False, only=[os.fsencode(folder.name)])
    return listed is None or bool(listed)  # without git to ask, what may be is taken to be so


def _may_list(git_directory: Path | None, beginning: bytes) -> bool:
    """Whether git's index may hold a path that begins so."""
    if git_directory is None:
        return False
    try:
        data = (git_directory / "index").read_bytes()
        is_split = any(git_directory.glob("sharedindex.*"))
    except OSError:
        return False  # nothing was ever added
    spells = data[:4] == _SIGNATURE and int.from_bytes(data[4:8], "big") in _WHOLE_PATHS and not is_split
    return beginning in data if spells else bool(data)
