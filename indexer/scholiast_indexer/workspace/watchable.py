"""Which folders of a workspace are worth watching; must not know how they are watched."""

from __future__ import annotations

import os
from pathlib import Path

from scholiast_indexer.workspace.folders import Folders, leads_to_reinclude
from scholiast_indexer.workspace.ignore import Rules, decide
from scholiast_indexer.workspace.repository import is_linked_worktree
from scholiast_indexer.workspace.vendored import USUALLY_LEFT_OUT
from scholiast_indexer.workspace.walk import is_ignored_folder


class Watchable:
    """Answers from the rule files as they were when first asked: make a new one when they change.

    A tracked file in an ignored folder belongs to the workspace, but its folder is not watched: its changes
    come to light at the next full look.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders = Folders(os.fsencode(root))
        self._ignores: dict[bytes, tuple[Rules, ...]] = {}
        self._answers: dict[bytes, bool] = {}

    def enters(self, path: bytes) -> bool:
        """Whether files of a folder may belong; `path` is relative and the folders above it are entered."""
        answer = self._answers[path] = self._enters(path)
        return answer

    def leaves_out(self, path: bytes) -> bool:
        """Whether `path` is known, without a look at the disk, to lie in a folder that is not entered."""
        ends = [at for at, byte in enumerate(path) if byte == ord("/")]
        return any(self._is_left_out(path[:end]) for end in ends)

    def _is_left_out(self, folder: bytes) -> bool:
        answer = self._answers.get(folder)
        if answer is None and not self._folders.reincludes:
            return folder.rpartition(b"/")[2] in USUALLY_LEFT_OUT
        return answer is False

    def _enters(self, path: bytes) -> bool:
        if self._folders.get(path).left_out is not None or is_linked_worktree(self._root / os.fsdecode(path)):
            return False
        parent, _, name = path.rpartition(b"/")
        own = self._folders.get(parent).own
        if own and decide(own, path, name, folder=True):
            return True
        return not is_ignored_folder(self._root, path, self._ignores) or leads_to_reinclude(own, path)
