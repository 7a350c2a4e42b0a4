"""Documents shown by editors lie in a private folder, are bounded in number, and go with their server."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from scholiast_server.lsp.limits import ANSWER_PAGES_MAX
from scholiast_server.lsp.pages import Pages
from scholiast_server.lsp.uris import path_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def written(pages: Pages, title: str, text: str = "x") -> Path:
    return Path(path_of(pages.write(title, text)) or "")


def test_a_page_is_named_after_its_title_and_private(folder: Path) -> None:
    pages = Pages()
    assert not list(folder.iterdir()), "nothing is made before it is needed"
    for title, name in (
        ("How are routes registered?", "how-are-routes-registered-1.md"),
        ("../../etc/passwd\0", "etc-passwd-2.md"),
        ("???", "answer-3.md"),
        ("a" * 500, f"{'a' * 40}-4.md"),
    ):
        path = written(pages, title)
        assert path.name == name and path.is_file() and path.parent.parent == folder
    if os.name != "nt":
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    pages.close()
    pages.close()
    assert not list(folder.iterdir())


def test_the_oldest_page_gives_way(folder: Path) -> None:
    pages = Pages()
    paths = [written(pages, "x") for _ in range(ANSWER_PAGES_MAX + 2)]
    assert [path.exists() for path in paths] == [False, False, *[True] * ANSWER_PAGES_MAX]
    pages.close()


@pytest.mark.skipif(os.name == "nt", reason="whether a process is alive can't be asked there")
def test_what_a_killed_server_left_behind_is_deleted_and_nothing_else(folder: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    orphan = folder / f"scholiast-{int(gone.stdout)}-x1y2"
    others = [folder / f"scholiast-{os.getppid()}-x", folder / "scholiast-notes-x", folder / "scholiast-1e9-x"]
    for path in (orphan, *others):
        path.mkdir()
    (orphan / "answer-1.md").write_text("x")
    link = folder / f"scholiast-{int(gone.stdout)}-link"
    link.symlink_to(others[0], target_is_directory=True)
    pages = Pages()
    written(pages, "x")
    assert not orphan.exists() and all(path.is_dir() for path in others) and link.is_symlink()
    pages.close()
