"""What an event's path is a hint at."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from scholiast_indexer.watch.hints import Hint, Places, hint_below, hint_of
from scholiast_indexer.workspace.watchable import Watchable

RULES = Hint(everything="the rules for ignoring files changed", rewatch=True)


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("/w/a.py", False, Hint("a.py")),
        ("/w/b/c", True, Hint("b/c/")),
        ("/w/.git/HEAD", False, Hint(everything="git HEAD changed")),
        ("/w/.git/index", False, Hint(everything="git index changed")),
        ("/w/.git/index.lock", False, None),
        ("/w/.git/objects/ab/cd", False, None),
        ("/w/sub/.git/HEAD", False, None),
        ("/w/.scholiast/index.db", False, None),
        ("/w/node_modules/x/index.js", False, None),
        ("/w/a/__pycache__/b.pyc", False, None),
        ("/w/.venv", True, None),
        ("/w/.gitignore", False, RULES),
        ("/w/a/.scholiastignore", False, RULES),
        ("/w/node_modules/x/.gitignore", False, None),
        ("/w", True, Hint(everything="the folder itself changed", rewatch=True)),
        ("/w/.git", True, Hint(everything="the git repository appeared or went away", rewatch=True)),
        ("/wider/a.py", False, None),
        ("/elsewhere", True, None),
    ],
)
def test_an_event_is_a_hint_at_its_path_or_at_everything(path: str, folder: bool, expected: Hint | None) -> None:
    assert hint_of(path, Places("/w", "/w/.git"), Watchable(Path("/w")), folder=folder) == expected


def test_a_git_folder_elsewhere_is_heard() -> None:
    places = Places("/w", "/repo/.git/worktrees/w")
    hint = hint_of("/repo/.git/worktrees/w/HEAD", places, Watchable(Path("/w")), folder=False)
    assert hint == Hint(everything="git HEAD changed")


def entered(root: Path, folders: Iterable[str]) -> list[str]:
    watchable = Watchable(root)
    found: list[str] = []
    for folder in folders:
        above = folder.rpartition("/")[0]
        if (not above or above in found) and watchable.enters(folder.encode()):
            found.append(folder)
    return found


def test_ignored_and_left_out_folders_are_not_entered(tmp_path: Path) -> None:
    folders = ("src", "build", "node_modules", "out", "out/kept", "gone", "src/local")
    for folder in folders:
        if folder != "gone":
            (tmp_path / folder).mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".gitignore").write_text("build/\nout/\n")
    (tmp_path / "src/.gitignore").write_text("local\n")
    assert entered(tmp_path, folders) == ["src"]
    (tmp_path / ".scholiastignore").write_text("!node_modules/\n!/out/kept/\n")
    assert entered(tmp_path, folders) == ["src", "node_modules", "out", "out/kept"]


def test_a_folder_asked_for_is_heard_although_its_name_speaks_against_it(tmp_path: Path) -> None:
    (tmp_path / "third_party").mkdir()
    (tmp_path / ".scholiastignore").write_text("!third_party/\n")
    assert hint_below("third_party/a.c", Watchable(tmp_path), folder=False) == Hint("third_party/a.c")
