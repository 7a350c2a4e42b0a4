"""A real Neovim with the plugin, used as a person would. Must not know what a test expects of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.editors.neovim.editor import HERE, Editor
from tests.editors.neovim.rpc import NeovimError

SCRIPTED = HERE / "scripted_server.py"
EMPTY: Mapping[str, Any] = {"buffer": 0, "lines": [], "notes": [], "marks": []}
"""What the window of answers shows while there is none."""


class Plugged:
    """One running Neovim, its workspace and its home."""

    def __init__(self, editor: Editor, workspace: Path, home: Path) -> None:
        self.editor = editor
        self.workspace = workspace
        self.home = home
        editor.peer.lua("_G.plugin = assert(loadstring(...))()", (HERE / "plugin_person.lua").read_text("utf-8"))

    def do(self, verb: str, *arguments: Any) -> Any:
        """What a function of plugin_person.lua answers."""
        return self.editor.peer.lua("return plugin[...](select(2, ...))", verb, *arguments)

    def command(self, line: str) -> None:
        """Type a command line."""
        self.editor.peer.call("nvim_command", line)

    def open(self, path: str, line: int = 1) -> None:
        """Edit a file, the cursor on a line."""
        self.command(f"edit +{line} {path}")

    def set(self, **options: Any) -> None:
        """Set `vim.g.scholiast`, as a user's configuration does."""
        self.editor.peer.call("nvim_set_var", "scholiast", options)

    def answered(self, holds: Callable[[dict[str, Any]], bool] | None = None) -> dict[str, Any]:
        """The window of answers, as soon as it shows what is waited for: by default a checked answer."""
        shown: dict[str, Any] = self.eventually(lambda: self.do("answer") or EMPTY, holds or is_checked)
        return shown

    def told(self, text: str) -> list[str]:
        """All notices, once one of them holds a text."""
        notices: list[str] = self.eventually(
            lambda: self.do("notices"), lambda notices: any(text in notice for notice in notices)
        )
        return notices

    def eventually(self, read: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
        """What `read` gives as soon as `holds` says yes of it; an error of the plugin's own code ends the wait."""

        def checked() -> Any:
            self.check()
            return read()

        try:
            return self.editor.eventually(checked, holds)
        except AssertionError as error:
            raise AssertionError(f"{error}; told so far: {self.do('notices')}") from None

    def check(self) -> None:
        """The plugin's code has not failed."""
        messages = self.editor.peer.call("nvim_exec2", "messages", {"output": True})["output"]
        if "stack traceback" in messages:
            raise NeovimError(messages)

    def script(self, replies: Mapping[str, Any]) -> Path:
        """Put a scripted server in the place of the real one; the file in which it writes what it receives."""
        script, received = self.home / "script.json", self.home / "received.jsonl"
        script.write_text(json.dumps(replies), "utf-8")
        received.touch()
        self.set(cmd=[sys.executable, str(SCRIPTED), str(script), str(received)])
        return received


def is_checked(answer: Mapping[str, Any]) -> bool:
    """Whether the newest answer stands there with its sources: the heading says by which engine."""
    return any("extractive ·" in note or "scripted ·" in note for note in answer["notes"])


def received_by(server: Path, method: str) -> list[dict[str, Any]]:
    """The params of the messages of a method that a scripted server received."""
    messages = [json.loads(line) for line in server.read_text("utf-8").splitlines()]
    return [message.get("params") for message in messages if message.get("method") == method]
