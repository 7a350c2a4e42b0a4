"""A Neovim of each version at hand, in a fresh repository with the server running."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.editors.neovim import repository
from tests.editors.neovim.editor import HERE, Editor, headless, logs, neovims, version_of
from tests.editors.neovim.plugged import Plugged

WHY_SKIPPED = "no Neovim >= 0.10: see tests/editors/fetch_neovim.py, and name those to use in SCHOLIAST_NEOVIM"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each Neovim, named by its version."""
    if "neovim" not in metafunc.fixturenames:
        return
    found = [pytest.param(binary, id=".".join(map(str, version_of(binary)))) for binary in neovims()]
    none = pytest.param("", id="none", marks=pytest.mark.skip(WHY_SKIPPED))  # where no Neovim is installed
    metafunc.parametrize("neovim", found or [none])


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A repository with two branches: a generated one, or a copy of the one named in SCHOLIAST_REPOSITORY."""
    folder = tmp_path / "workspace"
    original = os.environ.get("SCHOLIAST_REPOSITORY")
    if original:
        repository.copy(Path(original), folder)
    else:
        repository.generate(folder)
    return folder


@pytest.fixture
def target(workspace: Path) -> repository.Target:
    """What the tests look for in that repository."""
    return repository.find_target(workspace)


@pytest.fixture
def editor(neovim: str, workspace: Path, target: repository.Target, tmp_path: Path) -> Iterator[Editor]:
    """A Neovim with the target's file open, attached to a server whose index is whole."""
    home = tmp_path / "home"
    home.mkdir()
    with headless(neovim, workspace, home) as started:
        started.do("listen")
        started.do("open", target.path, target.name, target.line)
        started.attach()
        started.wait_until_ready()
        yield started
    print(logs(home))  # pytest shows this when the test has failed


@pytest.fixture
def plugged(neovim: str, workspace: Path, tmp_path: Path) -> Iterator[Plugged]:
    """A Neovim with the plugin, where nothing was done yet."""
    home = tmp_path / "home"
    home.mkdir()
    with headless(neovim, workspace, home, HERE / "plugin_init.lua") as started:
        plugged = Plugged(started, workspace, home)
        yield plugged
        plugged.check()
    print(logs(home))  # pytest shows this when the test has failed
