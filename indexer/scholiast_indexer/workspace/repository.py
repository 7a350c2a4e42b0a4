"""Where git repositories begin, told from the files alone: git itself is never started here."""

from __future__ import annotations

import os
from pathlib import Path

from scholiast_indexer.errors import WorkspaceError
from scholiast_indexer.workspace.ignore import read_small


def find_root(start: str | os.PathLike[str]) -> Path:
    """The work tree that holds `start`, or `start` itself (its folder, for a file) outside any.

    A submodule or a linked worktree is a root of its own.

    Raises:
        WorkspaceError: `start` does not exist.
    """
    try:
        here = Path(start).resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise WorkspaceError(f"{os.fspath(start)}: no such folder.\n  Name an existing one with --root DIR.") from error
    folder = here if here.is_dir() else here.parent
    return repository_above(folder) or folder


def repository_above(folder: Path) -> Path | None:
    """The nearest folder from `folder` upwards that is a git work tree."""
    return next((place for place in (folder, *folder.parents) if git_folder(place)), None)


def git_folder(work_tree: Path) -> Path | None:
    """The folder in which a work tree keeps its HEAD and index; None when it is no work tree."""
    dot_git = work_tree / ".git"
    try:
        if dot_git.is_dir():
            return dot_git if (dot_git / "HEAD").exists() else None
        text = read_small(dot_git)
    except OSError:
        return None
    if not text or not text.startswith(b"gitdir:"):
        return None
    target = os.fsdecode(text.removeprefix(b"gitdir:").strip())
    return work_tree / target if target and "\0" not in target else None


def is_linked_worktree(work_tree: Path) -> bool:
    """Whether this is a second checkout of a repository that lives elsewhere (`git worktree add`)."""
    folder = git_folder(work_tree)
    return folder is not None and folder.parent.name == "worktrees"


def common_folder(work_tree: Path) -> Path | None:
    """The git folder that all worktrees of a repository share; `info/exclude` lies there."""
    folder = git_folder(work_tree)
    if folder is None:
        return None
    text = read_small(folder / "commondir")
    return folder / os.fsdecode(text.strip()) if text else folder
