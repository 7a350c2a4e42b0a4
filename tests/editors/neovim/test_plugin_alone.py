"""What the plugin does without a server, or before it needs one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.editors.neovim.editor import PLUGIN, arguments, environment_for
from tests.editors.neovim.plugged import Plugged
from tests.editors.neovim.rpc import door

START_MS_MAX = 5.0
VERBS = [
    *("adapter", "ask", "bad", "document", "edit", "explain", "feedback", "good"),
    *("index", "log", "search", "show", "status", "stop"),
]


def test_nothing_is_loaded_at_the_start(plugged: Plugged) -> None:
    loaded = plugged.editor.peer.lua("return vim.tbl_keys(package.loaded)")
    assert [name for name in loaded if name.startswith("scholiast") or name == "vim.lsp"] == []


def test_starting_takes_less_than_five_milliseconds(neovim: str, workspace: Path, tmp_path: Path) -> None:
    """Of five starts the fastest: on a busy machine the others measure that."""
    times = []
    init = tmp_path / "init.lua"
    init.write_text("vim.opt.runtimepath:prepend(vim.env.SCHOLIAST_PLUGIN)\nrequire('scholiast').enable()\n", "utf-8")
    for number in range(5):
        log = tmp_path / f"startup{number}.txt"
        with door() as entrance:
            command = [neovim, "--headless", "--startuptime", str(log), *arguments(init)[:-2], "+qall"]
            environment = environment_for(tmp_path, entrance)
            subprocess.run(command, cwd=workspace, env=environment, check=True, capture_output=True, timeout=60)
        lines = log.read_text("utf-8").splitlines()
        own = [line for line in lines if "scholiast" in line or str(init) in line]
        times.append(sum(spent(line) for line in own if "vim.lsp" not in line))
    assert 0 < min(times) < START_MS_MAX, times


def spent(line: str) -> float:
    """The milliseconds that a line of `--startuptime` counts for itself: the last number before the colon."""
    match = re.match(r"[\d.]+\s+[\d.]+\s+([\d.]+): ", line)
    return float(match[1]) if match else 0.0


def test_without_a_server_it_says_where_to_get_one(plugged: Plugged) -> None:
    plugged.editor.peer.lua("vim.env.PATH = '/nowhere'")
    plugged.open("src/kiln/routes.py")
    for command in ("Scholiast ask why?", "Scholiast search routes", "Scholiast status", "Scholiast! index"):
        plugged.command(command)
    notices = plugged.eventually(lambda: plugged.do("notices"), lambda notices: len(notices) == 4)
    for notice in notices:
        assert "pipx install scholiast" in notice and "\n" not in notice
    assert plugged.do("answer") is None


def test_files_opened_without_a_server_say_so_once(plugged: Plugged) -> None:
    plugged.editor.peer.lua("vim.env.PATH = '/nowhere'; require('scholiast').enable()")
    for path in ("src/kiln/routes.py", "src/kiln/sessions.py"):
        plugged.open(path)
        plugged.command("filetype detect")
    assert len(plugged.do("notices")) == 1


def test_outside_of_a_repository_it_says_what_makes_one(plugged: Plugged, tmp_path: Path) -> None:
    folder = tmp_path / "outside"
    folder.mkdir()
    plugged.command(f"cd {folder}")
    plugged.command("Scholiast ask why?")
    plugged.told(".scholiast.toml")
    assert plugged.do("answer") is None


def test_a_server_that_can_not_live_is_given_up(plugged: Plugged) -> None:
    false = shutil.which("false")
    assert false
    plugged.set(cmd=[false])
    plugged.open("src/kiln/routes.py")
    plugged.command("Scholiast ask why?")
    plugged.told("keeps dying")
    assert sum("Scholiast: the language server" in notice for notice in plugged.do("notices")) <= 6


def test_a_health_check_says_what_is_missing(plugged: Plugged) -> None:
    plugged.set(cmd=["/nowhere/scholiast", "serve"], answer={"position": "middle"}, pickr="telescope")
    plugged.command("checkhealth scholiast")
    text = "\n".join(plugged.editor.peer.call("nvim_buf_get_lines", 0, 0, -1, False))
    for part in ("/nowhere/scholiast` can not be run", "answer.position is one of", "pickr is no setting"):
        assert part in text, text


def test_a_setting_that_can_not_be_is_told(plugged: Plugged) -> None:
    plugged.set(limit="many")
    plugged.command("Scholiast status")
    plugged.told("limit is a number, not a string")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Scholiast ", VERBS),
        ("Scholiast s", ["search", "show", "status", "stop"]),
        ("'<,'>Scholiast ex", ["explain"]),
        ("Scholiast! in", ["index"]),
        ("Scholiast ask wh", []),
        ("Scholiast adapter ", []),
    ],
)
def test_the_command_line_is_completed(plugged: Plugged, line: str, expected: list[str]) -> None:
    assert plugged.editor.peer.call("nvim_call_function", "getcompletion", [line, "cmdline"]) == expected


def test_an_unknown_verb_is_told_with_those_that_there_are(plugged: Plugged) -> None:
    plugged.command("Scholiast frobnicate")
    assert plugged.told("frobnicate is none of")[-1].endswith(", ".join(VERBS))


def test_no_map_is_set_but_those_to_map_to(plugged: Plugged) -> None:
    maps = plugged.editor.peer.lua(
        "return vim.tbl_map(function(map) return map.lhs end, vim.list_extend(vim.api.nvim_get_keymap('n'), "
        "vim.api.nvim_get_keymap('x')))"
    )
    own = [lhs for lhs in maps if "cholia" in lhs]
    assert sorted(set(own)) == sorted(f"<Plug>(scholiast-{verb})" for verb in VERBS)


def test_the_help_has_every_verb_map_and_group(plugged: Plugged, tmp_path: Path) -> None:
    help_folder = tmp_path / "help" / "doc"
    shutil.copytree(PLUGIN / "doc", help_folder)
    plugged.command(f"helptags {help_folder}")
    tags = {line.split("\t")[0] for line in (help_folder / "tags").read_text("utf-8").splitlines()}
    code = (PLUGIN / "lua" / "scholiast" / "answer" / "highlights.lua").read_text("utf-8")
    groups = set(re.findall(r"(Scholiast[A-Z]\w+)(?: =|',)", code))
    assert tags >= {f":Scholiast-{verb}" for verb in VERBS} | {f"<Plug>(scholiast-{verb})" for verb in VERBS}
    assert groups and tags >= groups | {"scholiast-answer", "scholiast-settings"}


def test_the_help_has_every_setting(plugged: Plugged) -> None:
    defaults = plugged.editor.peer.lua("return require('scholiast.config').defaults")
    text = (PLUGIN / "doc" / "scholiast.txt").read_text("utf-8").partition("*scholiast-settings*")[2]
    for name in [*defaults, *defaults["answer"]]:
        assert re.search(rf"^ +{name} = ", text, re.M), name
