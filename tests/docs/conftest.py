"""The project as its documents speak of it: the folder itself, and copies in which commands can be run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

Copy = Callable[[Path], Path]


@pytest.fixture
def copy_project() -> Copy:
    """Makes a repository of the files that a commit of this working tree would hold."""
    if not (PROJECT / ".git").exists():
        pytest.skip("not a clone: git can't say which files belong to the project")

    def copy(to: Path) -> Path:
        for path in _git(PROJECT, "ls-files", "-co", "--exclude-standard", "-z").split("\0"):
            if path and (PROJECT / path).is_file():
                (to / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(PROJECT / path, to / path)
        _git(to, "init", "-q")
        _git(to, "add", "-A")
        _git(to, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "all")
        return to

    return copy


def _git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=folder, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return ran.stdout
