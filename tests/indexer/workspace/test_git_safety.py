"""Opening a folder runs nothing that the folder brings along, and a broken git hides no files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scholiast_indexer.workspace.git import list_files
from scholiast_indexer.workspace.scan import scan
from scholiast_indexer.workspace.values import ScanOptions

Tree = Callable[[Path, Mapping[str, str | bytes]], Path]
Git = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path, git: Git, tree: Tree) -> Path:
    root = tree(tmp_path / "repo", {"a.py": "x\n", "b.py": "x\n", ".gitignore": "b.py\n"})
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


def files(root: Path, options: ScanOptions = ScanOptions()) -> list[str]:  # noqa: B008  frozen
    return [file.path for file in scan(root, options).files]


@pytest.mark.parametrize(
    "setting",
    ["core.fsmonitor", "core.pager", "pager.ls-files", "alias.ls-files", "core.sshCommand", "core.editor",
     "filter.x.clean", "diff.external", "credential.helper", "core.gitProxy", "uploadpack.packObjectsHook"],
)  # fmt: skip
def test_no_command_in_a_config_is_run(repository: Path, tmp_path: Path, git: Git, tree: Tree, setting: str) -> None:
    proof = tmp_path / "proof"
    command = tree(tmp_path, {"evil": f"#!/bin/sh\ntouch {proof}\n"}) / "evil"
    command.chmod(0o755)
    git(repository, "config", setting, f"!{command}" if setting.startswith("alias") else str(command))
    tree(repository, {".gitattributes": "* filter=x\n", ".scholiastignore": "!b.py\n"})
    assert {"a.py", "b.py"} <= set(files(repository))
    assert not proof.exists()


def test_no_hook_is_run(repository: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    for name in ("post-index-change", "fsmonitor-watchman", "post-checkout"):
        hook = repository / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {proof}\n")
        hook.chmod(0o755)
    assert files(repository) == [".gitignore", "a.py"]
    assert not proof.exists()


@pytest.mark.parametrize("path", [".", "{root}", "", "{root}:/usr/bin"])
def test_a_git_inside_the_workspace_is_not_run(
    repository: Path, tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    proof = tmp_path / "proof"
    tree(repository, {"git": f"#!/bin/sh\ntouch {proof}\n"})
    (repository / "git").chmod(0o755)
    monkeypatch.setenv("PATH", path.format(root=repository))
    monkeypatch.chdir(repository)
    assert "a.py" in files(repository)
    assert not proof.exists()


def test_the_environment_does_not_point_git_elsewhere(
    repository: Path, tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert list_files(repository, timeout_s=20) == [b".gitignore", b"a.py"]


def _without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository.parent / "empty"))


def _failing_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / ".git/config").write_text("[broken\n")


def _hanging_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = repository.parent / "bin/git"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\nexec {shutil.which('sleep')} 30\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))


def _someone_elses_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(repository, 65534, 65534)
    os.chown(repository / ".git", 65534, 65534)


def _damaged_index(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / ".git/index").write_bytes(b"DIRC\0\0\0\2 garbage")


@pytest.mark.parametrize(
    "break_git", [_without_git, _failing_git, _hanging_git, _someone_elses_repository, _damaged_index]
)
def test_a_git_that_does_not_answer_is_replaced_by_the_walk(
    repository: Path, monkeypatch: pytest.MonkeyPatch, break_git: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    break_git(repository, monkeypatch)
    assert list_files(repository, timeout_s=0.3) is None
    assert files(repository, ScanOptions(git_timeout_s=0.3)) == [".gitignore", "a.py"]


def test_a_partial_clone_fetches_nothing(repository: Path, tmp_path: Path, git: Git, tree: Tree) -> None:
    proof = tmp_path / "proof"
    command = tree(tmp_path, {"evil": f"#!/bin/sh\ntouch {proof}\n"}) / "evil"
    command.chmod(0o755)
    for key, value in {
        "core.repositoryformatversion": "1", "extensions.partialClone": "origin", "remote.origin.url": "ssh://x/y",
        "remote.origin.promisor": "true", "core.sshCommand": str(command), "core.sparseCheckout": "true",
        "core.sparseCheckoutCone": "true", "index.sparse": "true",
    }.items():  # fmt: skip
        git(repository, "config", key, value)
    shutil.rmtree(repository / ".git/objects")
    (repository / ".git/objects").mkdir()
    assert files(repository) == [".gitignore", "a.py"]
    assert not proof.exists()
