"""A path that is not there yet is judged as it will be once it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scholiast_indexer.workspace.scan import judge, scan

Tree = Callable[[Path, Mapping[str, str | bytes]], Path]
Git = Callable[..., str]

RULES = {
    ".gitignore": "build/\n*.log\n/generated_*\nsecret_plans/\n!secret_plans/\n",
    "src/.gitignore": "local.py\n!keep.log\n",
    ".scholiastignore": "drafts/\n*.tmp.py\n!vendor/ours/\n!build/report.py\n",
    ".gitattributes": "*.gen.py linguist-generated\n",
    "src/app.py": "x = 1\n",
    "nested/.gitignore": "*.md\n",
    "nested/code.py": "x = 1\n",
}
PATHS = [
    "new.py", "src/new.py", "src/deep/er/new.py", "new folder/é ü.py", "a.log", "src/keep.log", "src/local.py",
    "src/deep/local.py", "build/new.py", "build/report.py", "src/build/x.py", "generated_x.py", "src/generated_x.py",
    "secret_plans/a.py", "drafts/a.py", "src/drafts/a.py", "a.tmp.py", "node_modules/a/index.js", "vendor/a.py",
    "vendor/ours/a.py", "src/__pycache__/a.py", ".git/hooks.py", ".scholiast/a.py", "src/.scholiast/a.py", ".env",
    "deploy/id_rsa", "logo.png", "yarn.lock", "a.min.js", "a.gen.py", "api_pb2.py", "nested/a.md", "nested/in/a.md",
    "nested/a.py", "README.md", ".hidden/a.py", "venv/a.py", "deps/a.py",
]  # fmt: skip


@pytest.fixture(params=["git", "walk", "folder of a repository"])
def root(request: pytest.FixtureRequest, tmp_path: Path, git: Git, tree: Tree) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    if request.param == "git":
        git(folder, "init", "-q")
    if request.param == "folder of a repository":
        tree(tmp_path, {".gitignore": "*.py\n!/workspace/**/*.py\n!/workspace/*.py\nREADME.md\n"})
        git(tmp_path, "init", "-q")
    tree(folder, RULES)
    if request.param == "git":
        git(folder / "nested", "init", "-q")
    return folder


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_judged_as_it_will_be_once_it_is_there(root: Path, tree: Tree, path: str) -> None:
    before = judge(root, path, 6)
    tree(root, {path: "x = 1\n"})
    found = {file.path: file.reinclude for file in scan(root, only=[path]).files}
    assert before == found.get(path)
    assert judge(root, path, 6) == before


def test_enough_of_these_paths_belong(root: Path) -> None:
    judged = {path: judge(root, path, 6) for path in PATHS}
    assert 8 <= sum(reinclude is not None for reinclude in judged.values()) <= len(PATHS) - 15


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../a.py", "src/../a.py", "./a.py", "src//a.py", "a\0.py", "src/"])
def test_what_is_no_path_inside_the_workspace_does_not_belong(root: Path, path: str) -> None:
    assert judge(root, path, 1) is None


@pytest.mark.parametrize("path", ["link/new.py", "src/app.py/new.py", "link.py"])
def test_nothing_belongs_below_links_and_files(root: Path, path: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "link.py").symlink_to(tmp_path / "nothing.py")
    assert judge(root, path, 1) is None


def test_a_second_checkout_does_not_belong(tmp_path: Path, git: Git, tree: Tree) -> None:
    root = tree(tmp_path / "workspace", {"a.py": ""})
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    git(root, "worktree", "add", "-q", "other")
    assert judge(root, "other/new.py", 1) is None
    assert judge(root, "another/new.py", 1) == "no"


def test_size_counts_as_that_of_a_file(root: Path) -> None:
    assert judge(root, "new.py", 2_000_000) is None
    assert judge(root, "new.json", 300_000) is None
    assert judge(root, "new.py", 300_000) == "no"
