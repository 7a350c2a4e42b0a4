"""A program on a real terminal, by tmux: keys in, the screen as text out. Must not know which program it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

COLUMNS, ROWS = 110, 32
LOOK_INTERVAL_S = 0.005
"""Between two looks at the screen; one takes tmux about as long."""


class NotShownError(Exception):
    """The screen did not come to show what was waited for; holds what it showed instead."""


class Terminal:
    """One program on one screen."""

    def __init__(self, tmux: Sequence[str], environment: Mapping[str, str]) -> None:
        self._tmux = tmux
        self._environment = environment

    def press(self, *keys: str) -> None:
        """Press keys: text as it is, and tmux's names of keys, such as `Enter`, in angle brackets."""
        for key in keys:
            is_name = key.startswith("<") and key.endswith(">")
            self._run("send-keys", *([key[1:-1]] if is_name else ["-l", key]))

    def screen(self, *, colors: bool = False) -> str:
        """What the screen shows, without spaces at the ends of lines; with colours, as escape sequences, on request."""
        if colors:
            return self._run("capture-pane", "-p", "-e", "-N")
        return "\n".join(line.rstrip() for line in self._run("capture-pane", "-p").splitlines()).rstrip()

    def wait_for(self, shows: Callable[[str], bool], timeout_s: float) -> str:
        """The first screen of which `shows` says yes."""
        deadline = time.monotonic() + timeout_s
        while not shows(screen := self.screen()):
            if time.monotonic() > deadline:
                raise NotShownError(f"within {timeout_s:.0f} s the screen came to show only:\n{screen}")
            time.sleep(LOOK_INTERVAL_S)
        return screen

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [*self._tmux, *command], env=self._environment, check=True, capture_output=True, encoding="utf-8"
        )
        return done.stdout


@contextmanager
def terminal(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """A program that runs in a terminal of ours, with an environment that tmux itself does not share."""
    program = shutil.which("tmux")
    if program is None:
        raise FileNotFoundError("tmux is missing: install it to record")
    with tempfile.TemporaryDirectory(prefix="tmux") as sockets:
        path = environment.get("PATH", os.defpath)  # tmux gives a new window its client's, whatever `-e` says
        own = {"PATH": path, "TMUX_TMPDIR": sockets, "LANG": "C.UTF-8", "HOME": sockets}
        tmux = [program, "-u", "-L", "recording", "-f", os.devnull]
        passed = [word for name, value in environment.items() for word in ("-e", f"{name}={value}")]
        size = ["-d", "-x", str(COLUMNS), "-y", str(ROWS), "-c", str(folder)]
        quiet = [
            ";",
            "set",
            "-g",
            "status",
            "off",
            ";",
            "set",
            "-s",
            "escape-time",
            "0",
            ";",
            "set",
            "-ga",
            "terminal-features",
            ",*:RGB",
        ]
        subprocess.run([*tmux, "new-session", *size, *passed, *command, *quiet], env=own, check=True)
        try:
            yield Terminal(tmux, own)
        finally:
            subprocess.run([*tmux, "kill-server"], env=own, check=False, capture_output=True)
