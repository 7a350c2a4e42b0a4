"""Repositories in repositories: submodules, clones, worktrees, and folders of a work tree as workspaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scholiast_indexer.errors import WorkspaceError
from scholiast_indexer.workspace.repository import find_root, git_folder
from scholiast_indexer.workspace.scan import scan
from scholiast_indexer.workspace.values import ScanOptions

Tree = Callable[[Path, Mapping[str, str | bytes]], Path]
Git = Callable[..., str]
BOTH = pytest.mark.parametrize("use_git", [True, False])


def files(root: Path, *, use_git: bool = True, only: list[str] | None = None) -> set[str]:
    found = scan(root, ScanOptions(use_git=use_git), only=only)
    return {file.path for file in found.files if not Path(file.path).name.startswith(".git")}


def skipped(root: Path, *, use_git: bool = True) -> dict[str, str]:
    return {file.path: file.reason for file in scan(root, ScanOptions(use_git=use_git)).skipped}


@pytest.fixture
def repository(tmp_path: Path, git: Git, tree: Tree) -> Path:
    root = tree(
        tmp_path / "repo",
        {"a.py": "x\n", "src/b.py": "x\n", "src/x.log.py": "x\n", ".gitignore": "*.log.py\n"},
    )
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


@BOTH
def test_untracked_clones_belong_by_their_own_rules(repository: Path, git: Git, tree: Tree, use_git: bool) -> None:
    inner = tree(repository / "lib/inner", {"c.py": "x\n", "d.log.py": "x\n", "no.py": "x\n", ".gitignore": "no.py\n"})
    git(inner, "init", "-q")
    assert files(repository, use_git=use_git) == {"a.py", "src/b.py", "lib/inner/c.py", "lib/inner/d.log.py"}
    assert files(repository, use_git=use_git, only=["lib/inner/c.py", "lib/inner/no.py"]) == {"lib/inner/c.py"}
    assert files(repository, use_git=use_git, only=["lib/"]) == {"lib/inner/c.py", "lib/inner/d.log.py"}


@BOTH
def test_ignored_clones_do_not_belong(repository: Path, git: Git, tree: Tree, use_git: bool) -> None:
    inner = tree(repository / "clones/inner", {"c.py": "x\n"})
    git(inner, "init", "-q")
    tree(repository, {".gitignore": "clones/\n*.log.py\n"})
    assert files(repository, use_git=use_git) == {"a.py", "src/b.py"}
    assert files(repository, use_git=use_git, only=["clones/inner/c.py"]) == set()


@BOTH
def test_submodules_belong(repository: Path, tmp_path: Path, git: Git, tree: Tree, use_git: bool) -> None:
    library = tree(tmp_path / "library", {"lib.c": "x\n"})
    git(library, "init", "-q")
    git(library, "add", "-A")
    git(library, "commit", "-qm", "first")
    git(repository, "submodule", "--quiet", "add", str(library), "modules/library")
    tree(repository, {"modules/library/new.c": "x\n"})
    expected = {"modules/library/lib.c", "modules/library/new.c"}
    assert files(repository, use_git=use_git) == {"a.py", "src/b.py"} | expected
    assert files(repository, use_git=use_git, only=["modules/library/lib.c"]) == {"modules/library/lib.c"}
    assert find_root(repository / "modules/library") == repository / "modules/library"


@BOTH
def test_linked_worktrees_inside_are_left_out_and_are_roots_of_their_own(
    repository: Path, git: Git, use_git: bool
) -> None:
    git(repository, "worktree", "add", "-q", ".worktrees/x")
    assert files(repository, use_git=use_git) == {"a.py", "src/b.py"}
    assert skipped(repository, use_git=use_git) == {".worktrees/x/": "linked worktree"}
    worktree = repository / ".worktrees/x"
    assert files(worktree, use_git=use_git) == {"a.py", "src/b.py"}
    assert find_root(worktree / "src") == worktree
    assert git_folder(worktree) == repository / ".git/worktrees/x"


def test_a_folder_of_clones_uses_the_rules_of_each(tmp_path: Path, git: Git, tree: Tree) -> None:
    for name in ("one", "two"):
        clone = tree(tmp_path / "code" / name, {"a.py": "x\n", f"{name}.txt": "x\n", ".gitignore": f"{name}.txt\n"})
        git(clone, "init", "-q")
    tree(tmp_path / "code", {"loose.py": "x\n"})
    assert files(tmp_path / "code") == {"loose.py", "one/a.py", "two/a.py"}


@BOTH
def test_rules_from_above_hold_in_a_folder_of_a_work_tree(repository: Path, tree: Tree, use_git: bool) -> None:
    tree(repository, {"src/deep/c.py": "", "src/deep/out.py": "", "src/.gitignore": "/deep/out.py\n/out.py\n"})
    assert files(repository / "src", use_git=use_git) == {"b.py", "deep/c.py"}
    assert files(repository / "src/deep", use_git=use_git) == {"c.py"}


@BOTH
def test_an_ignored_folder_that_is_asked_for_is_scanned(repository: Path, tree: Tree, use_git: bool) -> None:
    tree(
        repository,
        {".gitignore": "*\n", "projects/p/a.py": "", "projects/p/b.py": "", "projects/p/.gitignore": "b.py"},
    )
    assert files(repository / "projects/p", use_git=use_git) == {"a.py"}


def test_tracked_files_belong_even_if_ignored(repository: Path, git: Git, tree: Tree) -> None:
    tree(repository, {"build/keep.py": "x\n", "build/no.py": "x\n", ".gitignore": "build/\n"})
    git(repository, "add", "-f", "build/keep.py")
    assert "build/keep.py" in files(repository)
    tree(repository, {".scholiastignore": "!nothing\n"})
    assert "build/keep.py" in files(repository)
    assert "build/no.py" not in files(repository)


def test_deleted_and_conflicting_files_come_once_or_not_at_all(repository: Path, git: Git, tree: Tree) -> None:
    git(repository, "switch", "-qc", "other")
    git(repository, "commit", "-qam", "other", "--allow-empty")
    tree(repository, {"a.py": "theirs\n"})
    git(repository, "commit", "-qam", "theirs")
    git(repository, "switch", "-q", "-")
    tree(repository, {"a.py": "ours\n"})
    git(repository, "commit", "-qam", "ours")
    with pytest.raises(Exception, match="merge"):
        git(repository, "merge", "-q", "other")
    (repository / "src/b.py").unlink()
    assert [file.path for file in scan(repository).files if file.path.endswith(".py")] == ["a.py"]


def test_a_tracked_folder_that_became_a_link_is_not_entered(
    repository: Path, tmp_path: Path, git: Git, tree: Tree
) -> None:
    outside = tree(tmp_path / "outside", {"b.py": "secret\n"})
    (repository / "src").rename(tmp_path / "away")
    (repository / "src").symlink_to(outside)
    assert files(repository) == {"a.py"}
    assert skipped(repository) == {"src": "symlink"}


@BOTH
def test_the_users_own_ignore_file_and_info_exclude_hold(
    repository: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, use_git: bool
) -> None:
    tree(tmp_path / "xdg", {"git/ignore": "mine.py\n"})
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    tree(repository, {"mine.py": "", "src/mine.py": "", "other.py": "", ".git/info/exclude": "/other.py\n"})
    assert files(repository, use_git=use_git) == {"a.py", "src/b.py"}
    assert files(repository / "src", use_git=use_git) == {"b.py"}


def test_find_root_is_the_work_tree_above_or_the_folder_itself(repository: Path, tmp_path: Path) -> None:
    loose = tmp_path / "loose"
    loose.mkdir()
    (tmp_path / "link").symlink_to(repository / "src")
    cases = {
        repository: repository,
        repository / "src": repository,
        repository / "src/b.py": repository,
        tmp_path / "link": repository,
        loose: loose,
    }
    assert {start: find_root(start) for start in cases} == cases


def test_find_root_of_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name in ("missing", "loop"):
        with pytest.raises(WorkspaceError, match="--root"):
            find_root(tmp_path / name)
