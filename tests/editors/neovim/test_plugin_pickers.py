"""Search as you type, in the real pickers of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.editors.neovim.plugged import Plugged

PLUGINS = [Path(folder) for folder in os.environ.get("SCHOLIAST_NEOVIM_PLUGINS", "").split(os.pathsep) if folder]
"""Folders of plugins: telescope.nvim and plenary.nvim, snacks.nvim."""
PICKERS = {"telescope": "telescope", "snacks": "snacks"}
"""What each brings along as a Lua module."""
ROUTES, SESSIONS = "src/kiln/routes.py", "src/kiln/sessions.py"


@pytest.fixture(params=PICKERS)
def picker(request: pytest.FixtureRequest, plugged: Plugged) -> Plugged:
    """A Neovim that has one of the pickers."""
    if not any((folder / "lua" / PICKERS[request.param]).is_dir() for folder in PLUGINS):
        pytest.skip(f"no {request.param}: name its folder, and of what it needs, in SCHOLIAST_NEOVIM_PLUGINS")
    for folder in PLUGINS:
        is_other = any((folder / "lua" / name).is_dir() for name in PICKERS if name != request.param)
        if not is_other:
            plugged.editor.peer.lua("vim.opt.runtimepath:append(...)", str(folder))
    if request.param == "snacks":
        plugged.editor.peer.lua("require('snacks').setup({ picker = { enabled = true } })")
    if request.param == "telescope" and not plugged.editor.peer.lua("return vim.hl ~= nil"):
        pytest.skip("Telescope needs Neovim 0.11")
    plugged.open(ROUTES)
    return plugged


def test_hits_are_found_with_each_key_and_opened(picker: Plugged) -> None:
    picker.command("Scholiast search")
    picker.eventually(lambda: picker.editor.peer.call("nvim_get_mode")["mode"], lambda mode: mode == "i")
    picker.editor.peer.call("nvim_input", "register")
    picker.eventually(lambda: picker.do("floats"), lambda text: "routes.py:11" in text)
    picker.editor.peer.call("nvim_input", "<C-u>session cookie")
    picker.eventually(lambda: picker.do("floats"), lambda text: "sessions.py:6" in text)
    picker.editor.peer.call("nvim_input", "<CR>")
    picker.eventually(lambda: picker.do("place")["path"], lambda path: path.endswith(SESSIONS))


def test_a_query_of_the_command_line_is_the_first_one(picker: Plugged) -> None:
    picker.command("Scholiast search CookieSigner")
    picker.eventually(lambda: picker.do("floats"), lambda text: "sessions.py:6" in text)
    picker.editor.peer.call("nvim_input", "<Esc><Esc>")
    picker.eventually(lambda: picker.do("floats"), lambda text: text == "")
