"""Code completed as one types by Neovim's own `vim.lsp.inline_completion`, with a small model that really runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.editors.neovim.editor import version_of
from tests.editors.neovim.plugged import Plugged
from tests.server.models.llama.tiny_models import write_model

OFFERED = """
local found = {}
for name, id in pairs(vim.api.nvim_get_namespaces()) do
  if name:find('inline_completion', 1, true) then
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, id, 0, -1, { details = true })) do
      for _, chunk in ipairs(mark[4].virt_text or {}) do
        table.insert(found, chunk[1])
      end
    end
  end
end
return table.concat(found)
"""


def test_what_a_model_completes_is_offered_and_taken(neovim: str, plugged: Plugged, tmp_path: Path) -> None:
    if version_of(neovim) < (0, 12):
        pytest.skip("vim.lsp.inline_completion is there since Neovim 0.12")
    peer = plugged.editor.peer
    plugged.set(settings={"model": {"fimPath": str(write_model(tmp_path / "tiny.gguf", context=2_048)), "threads": 1}})
    peer.lua("require('scholiast').enable() vim.lsp.inline_completion.enable()")
    plugged.open("src/kiln/routes.py")
    plugged.command("filetype detect")
    plugged.editor.attach()
    plugged.editor.wait_until_ready()
    peer.call("nvim_input", "Godef show_")
    offered = plugged.eventually(lambda: peer.lua(OFFERED), bool)
    assert offered.strip()
    assert peer.lua("return vim.lsp.inline_completion.get()") is True
    plugged.eventually(
        lambda: peer.call("nvim_get_current_line").strip(),
        lambda line: line.startswith("def show_") and len(line) > len("def show_"),
    )
