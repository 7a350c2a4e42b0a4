"""Other worktrees of the same repository that have an index to begin from. Must not know what is in an index."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from scholiast_indexer.location import existing_index_directory
from scholiast_indexer.workspace.ignore import read_small
from scholiast_indexer.workspace.repository import common_folder, repository_above


def sibling_indexes(root: Path) -> Iterator[Path]:
    """Folders that hold the index of the same place in another worktree, the repository's own first.

    Only worktrees that the repository itself names count, `root`'s own too: a `.git` file that came with a download
    may point anywhere.
    """
    work_tree = repository_above(root)
    common = _shared_folder(work_tree) if work_tree else None
    if work_tree is None or common is None:
        return
    work_trees = [place for place in _work_trees(common) if _shared_folder(place) == common]
    if work_tree not in work_trees:
        return
    for other in work_trees:
        directory = existing_index_directory(other / root.relative_to(work_tree)) if other != work_tree else None
        if directory is not None:
            yield directory


def _shared_folder(work_tree: Path) -> Path | None:
    common = common_folder(work_tree)
    return None if common is None else Path(os.path.realpath(common))


def _work_trees(common: Path) -> Iterator[Path]:
    if common.name == ".git":
        yield common.parent
    try:
        linked = sorted((common / "worktrees").iterdir())
    except OSError:
        return
    for entry in linked:
        target = read_small(entry / "gitdir")
        if target:
            yield Path(os.path.realpath(os.fsdecode(target.strip()))).parent
