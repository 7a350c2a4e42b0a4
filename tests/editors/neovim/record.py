"""Records a person's way through Scholiast in a real Neovim on a real terminal:

    python -m tests.editors.neovim.record --neovim nvim --repository DIR --output TRANSCRIPT.md [--plugin]

Writes each step with the keys pressed, the time until the screen showed what was awaited, how long the server took
for its requests, and that screen. Works on a copy of the repository. Must not know how the server finds anything.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.editors.neovim import repository
from tests.editors.neovim.editor import END_S, HERE, Editor, arguments, environment_for, logs, version_of
from tests.editors.neovim.repository import OTHER_BRANCH, OTHER_FILE, OTHER_WORDS, Target, code_of
from tests.editors.neovim.rpc import door
from tests.editors.neovim.terminal import NotShownError, Terminal, terminal
from tests.editors.processes import MARK

STEP_TIMEOUT_S = 60.0
INDEX_TIMEOUT_S = 600.0
UNSAVED = "quixotic marmalade kettle"


class Step(NamedTuple):
    """What a person does, and how the screen shows that it is done."""

    title: str
    keys: Sequence[str]
    awaited: Sequence[str]
    """Texts that the screen shows, all of them, when it is done."""
    timeout_s: float = STEP_TIMEOUT_S
    asks: bool = False
    """Whether the editor waits for an answer then, and takes no calls."""


class Way(NamedTuple):
    """A way through, and the configuration to go it with."""

    init: Path
    scripts: Sequence[Path]
    """Sourced once the editor has started."""
    steps: Sequence[Step]


class Shown(NamedTuple):
    """What came of a step."""

    step: Step
    took_ms: float
    requests: Sequence[str]
    screen: str


def main() -> int:
    """Record, write the transcript, answer the exit code."""
    parser = argparse.ArgumentParser(description="Record a run of Scholiast in a real Neovim.")
    parser.add_argument("--neovim", default="nvim")
    parser.add_argument("--repository", type=Path, required=True, help="is copied; the copy gets a second branch")
    parser.add_argument("--name", help="what the transcript calls the repository (default: its folder)")
    parser.add_argument("--question", help="default: where the most used definition is")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--plugin", action="store_true", help="with the plugin, instead of Neovim's own client alone")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("recording given up"))  # and leave neither editor nor terminal
    with tempfile.TemporaryDirectory(prefix="recording") as folder:
        workspace, home = Path(folder) / options.repository.name, Path(folder) / "home"
        home.mkdir()
        repository.copy(options.repository, workspace)
        target = repository.find_target(workspace)
        way = plugin_way(workspace, target) if options.plugin else plain_way(target, options.question)
        shown, failure = record(options.neovim, workspace, home, way)
        files = len(repository.git(workspace, "ls-files", "-z").split("\0")) - 1
    version = ".".join(map(str, version_of(options.neovim)))
    title = f"# Neovim {version} in {options.name or options.repository.name} ({files:,} files)"
    text = "\n\n".join([title, *map(as_markdown, shown), *failure]) + "\n"
    for own, told in ((folder, "~"), (str(Path(sys.executable).parent), "~/.local/bin")):
        text = text.replace(own, told)  # of whoever records, nothing is told
    options.output.write_text(text, "utf-8")
    print(f"{options.output}: {len(shown)} of {len(way.steps) + 1} steps", *failure, sep="\n", file=sys.stderr)
    return 1 if failure else 0


def plain_way(target: Target, question: str | None) -> Way:
    """Without a plugin, from the first index to the way back from another branch."""
    return Way(HERE / "init.lua", [HERE / "record.lua"], plain_steps(target, question or target.question))


def plugin_way(workspace: Path, target: Target) -> Way:
    """With the plugin: what its help promises, in its order."""
    elsewhere = next(path for path in code_of(workspace) if path != target.path)
    return Way(HERE / "plugin_terminal.lua", [], plugin_steps(target, elsewhere))


def plugin_steps(target: Target, elsewhere: str) -> list[Step]:
    """From a file that has nothing to do with the question."""
    in_target = f"\n{target.path} "  # at the beginning of a line only the line of status names a file
    return [
        Step("Open a file; the first index", [f":edit {elsewhere}", "<Enter>"], [" files"], INDEX_TIMEOUT_S),
        Step("Ask", [f":Scholiast ask {target.question}", "<Enter>"], [f"# {target.question[:20]}", "[1] ✓"]),
        Step("Look at what is cited", ["<Tab>", "K"], ["✓ verified"]),
        Step("Open it", ["<Enter>"], [in_target]),
        Step("All citations as a list", [":Scholiast show", "<Enter>", "<C-q>"], ["| [1] "]),
        Step(
            "Ask on",
            [":cclose", "<Enter>", ":Scholiast show", "<Enter>", "a", "and where is it used?", "<Enter>"],
            ["# and where is it used?"],
        ),
        Step("Search", [f":Scholiast search {target.name}", "<Enter>"], ["Type number and <Enter>"], asks=True),
        Step("Choose the first hit", ["1", "<Enter>"], [in_target, target.name]),
        Step(
            "Explain a selection",
            ["V", "j", ":Scholiast explain", "<Enter>"],
            [f"# Explain {target.path[:20]}", "[1] ✓"],
        ),
        Step("How far is the index?", [":Scholiast status", "<Enter>"], ["answers by"]),
        Step("Is all well?", [":silent only", "<Enter>", ":checkhealth scholiast", "<Enter>"], ["settings are sound"]),
    ]


def plain_steps(target: Target, question: str) -> list[Step]:
    """With Neovim's own client alone."""
    place = f"{target.path}:{target.line}"
    row = f"{target.path}|{target.line}"
    search = f":lua vim.lsp.buf.workspace_symbol({target.question!r})"
    return [
        Step(
            "Open a file; the first index",
            [f":edit +{target.line} {target.path}", "<Enter>", f"/\\<{target.name}", "<Enter>"],
            ["scholiast: ready", " files, "],
            INDEX_TIMEOUT_S,
        ),
        Step("Hover, the first one", ["K"], [place]),
        Step("Hover again, at the next place that names it", ["0", "n", "K"], [place]),
        Step("Search for symbols by a question in words", ["0", search, "<Enter>"], [row]),
        Step("Ask", [":cclose", "<Enter>", f":lua ask({question!r})", "<Enter>"], [" citations; first words after"]),
        Step(
            "Ask as a command: the server shows a document",
            [":bwipeout!", "<Enter>", f":lua command('scholiast.ask', {question!r})", "<Enter>"],
            [".md", "[1]"],
        ),
        Step(
            "Type, save nothing, and find what was typed",
            [":silent only", "<Enter>", f":edit {target.path}", "<Enter>", f"Go// the {UNSAVED}", "<Escape>",
             f":lua symbols_until('{UNSAVED}', '{target.path}', true)", "<Enter>"],
            [f"{UNSAVED}: found"],
        ),
        Step(
            "Check out another branch, on which every file of code differs",
            [":cclose", "<Enter>", ":edit!", "<Enter>", checkout(OTHER_BRANCH, True), "<Enter>"],
            [f"{OTHER_WORDS}: found", OTHER_FILE],
        ),
        Step("Until the index is whole again", [], ["scholiast: ready"]),
        Step(
            "And back again",
            [":cclose", "<Enter>", checkout("main", False), "<Enter>"],
            [f"{OTHER_WORDS}: gone"],
        ),
    ]  # fmt: skip


