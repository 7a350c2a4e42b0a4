"""How many files a workspace may have before it counts as opened by mistake; must not know how they are found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from scholiast_indexer.errors import TooManyFilesError
from scholiast_indexer.limits import CATCH_ALL_FILES_MAX, LEFT_OUT_PER_FILE_MAX, WORKSPACE_FILES_MAX
from scholiast_indexer.workspace.repository import git_folder


class Bound(NamedTuple):
    """The most files of one workspace."""

    root: Path
    what: str
    """What kind of folder it is, for the message."""
    files_max: int

    def check(self, files: int, left_out: int) -> None:
        """Raise TooManyFilesError when so many files, found so far, are too many."""
        if files <= self.files_max and left_out <= self.files_max * LEFT_OUT_PER_FILE_MAX:
            return
        held = f"{self.files_max:,} files"
        if files <= self.files_max:
            held = f"{self.files_max * LEFT_OUT_PER_FILE_MAX:,} files that are left out"
        raise TooManyFilesError(
            f"{self.root}{self.what} holds more than {held}, so none is indexed.\n"
            f"  Open the folder of one project, leave folders out by .scholiastignore, "
            f"or raise index.files_max in your settings."
        )


def bound_of(root: Path, asked: int) -> Bound:
    """What holds for a workspace.

    Args:
        root: Its folder, without links on the way.
        asked: The most files, as settings have it; 0 leaves it to the kind of folder.
    """
    what = _catch_all(root) if git_folder(root) is None else ""
    return Bound(root, what, asked or (CATCH_ALL_FILES_MAX if what else WORKSPACE_FILES_MAX))


def _catch_all(root: Path) -> str:
    """What a folder is that holds more than code, in words; empty for others."""
    if root.parent == root:
        return " is the root of the file system and"
    home = Path(os.path.realpath(os.path.expanduser("~")))  # noqa: PTH111  Path.home raises without a home
    if root == home:
        return " is your home folder and"
    return " has your home folder in it and" if root in home.parents else ""
