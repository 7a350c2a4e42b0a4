"""Records the answer window of Neovim as a picture: python docs/images/record_neovim.py NVIM > docs/images/neovim.svg

Asks README.md's own question about a clone of this repository, on a real terminal, opens the first citation, and draws
that screen. Must not know how answers look.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from docs.images.record import question, with_local_fonts  # noqa: E402 - the project is put on the path above
from tests.editors.neovim.editor import HERE, arguments, environment_for  # noqa: E402
from tests.editors.neovim.rpc import door  # noqa: E402
from tests.editors.neovim.terminal import COLUMNS, Terminal, terminal  # noqa: E402

WAIT_S = 300.0
COLORS = "set termguicolors nowrap"
OPENED_FROM = "README.md"


def main(neovim: str) -> None:
    """Write the picture to stdout."""
    with tempfile.TemporaryDirectory(prefix="picture") as folder, door() as entrance:
        home, workspace = Path(folder) / "home", Path(folder) / "scholiast"
        home.mkdir()
        subprocess.run(["git", "clone", "-q", str(PROJECT), str(workspace)], check=True)
        environment = {**environment_for(home, entrance), "TERM": "tmux-256color", "COLORTERM": "truecolor"}
        command = [neovim, "--cmd", COLORS, *arguments(HERE / "plugin_terminal.lua"), OPENED_FROM]
        with terminal(command, workspace, environment) as screen, entrance.guest():
            shown = Text.from_ansi(opened_citation(screen))
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(shown, no_wrap=True, crop=False)
    print(with_local_fonts(console.export_svg(title="nvim", unique_id="neovim")))


def opened_citation(screen: Terminal) -> str:
    """The screen, its colours included, with an answer and what it cites."""
    screen.wait_for(lambda text: " files" in text, WAIT_S)
    screen.press(f":Scholiast ask {question()}", "<Enter>")
    screen.wait_for(lambda text: "[1] ✓" in text, WAIT_S)
    screen.press("<Tab>", "<Enter>")
    screen.wait_for(lambda text: f"\n{OPENED_FROM} " not in text, WAIT_S)
    return screen.screen(colors=True)


if __name__ == "__main__":
    main(sys.argv[1])
