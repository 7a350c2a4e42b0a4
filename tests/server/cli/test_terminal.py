"""What a terminal shows: colours, links, progress; and that nothing of it reaches a pipe."""

from __future__ import annotations

import io
import os
import pty
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scholiast_server.cli.console import Console, Surface, allows_escapes, allows_links
from scholiast_server.cli.progress import BarOnTerminal, Lines, in_words
from scholiast_server.cli.snippets import snippet

if TYPE_CHECKING:
    from tests.server.cli.conftest import Scholiast

    from scholiast_indexer.types import Progress

ESCAPE = b"\x1b"


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(command: Scholiast, *arguments: str, extra: Mapping[str, str] | None = None) -> bytes:
    """What a command shows on a terminal of 100 columns, both streams together."""
    ours, theirs = pty.openpty()
    environment = {**command.environment, "TERM": "xterm-256color", "COLUMNS": "100", **(extra or {})}
    running = subprocess.Popen(
        command.line(*arguments), cwd=command.folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 65_536):
            seen += part
    except OSError:  # Linux ends a terminal so
        pass
    os.close(ours)
    running.wait(timeout=60)
    return seen


def test_a_terminal_gets_colours_and_links(indexed: Scholiast) -> None:
    shown = on_terminal(indexed, "search", "startPage", "-n", "1", "--snippets")
    address = (indexed.folder / "web/app.js").as_uri().removeprefix("file://").encode()
    assert b"\x1b]8;;file://" in shown
    assert address + b"#2\x1b\\" in shown
    assert b"\x1b[1mstartPage\x1b[0m" in shown
    assert "│".encode() in shown


@pytest.mark.parametrize("extra", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_none_gets_no_escapes(indexed: Scholiast, extra: Mapping[str, str]) -> None:
    shown = on_terminal(indexed, "ask", "how are routes registered?", extra=extra)
    assert b"verified" in shown
    assert ESCAPE not in shown


def test_a_pipe_gets_no_escapes_unless_told_so(indexed: Scholiast) -> None:
    for arguments in (("status",), ("doctor",), ("ask", "how are routes registered?")):
        assert "\x1b" not in indexed(*arguments).out
    assert "\x1b[1m" in indexed("status", "--color", "always").out
    assert "\x1b" not in indexed("status", "--color", "always", "--json").out


def test_paragraphs_are_wrapped_to_the_terminal_and_whole_in_a_pipe(indexed: Scholiast) -> None:
    narrow = {"COLUMNS": "60", "NO_COLOR": "1"}
    shown = on_terminal(indexed, "ask", "how are routes registered?", extra=narrow).decode().split("\r\n")
    text = shown[: shown.index("")]
    assert len(text) > 1
    assert max(map(len, text)) <= 60
    piped = indexed("ask", "how are routes registered?").out.split("\n")
    assert piped[0] == " ".join(text)


def test_what_a_file_is_called_does_not_drive_the_terminal(kiln: Scholiast) -> None:
    kiln.write("evil\x1b]0;owned\x07.py", "def unusual_function():\n    return '\x1b[2J'\n")
    shown = on_terminal(kiln, "search", "unusual_function", "-n", "1", "--snippets", extra={"NO_COLOR": "1"})
    assert rb"evil\x1b]0;owned\x07.py:1: unusual_function" in shown
    assert b"\x1b]0;" not in shown
    assert b"\x1b[2J" not in shown


def test_a_name_can_not_pass_for_another_or_for_a_line_of_ours() -> None:
    terminal, pipe = (Surface(stream, color=False, links=False) for stream in (Screen(), io.StringIO()))
    for name, shown in {
        "a\u200bb.py": r"a\u200bb.py",
        "gp\u202egnp.py": r"gp\u202egnp.py",
        "a\u200fb\ufeff.py": r"a\u200fb\ufeff.py",
        "tag\U000e0041": r"tag\U000e0041",
        os.fsdecode(b"\x9b31m.py"): r"\x9b31m.py",
        "👩\u200d💻 é.py": "👩\u200d💻 é.py",
    }.items():
        assert terminal.visible(name) == terminal.visible_name(name) == shown
        assert pipe.visible(name) == pipe.visible_name(name) == name
    for surface in (terminal, pipe):
        assert surface.visible_name("a.py:1: x\r\nb.py") == r"a.py:1: x\r\nb.py"


@pytest.mark.skipif(os.name == "nt", reason="no name holds a line end there")
def test_a_hit_is_one_line_whatever_its_file_is_called(kiln: Scholiast) -> None:
    kiln.write("evil\nREADME.md:1: read me.py", "def unusual_function():\n    return 1\n")
    lines = kiln("search", "unusual_function").out.splitlines()
    assert lines[0] == r"evil\nREADME.md:1: read me.py:1: unusual_function"
    assert not any(line.startswith("README.md:1: read") for line in lines)


@pytest.mark.parametrize(
    ("environment", "escapes", "links"),
    [
        ({"TERM": "xterm-256color"}, True, True),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, True, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False, True),
        ({"TERM": "dumb"}, False, True),
        ({"TERM": "linux"}, True, False),
        ({"TERM": "screen-256color"}, True, False),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux"}, True, True),
        ({}, True, True),
    ],
)
def test_the_environment_says_what_a_terminal_can_show(
    environment: Mapping[str, str], escapes: bool, links: bool
) -> None:
    assert (allows_escapes(environment), allows_links(environment)) == (escapes, links)


