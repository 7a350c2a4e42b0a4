"""Which files belong to a workspace: git's listing or a walk, then the rules for folders, names and sizes.

It must not open the files it lists; what their content says against them is told when they are read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from scholiast_indexer.errors import WorkspaceError
from scholiast_indexer.types import SkippedFile
from scholiast_indexer.workspace import git
from scholiast_indexer.workspace.bound import bound_of
from scholiast_indexer.workspace.folders import Folder, Folders
from scholiast_indexer.workspace.ignore import decide
from scholiast_indexer.workspace.names import reason_by_name, reason_by_size
from scholiast_indexer.workspace.paths import Selection, select
from scholiast_indexer.workspace.reading import file_stat
from scholiast_indexer.workspace.repository import is_linked_worktree, repository_above
from scholiast_indexer.workspace.values import DEFAULT_OPTIONS, FileStat, Reinclude, Scan, ScanOptions
from scholiast_indexer.workspace.walk import lets_in, walk

_NO_TIMES = {"st_mtime_ns": 0, "st_ctime_ns": 0}


def scan(root: Path, options: ScanOptions = DEFAULT_OPTIONS, *, only: Iterable[str] | None = None) -> Scan:
    """The files of a workspace and what was left out.

    Args:
        root: The workspace: a work tree, a folder in one, or any folder.
        options: Size limit, and whether and how long git is asked.
        only: Look at these paths and what lies below them, and at nothing else.

    Raises:
        WorkspaceError: `root` is missing, not a folder, or unreadable.
        TooManyFilesError: It holds more files than may be; looking for them ends there.
    """
    root = _checked(root)
    bound = bound_of(root, options.files_max)
    selection = select(only)
    if not (selection.everything or selection.paths):
        return Scan((), (), b"")
    folders = Folders(os.fsencode(root))
    found = _Found(root, options, folders, selection)
    waiting = [b""]
    while waiting:
        start = waiting.pop()
        for path in _list(root, start, folders, selection, options):
            if not (selection.everything or selection.touches(path.rstrip(b"/"))):
                continue
            if found.add(path) == "folder" and found.is_repository_to_enter(path.rstrip(b"/")):
                waiting.append(path.rstrip(b"/"))
            bound.check(len(found.files), len(found.skipped))
    return Scan(
        files=tuple(sorted(found.files, key=lambda file: file.path)),
        skipped=tuple(sorted(found.skipped.values(), key=lambda file: file.path)),
        rules=folders.digest() if selection.everything else b"",
    )


def judge(root: Path, path: str, size: int, options: ScanOptions = DEFAULT_OPTIONS) -> Reinclude | None:
    """How a file of this path and size belongs to a workspace; None when it does not.

    Args:
        root: As for `scan`.
        path: Of the file, which need not be there yet.
        size: It would have then.
        options: As for `scan`.

    Raises:
        WorkspaceError: As `scan` does.
    """
    name = path.encode("utf-8", "surrogateescape")
    if any(part in (b"", b".", b"..") for part in name.split(b"/")) or b"\0" in name:
        return None
    root = _checked(root)
    if os.path.lexists(os.fsencode(root) + b"/" + name):
        found = scan(root, options, only=[path])
        return next((file.reinclude for file in found.files if file.path == path), None)
    selection = select([path])
    missing = [above for above in selection.above if not os.path.lexists(os.fsencode(root) + b"/" + above)]
    folders = Folders(os.fsencode(root), missing)
    supposed = _Found(root, options, folders, selection)
    if any(is_linked_worktree(root / os.fsdecode(above)) for above in selection.above):
        return None
    if lets_in(root, name, folders):
        supposed.add(name, os.stat_result((stat.S_IFREG, 0, 0, 1, 0, 0, size, 0, 0, 0), _NO_TIMES))
    return supposed.files[0].reinclude if supposed.files else None


class _Found:
    """Sorts the paths of one scan into files and what is left out."""

    def __init__(self, root: Path, options: ScanOptions, folders: Folders, selection: Selection) -> None:
        self._root = root
        self._prefix = os.fsencode(root) + b"/"
        self._options = options
        self._folders = folders
        self._selection = selection
        self.files: list[FileStat] = []
        self.skipped: dict[str, SkippedFile] = {}

    def add(self, path: bytes, described: os.stat_result | None = None) -> str | None:
        """Takes one listed path in, as the file system describes it, or as `described` if that is given.

        Returns:
            "folder" when it is one that may belong.
        """
        parent, _, name = path.rstrip(b"/").rpartition(b"/")
        folder = self._folders.get(parent)
        if folder.left_out is not None:
            self._skip_folder(folder)
            return None
        if path.endswith(b"/"):
            return "folder"
        pattern = decide(folder.own, path, name, folder=False) if folder.own else None
        if pattern is not None and not pattern.negated:
            return None
        try:
            described = described or os.lstat(self._prefix + path)
        except OSError:
            return None  # tracked, but deleted; or gone since it was listed
        reinclude = folder.reinclude
        if pattern is not None:
            reinclude = "pattern" if pattern.literal is None else "name"
        return self._sort(path, name, described, folder, reinclude)

    def _sort(
        self, path: bytes, name: bytes, described: os.stat_result, folder: Folder, reinclude: Reinclude
    ) -> str | None:
        if stat.S_ISDIR(described.st_mode):
            return "folder"
        if not (self._selection.everything or self._selection.covers(path)):
            return None  # only on the way to what is asked for, and no folder any more
        text = path.decode("utf-8", "surrogateescape")
        reason = _reason(text, described, reinclude, self._options)
        if reason is None and reinclude == "no" and folder.marks != ((), ()):
            reason = folder.marks.reason(path, name)
        if reason is None:
            self.files.append(file_stat(text, described, reinclude))
        else:
            self.skipped[text] = SkippedFile(text, reason)
        return None

    def is_repository_to_enter(self, path: bytes) -> bool:
        """Whether a folder that git lists as one is a repository of its own whose files belong."""
        folder = self._folders.get(path)
        place = self._root / os.fsdecode(path)
        if folder.left_out is None and is_linked_worktree(place):
            folder = Folder("linked worktree", path + b"/")
        if folder.left_out is not None:
            self._skip_folder(folder)
            return False
        return repository_above(place) == place

    def _skip_folder(self, folder: Folder) -> None:
        if folder.left_out:
            text = folder.left_out_path.decode("utf-8", "surrogateescape")
            self.skipped[text] = SkippedFile(text, folder.left_out)


def _reason(path: str, described: os.stat_result, reinclude: Reinclude, options: ScanOptions) -> str | None:
    if stat.S_ISLNK(described.st_mode):
        return "symlink"
    if not stat.S_ISREG(described.st_mode):
        return "not a regular file"
    named = reason_by_name(path)
    asked_in_vain = named == "binary" or (named == "secrets" and reinclude == "pattern")
    if named is not None and (reinclude == "no" or asked_in_vain):
        return named
    sized = reason_by_size(path, described.st_size, options.file_bytes_max)
    return None if sized == "data" and reinclude != "no" else sized


def _list(root: Path, start: bytes, folders: Folders, selection: Selection, options: ScanOptions) -> Iterable[bytes]:
    """Paths, relative to `root`, of what belongs to `start` by git's rules."""
    place = root / os.fsdecode(start)
    work_tree = repository_above(place) if options.use_git else None
    if work_tree is None:
        return walk(root, start, folders, selection)
    listed = _git_list(place, start, folders, selection, options)
    if listed is None or (not listed and work_tree != place):
        # git failed, or it ignores the very folder that was asked for.
        return walk(root, start, folders, selection)
    for parent in {path.rstrip(b"/").rpartition(b"/")[0] for path in listed}:
        folders.get(parent)
    if not folders.reincludes:
        return listed
    # `.scholiastignore` asks for files that git does not list: find them by walking.
    excludes = git.global_excludes(place, timeout_s=options.git_timeout_s)
    tracked = _git_list(place, start, folders, selection, options, untracked=False) or []
    return dict.fromkeys([*walk(root, start, folders, selection, excludes), *tracked])


