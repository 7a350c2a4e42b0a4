"""Another worktree of a repository costs rows, not parsing or embedding."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.indexer.index.conftest import Run, World, content_of

from scholiast_indexer.index import Index
from scholiast_indexer.stores.worktrees import sibling_indexes

COPIED = "the index began as a copy of the one in "


@pytest.fixture
def repository(world: World, git: Run) -> World:
    git(world.root, "init", "-q")
    git(world.root, "add", "-A")
    git(world.root, "commit", "-qm", "one")
    return world


@pytest.fixture
def worktree(repository: World, git: Run, tmp_path: Path) -> World:
    git(repository.root, "worktree", "add", "-q", str(tmp_path / "second"))
    return World(tmp_path / "second", {})


@pytest.mark.parametrize("folder", ["", "src"])
@pytest.mark.parametrize("linked_first", [False, True])
def test_a_second_worktree_embeds_nothing(
    repository: World, worktree: World, tmp_path: Path, folder: str, linked_first: bool
) -> None:
    first, second = (worktree, repository) if linked_first else (repository, worktree)
    with Index.open(first.root / folder) as index:
        total = index.update().files
        with Index.open(second.root / folder) as other:  # while the first one is open
            assert other.notes == [f"{COPIED}{index.directory}, a worktree of the same repository"]
            report = other.update()
            assert (report.files, report.embedded) == (total, 0)
            assert content_of(other) == World(second.root / folder, {}).rebuilt(tmp_path / "clean")
        assert index.update().embedded == 0


def test_what_differs_is_parsed_and_what_is_gone_is_gone(repository: World, worktree: World) -> None:
    with Index.open(repository.root) as index:
        index.update()
    worktree.remove("src/cart.py")
    worktree.write("src/more.py", "def more():\n    return 1\n")
    with Index.open(worktree.root) as index:
        report = index.update()
        assert (report.embedded, report.removed) == (1, 1)
        assert "src/cart.py" not in index.paths()


def test_an_index_that_is_there_is_not_replaced(repository: World, worktree: World) -> None:
    with Index.open(worktree.root) as index:
        index.update()
        assert index.notes == []
    with Index.open(repository.root) as index:
        index.update()
    with Index.open(worktree.root) as index:
        assert index.notes == []


def test_a_damaged_index_is_not_copied(repository: World, worktree: World) -> None:
    with Index.open(repository.root) as index:
        index.update()
    repository.database.write_bytes(b"not a database" * 1000)
    with Index.open(worktree.root) as index:
        assert index.notes == []
        assert index.update().files == 4


def test_a_git_file_that_points_at_a_stranger_gives_nothing(repository: World, worktree: World, tmp_path: Path) -> None:
    """It may have come with a download; only worktrees that the repository itself names are looked at."""
    with Index.open(repository.root) as index:
        index.update()
    stranger = World(tmp_path / "stranger")
    stranger.write(".git", (worktree.root / ".git").read_bytes())
    assert list(sibling_indexes(stranger.root)) == []
    assert len(list(sibling_indexes(worktree.root))) == 1


@pytest.mark.parametrize("pointer", [b"", b"gitdir:", b"gitdir: /nowhere", b"gitdir: \0", b"\xff" * 10])
def test_broken_git_files_give_nothing(world: World, pointer: bytes) -> None:
    world.write(".git", pointer)
    assert list(sibling_indexes(world.root)) == []
    with Index.open(world.root) as index:
        assert index.update().files == 4
