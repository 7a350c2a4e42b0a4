"""The plugin on a real terminal: what a person types, and what the screen shows of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.editors.neovim.record import plugin_way, record
from tests.editors.neovim.repository import Target


@pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux, which draws the terminal")
def test_a_person_asks_follows_what_is_cited_searches_and_leaves(
    neovim: str, workspace: Path, target: Target, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    _, failure = record(neovim, workspace, home, plugin_way(workspace, target))
    assert not failure, "\n".join(failure)