def _git_list(
    place: Path,
    start: bytes,
    folders: Folders,
    selection: Selection,
    options: ScanOptions,
    *,
    untracked: bool = True,
) -> list[bytes] | None:
    only = _boundaries(place, selection.below(start))
    listed = git.list_files(place, timeout_s=options.git_timeout_s, untracked=untracked, only=only)
    if listed is None or not start:
        return listed
    return [start + b"/" + path for path in listed]


def _boundaries(place: Path, paths: Iterable[bytes]) -> set[bytes]:
    """The paths, each cut where a nested repository begins: git knows of it, not of what is in it."""
    return {_boundary(place, path) for path in paths}


def _boundary(place: Path, path: bytes) -> bytes:
    parts = path.split(b"/")
    for depth in range(1, len(parts)):
        above = b"/".join(parts[:depth])
        if os.path.lexists(os.fsencode(place) + b"/" + above + b"/.git"):
            return above
    return path


def _checked(root: Path) -> Path:
    try:
        resolved = Path(root).resolve(strict=True)
        with os.scandir(resolved):
            return resolved
    except NotADirectoryError as error:
        raise WorkspaceError(f"{root} is not a folder.\n  Name a folder with --root DIR.") from error
    except FileNotFoundError as error:
        raise WorkspaceError(f"{root}: no such folder.\n  Name an existing one with --root DIR.") from error
    except (OSError, RuntimeError) as error:
        raise WorkspaceError(f"{root} can't be read: {error}.\n  Check its permissions.") from error
