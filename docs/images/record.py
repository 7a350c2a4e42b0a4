"""Records `scholiast ask` in a terminal as a picture: python docs/images/record.py > docs/images/ask.svg

Asks README.md's own question about this repository, in a real pseudo-terminal, and draws what it printed. Must not
know how answers look.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

PROJECT = Path(__file__).resolve().parents[2]
COLUMNS, ROWS = 108, 50
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"


def main() -> None:
    """Write the picture to stdout."""
    words = ["ask", question()]
    indexing = [sys.executable, "-m", "scholiast_server", "index", "--quiet"]  # so that no progress is in the picture
    subprocess.run(indexing, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    shown = f'$ scholiast ask "{words[1]}"\n{in_terminal([sys.executable, "-m", "scholiast_server", *words])}'
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown.replace("\r\n", "\n").rstrip()))
    print(with_local_fonts(console.export_svg(title="scholiast", unique_id="ask")))


def question() -> str:
    """What README.md's first command asks."""
    found = re.search(r'/scholiast ask "([^"]+)"$', (PROJECT / "README.md").read_text("utf-8"), re.M)
    assert found is not None
    return found[1]


def in_terminal(command: list[str]) -> str:
    """What a command prints to a terminal of our size."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "SCHOLIAST_TERMINAL_LINKS": "never"}
    with subprocess.Popen(command, cwd=PROJECT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        pieces = []
        try:
            while piece := os.read(ours, 65_536):
                pieces.append(piece)
        except OSError:  # the other end is closed: Linux says so by an error
            os.close(ours)
    return b"".join(pieces).decode()


def with_local_fonts(picture: str) -> str:
    """The picture in the reader's own fonts: our pages load nothing from elsewhere."""
    return re.sub(r"\s*@font-face \{.*?\}", "", picture, flags=re.S).replace("Fira Code", FONTS)


if __name__ == "__main__":
    main()