def progress(stage: str, done: int, total: int, chunks: int, seconds: float) -> Progress:
    from scholiast_indexer.types import Progress

    return Progress(stage, done, total, chunks, seconds)  # type: ignore[arg-type]  # a literal in each case below


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (("scanning", 0, 0, 0, 0.1), "looking for files"),
        (("reading", 0, 226, 0, 0.0), "0/226 files · 0 chunks"),
        (("reading", 1200, 3600, 4800, 2.0), "1,200/3,600 files · 4,800 chunks · 600 files/s · 4.0 s left"),
        (("reading", 1, 2, 1, 1.0), "1/2 files · 1 chunk · 1 files/s · 1.0 s left"),
        (("embedding", 64, 640, 0, 1.0), "64/640 chunks · 64 chunks/s · 9.0 s left"),
        (("finishing", 226, 226, 1032, 1.4), "1,032 chunks · finishing"),
    ],
)
def test_progress_tells_files_chunks_rate_and_time_left(at: tuple[str, int, int, int, float], told: str) -> None:
    assert in_words(progress(*at)) == told


def test_a_pipe_gets_a_progress_line_every_few_seconds() -> None:
    notes: list[str] = []
    lines = Lines(notes.append, "kiln")
    for second in range(12):
        lines(progress("reading", second * 10, 120, second, second))
    assert [note.split(" files")[0] for note in notes] == ["indexing kiln: 50/120", "indexing kiln: 100/120"]


def test_the_bar_appears_after_a_moment_and_leaves_nothing_behind() -> None:
    quick, slow = Screen(), Screen()
    with BarOnTerminal(quick, "kiln", color=False) as bar:
        bar(progress("reading", 5, 5, 9, 0.1))
    assert quick.getvalue() == ""
    with BarOnTerminal(slow, "kiln", color=False) as bar:
        bar(progress("reading", 20, 100, 9, 2.0))
    assert "Indexing kiln" in slow.getvalue()
    assert slow.getvalue().endswith("\x1b[2K")


def test_a_snippet_numbers_its_lines_and_says_what_is_left_out() -> None:
    plain = Surface(io.StringIO(), color=False, links=False)
    code = "    def sign(self):\n\n        return 1\n        # more\n\n"
    assert snippet(code, 9, "a.py", plain, lines_max=3) == [
        "    9 │ def sign(self):",
        "   10 │",
        "   11 │     return 1",
        "    ⋮   1 more line",
    ]
    assert snippet(code, 9, "a.py", plain, lines_max=9, end_line=20)[-1] == "    ⋮   8 more lines"
    assert snippet("\n\n", 1, "a.py", plain, lines_max=3) == []


def test_a_snippet_numbers_lines_as_the_file_does() -> None:
    plain = Surface(io.StringIO(), color=False, links=False)
    code = "first()\n\x0csecond()\r\nthird('\u2028')"
    assert [line.partition(" │")[0].strip() for line in snippet(code, 7, "a.c", plain, lines_max=9)] == ["7", "8", "9"]


@pytest.mark.parametrize("path", ["a.py", "a.unknown", "Dockerfile", "a.vue"])
def test_colours_change_no_character_of_the_code(path: str) -> None:
    import re

    code = 'def sign():\n\n    return "[bold]é[/bold]"  # \\[x]\n\tpass'
    plain = Surface(io.StringIO(), color=False, links=False)
    colored = Surface(io.StringIO(), color=True, links=False)
    stripped = [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in snippet(code, 1, path, colored, lines_max=9)]
    assert stripped == snippet(code, 1, path, plain, lines_max=9)


def test_a_narrow_terminal_cuts_lines_of_code_and_a_pipe_does_not() -> None:
    code = "x = " + "1 + " * 50 + "1"
    narrow = Surface(Screen(), color=False, links=False, width=40)
    assert len(snippet(code, 1, "a.py", narrow, lines_max=1)[0]) == 40
    wide = Surface(io.StringIO(), color=False, links=False, width=40)
    assert snippet(code, 1, "a.py", wide, lines_max=1)[0].endswith(code)


def test_a_document_is_one_line_of_ascii() -> None:
    out = io.StringIO()
    surface = Surface(out, color=True, links=True)
    Console(surface, surface).document({"path": os.fsdecode(b"caf\xe9"), "text": "✓\n"})
    assert out.getvalue() == '{"path": "caf\\udce9", "text": "\\u2713\\n"}\n'


def test_a_link_names_the_file_and_the_line(tmp_path: Path) -> None:
    surface = Surface(io.StringIO(), color=True, links=True)
    linked = surface.link("here", tmp_path / "a b.py", 7)
    assert linked.startswith("\x1b]8;;file://")
    assert linked.endswith("/a%20b.py#7\x1b\\here\x1b]8;;\x1b\\")