def checkout(branch: str, holds_other: bool) -> str:
    """Check out a branch from within the editor, and look until what only the other branch holds is found, or gone."""
    until = f"symbols_until('{OTHER_WORDS}', '{OTHER_FILE}', {str(holds_other).lower()})"
    return f":silent execute '!git checkout -q {branch}' | lua {until}"


def record(neovim: str, workspace: Path, home: Path, way: Way) -> tuple[list[Shown], list[str]]:
    """What the steps showed, up to the first that did not come to its end, and what that one showed."""
    shown: list[Shown] = []
    with door() as entrance:
        environment = {**environment_for(home, entrance), "TERM": "tmux-256color"}
        sourced = [word for script in way.scripts for word in ("-S", str(script))]
        command = [neovim, *sourced, *arguments(way.init)]
        with terminal(command, workspace, environment) as screen, entrance.guest() as peer:
            editor = Editor(peer, environment[MARK])
            editor.do("listen_to_requests")
            try:
                for step in way.steps:
                    shown.append(take(step, screen, editor))
                shown.append(leave(screen, editor))
            except (NotShownError, AssertionError) as error:
                return shown, [f"## It went wrong here\n\n````text\n{error}\n\n{logs(home)}\n````"]
    return shown, []


def take(step: Step, screen: Terminal, editor: Editor) -> Shown:
    """Press the keys of a step and wait until it is done; the time begins with the last key."""

    def is_done(text: str) -> bool:
        return all(part in text for part in step.awaited)

    screen.press(*step.keys[:-1])
    if step.keys:
        screen.wait_for(lambda text: not is_done(text), step.timeout_s)  # what an earlier step showed is gone
    started = time.perf_counter()
    screen.press(*step.keys[-1:])
    seen = screen.wait_for(is_done, step.timeout_s)
    took_ms = (time.perf_counter() - started) * 1000
    requests = [] if step.asks else summarized(editor.do("requests_since_last_time"))
    return Shown(step, took_ms, requests, seen)


def summarized(requests: Sequence[tuple[str, float]]) -> list[str]:
    """How long the server took for each method."""
    by_method: dict[str, list[float]] = {}
    for method, took_ms in requests:
        by_method.setdefault(method, []).append(took_ms)
    return [
        f"{method} {times[0]:.0f} ms"
        if len(times) == 1
        else f"{method} {len(times)} times, {median(times):.0f} ms in the middle, {max(times):.0f} ms at most"
        for method, times in by_method.items()
    ]


def leave(screen: Terminal, editor: Editor) -> Shown:
    """Quit, and wait until neither the editor nor anything that it started is left."""
    step = Step("Quit", [":qall!", "<Enter>"], [])
    started = time.perf_counter()
    screen.press(*step.keys)
    editor.peer.wait_for_end(END_S)
    ended_ms = (time.perf_counter() - started) * 1000
    editor.wait_until_alone()
    alone_ms = (time.perf_counter() - started) * 1000
    return Shown(step, ended_ms, [f"no process left after {alone_ms:.0f} ms"], "")


def as_markdown(shown: Shown) -> str:
    """A step as a section: what was pressed, how long it took, what the screen showed."""
    keys = " ".join(f"`{key}`" for key in shown.step.keys) or "none"
    parts = [f"## {shown.step.title}", f"Keys: {keys}  ", f"On the screen after {shown.took_ms:,.0f} ms"]
    parts[-1] += f" ({', '.join(shown.requests)})" if shown.requests else ""
    return "\n".join([parts[0], "", *parts[1:], *(["", "````text", shown.screen, "````"] if shown.screen else [])])


if __name__ == "__main__":
    sys.exit(main())
