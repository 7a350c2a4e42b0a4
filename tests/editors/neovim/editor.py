"""A real Neovim in a workspace, driven as a person would. Must not know what a test expects of the server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.editors.neovim.rpc import CONNECT, Door, NeovimError, Peer, door
from tests.editors.processes import MARK, processes, wait_for_process

HERE = Path(__file__).parent
PLUGIN = HERE.parents[2] / "editors" / "neovim"
WAIT_S = 60.0
"""How long a wait may take that ends in milliseconds on a machine at rest."""
END_S = 15.0
POLL_MS = 20
LOG_LENGTH_MAX = 4_000

Value = TypeVar("Value")


class Editor:
    """One running Neovim."""

    def __init__(self, peer: Peer, mark: str) -> None:
        self.peer = peer
        self.mark = mark
        self.peer.lua("_G.person = assert(loadstring(...))()", (HERE / "person.lua").read_text("utf-8"))

    def do(self, verb: str, *arguments: Any) -> Any:
        """What a function of person.lua answers."""
        return self.peer.lua("return person[...](select(2, ...))", verb, *arguments, timeout_s=2 * WAIT_S)

    def attach(self) -> dict[str, Any]:
        """Wait for the language server; what it says of itself."""
        told: dict[str, Any] = self.do("attach", WAIT_S * 1000)
        return told

    def wait_until_ready(self, timeout_s: float = WAIT_S) -> dict[str, Any]:
        """Wait until the index is whole; the status that says so."""
        status: dict[str, Any] = self.do("wait_until_ready", timeout_s * 1000)
        return status

    def request(self, method: str, **params: Any) -> Any:
        """The result of a request; an error raises."""
        answered = self.do("request", method, params, WAIT_S * 1000)
        if answered.get("error"):
            raise NeovimError(f"{method}: {answered['error']}")
        return answered.get("result")

    def paths_for(self, query: str) -> list[str]:
        """Paths that a search finds, best first."""
        return [hit["path"] for hit in self.request("scholiast/search", query=query)["hits"]]

    def eventually(self, read: Callable[[], Value], holds: Callable[[Value], bool], timeout_s: float = WAIT_S) -> Value:
        """What `read` gives as soon as `holds` says yes of it."""
        deadline = time.monotonic() + timeout_s
        while not holds(value := read()):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {timeout_s:.0f} s it is still {value!r}")
            self.peer.lua("vim.wait(...)", POLL_MS)  # the editor goes on living between two looks
        return value

    def quit(self) -> None:
        """Leave the editor, whatever is unsaved, and wait until it is gone."""
        self.peer.lua("vim.schedule(function() vim.cmd('qall!') end)")
        self.peer.wait_for_end(END_S)

    def wait_until_alone(self, timeout_s: float = END_S) -> None:
        """Return when neither the editor nor anything that it started runs any more."""
        deadline = time.monotonic() + timeout_s
        while running := processes(self.mark):
            if time.monotonic() > deadline:
                raise AssertionError(f"still running {timeout_s:.0f} s after the editor's end: {running}")
            wait_for_process(next(iter(running)), deadline - time.monotonic())


@contextmanager
def headless(binary: str, workspace: Path, home: Path, init: Path = HERE / "init.lua") -> Iterator[Editor]:
    """A Neovim without a screen, with the configuration of one file and no other, in a workspace."""
    with door() as entrance, (home / "stderr.txt").open("wb") as stderr:
        environment = environment_for(home, entrance)
        command = [binary, "--headless", *arguments(init)]
        with subprocess.Popen(command, cwd=workspace, env=environment, stdin=subprocess.DEVNULL, stderr=stderr) as run:
            try:
                with entrance.guest() as peer:
                    yield Editor(peer, environment[MARK])
            finally:
                end(run)


def arguments(init: Path) -> list[str]:
    """Neither the user's configuration, nor a history, nor swap files; and knock when you have started."""
    return [
        *("--cmd", "let g:loaded_python3_provider = 0"),  # looking for one takes seconds at the first Python file
        *("-u", str(init), "-i", "NONE", "-n"),
        *("-c", CONNECT),
    ]


def environment_for(home: Path, entrance: Door) -> dict[str, str]:
    """This process's environment, with a home of its own and the installed server first on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCHOLIAST_", "NVIM", "VIM"))}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    own = {"HOME": str(home), "PATH": path, "NVIM_TEST_SOCKET": str(entrance.path), MARK: uuid.uuid4().hex}
    return {**kept, **folders, **own, "SCHOLIAST_PLUGIN": str(PLUGIN)}


def logs(home: Path) -> str:
    """The ends of what the editor and the server have written to their logs."""
    written = sorted(home.glob("state/**/*.log"))
    return "\n".join(f"{log.name}:\n{log.read_text('utf-8', 'replace')[-LOG_LENGTH_MAX:]}" for log in written)


def end(run: subprocess.Popen[bytes]) -> None:
    """Leave no editor behind, however the test ended."""
    try:
        run.terminate()
        run.wait(END_S)
    except subprocess.TimeoutExpired:
        run.kill()


def neovims() -> list[str]:
    """The Neovims to test with: those named in SCHOLIAST_NEOVIM, or the one on the path."""
    named = os.environ.get("SCHOLIAST_NEOVIM", "")
    if named:
        return named.split(os.pathsep)
    own = shutil.which("nvim")
    return [own] if own and version_of(own) >= (0, 10) else []


def version_of(binary: str) -> tuple[int, ...]:
    """`(0, 10, 4)` for what says `NVIM v0.10.4`."""
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=WAIT_S, check=True).stdout
    return tuple(int(part) for part in said.split()[1].lstrip("v").split("-")[0].split("."))
