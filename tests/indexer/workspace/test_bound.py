"""Folders that are opened by mistake, or hold more than anybody wants indexed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scholiast_indexer.errors import TooManyFilesError
from scholiast_indexer.index import Index
from scholiast_indexer.limits import CATCH_ALL_FILES_MAX, LEFT_OUT_PER_FILE_MAX, WORKSPACE_FILES_MAX
from scholiast_indexer.workspace.bound import bound_of
from scholiast_indexer.workspace.scan import scan
from scholiast_indexer.workspace.values import ScanOptions
from scholiast_indexer.workspace.vendored import reason_for_folder

Tree = Callable[[Path, Mapping[str, str | bytes]], Path]
Git = Callable[..., str]


@pytest.mark.parametrize("uses_git", [True, False])
def test_more_files_than_may_be_are_an_error_that_says_what_to_do(
    uses_git: bool, tmp_path: Path, tree: Tree, git: Git
) -> None:
    git(tree(tmp_path, {f"{name}/a.py": "x = 1\n" for name in "abc"}), "init", "-q")
    assert len(scan(tmp_path, ScanOptions(files_max=3, use_git=uses_git)).files) == 3
    with pytest.raises(TooManyFilesError, match=r"more than 2 files(.|\n)*one project(.|\n)*index\.files_max"):
        scan(tmp_path, ScanOptions(files_max=2, use_git=uses_git))


def test_files_that_are_left_out_count_too(tmp_path: Path, tree: Tree) -> None:
    tree(tmp_path, {f"{n}.png": "" for n in range(LEFT_OUT_PER_FILE_MAX + 1)})
    with pytest.raises(TooManyFilesError, match="left out"):
        scan(tmp_path, ScanOptions(files_max=1))


def test_a_folder_that_holds_all_of_a_users_files_may_hold_fewer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    home = tmp_path / "home" / "someone"
    project = home / "project"
    project.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for folder in (home, home.parent, Path("/")):
        assert bound_of(folder, 0).files_max == CATCH_ALL_FILES_MAX < WORKSPACE_FILES_MAX
        assert bound_of(folder, 7).files_max == 7
    assert bound_of(project, 0).files_max == WORKSPACE_FILES_MAX
    git(home, "init", "-q")
    assert bound_of(home, 0).files_max == WORKSPACE_FILES_MAX, "what a repository leaves out is left out"


def test_devices_and_processes_are_no_files_of_the_root() -> None:
    assert reason_for_folder(b"/", b"proc") == reason_for_folder(b"/", b"sys") == "system"
    assert reason_for_folder(b"/", b"etc") is None
    assert reason_for_folder(b"/work", b"proc") is None


def test_an_index_stays_as_it_was(tmp_path: Path, tree: Tree) -> None:
    tree(tmp_path, {"a.py": "def first(): pass\n"})
    with Index.open(tmp_path) as index:
        index.files_max = 1
        index.update()
        tree(tmp_path, {"b.py": "def second(): pass\n", "c.py": "def third(): pass\n"})
        with pytest.raises(TooManyFilesError):
            index.update()
        assert index.is_stale()
        assert [hit.path for hit in index.search("first")] == ["a.py"]
