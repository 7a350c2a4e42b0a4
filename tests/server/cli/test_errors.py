"""Errors are one message that says what, why and what to do; nothing is lost but time."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.server.cli.conftest import Scholiast

WRONG_USAGE = [
    (["search"], "arguments are required: QUERY"),
    (["search", ""], "the query is empty"),
    (["search", "x", "--limit", "0"], "'0' is no whole number from 1 to 1000"),
    (["search", "x", "--lang", "pythn"], "Did you mean python"),
    (["search", "x", "--path", "a*" * 30], "a pattern has 4 wildcards * at most"),
    (["search", "x", "--path", "[z-a]"], "'[z-a]' can't be read"),
    (["search", "x", "--kind", "thing"], "invalid choice: 'thing'"),
    (["search", "x", "--refresh", "--no-refresh"], "not allowed with"),
    (["ask", "x", "--bogus"], "unrecognized arguments: --bogus"),
    (["index", "--vectors", "cosine"], "invalid choice: 'cosine'"),
    (["index", "no/such/folder"], "no/such/folder does not exist"),
    (["index", "README.md"], "README.md is a file, not a folder"),
    (["index", ".", "--root", "."], "named twice"),
    (["status", "--root", ""], "Name the folder of the code"),
    (["frobnicate"], "invalid choice: 'frobnicate'"),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG_USAGE, ids=[" ".join(case[0]) for case in WRONG_USAGE])
def test_wrong_usage_exits_2_with_one_message(indexed: Scholiast, arguments: list[str], told: str) -> None:
    done = indexed(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("scholiast")
    assert told in done.err
    assert len(done.err.splitlines()) <= 2
    assert "Traceback" not in done.err


def test_without_a_verb_the_help_goes_to_stderr(indexed: Scholiast) -> None:
    done = indexed()
    assert (done.code, done.out) == (2, "")
    assert "build the index of a workspace" in done.err


def test_a_setting_that_is_none_names_file_and_key(indexed: Scholiast, kiln: Scholiast) -> None:
    kiln.write(".scholiast.toml", "[search]\nlimitt = 3\n")
    done = kiln("search", "x")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"scholiast: {kiln.folder}/.scholiast.toml: search.limitt is no setting.\n  Did you mean search.limit?\n"
    )
    checked = kiln("doctor")
    assert checked.code == 1
    assert "✗ settings:" in checked.out


def test_without_an_index_and_without_refresh_there_is_nothing_to_search(kiln: Scholiast) -> None:
    done = kiln("search", "x", "--no-refresh")
    assert done.code == 2
    assert done.err.endswith("Build it: scholiast index\n")
    assert not (kiln.folder / ".scholiast").exists()


def test_an_index_of_a_newer_version_is_left_alone(kiln: Scholiast) -> None:
    import contextlib
    import sqlite3

    assert kiln("index").code == 0
    database = kiln.folder / ".scholiast" / "index.db"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE meta SET value = 99 WHERE key = 'format_version'")
        connection.commit()
    done = kiln("search", "x")
    assert (done.code, done.out) == (2, "")
    assert "newer version" in done.err
    assert "Traceback" in kiln("search", "x", "--verbose").err
    checked = kiln("doctor")
    assert (checked.code, "newer version" in checked.out) == (1, True)


def test_a_closed_pipe_is_no_error(indexed: Scholiast) -> None:
    for arguments in (["search", "session", "-n", "50"], ["--help"], ["completion", "bash"]):
        running = indexed.start(*arguments)
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        said = running.stderr.read()
        running.stderr.close()
        assert (running.wait(timeout=60), said) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="streams are closed otherwise there")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_stream_that_is_closed_from_the_start_is_no_error(indexed: Scholiast, closed: str) -> None:
    line = ["sh", "-c", f'exec "$@" {closed}', "sh", *indexed.line("search", "startPage", "--refresh", "-n", "1")]
    done = subprocess.run(
        line, cwd=indexed.folder, env=indexed.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("" if ">&-" in closed.split() else "web/app.js:2: startPage\n")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_index_is_usable_and_goes_on(kiln: Scholiast, how: signal.Signals) -> None:
    body = "# What this module is for, in many words that nobody reads.\n" * 250  # 18 MB: seconds of work
    for number in range(1200):
        kiln.write(f"many/module_{number}.py", f"def handler_{number}():\n    return {number}\n\n\n{body}")
    ours, theirs = pty.openpty()
    running = kiln.start("index", stderr=theirs)
    os.close(theirs)
    seen = b""
    while b"chunks" not in seen:  # the bar shows: work is under way
        seen += os.read(ours, 1000)
    running.send_signal(how)
    out, _ = running.communicate(timeout=60)
    shown = (seen + _rest(ours)).decode()
    assert (running.returncode, out) == (130, ""), shown
    assert "interrupted; " in shown
    assert kiln("search", "handler", "--no-refresh").code in (0, 1)
    shutil.rmtree(kiln.folder / "many")
    assert kiln("index", "--json").document["files"] == 5


def _rest(descriptor: int) -> bytes:
    """What is left to read of a terminal whose other side is closed."""
    parts = []
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        try:
            while part := stream.read(1000):
                parts.append(part)
        except OSError:  # Linux ends a terminal so
            pass
    return b"".join(parts)


def test_a_second_process_waits_for_the_first(kiln: Scholiast) -> None:
    from filelock import FileLock

    assert kiln("index").code == 0
    kiln.write("src/kiln/late.py", "def arrived_late():\n    return 1\n")
    with FileLock(kiln.folder / ".scholiast" / "lock"):
        searched = kiln("search", "startPage", "--limit", "1")
        assert searched.out.startswith("web/app.js:")
        assert "another process is updating this index; using what is there" in searched.err
        assert kiln("reset", "--yes").code == 2
        waiting = kiln.start("index")
        assert waiting.stderr is not None
        assert "waiting for it" in waiting.stderr.readline()
        assert waiting.poll() is None
    out, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    assert "6 files" in out


def test_reset_deletes_the_index_and_nothing_else(kiln: Scholiast) -> None:
    assert kiln("reset").out == "kiln has no index.\n"
    assert kiln("index").code == 0
    before = sorted(path for path in kiln.folder.rglob("*") if ".scholiast" not in path.parts)
    kept = kiln.folder / ".scholiast" / "notes.txt"
    kept.write_text("mine")
    done = kiln("reset")
    assert (done.code, done.out.startswith("Deleted the index of kiln")) == (0, True)
    assert sorted(path for path in kiln.folder.rglob("*") if ".scholiast" not in path.parts) == before
    assert kept.read_text() == "mine"
    assert not (kiln.folder / ".scholiast" / "index.db").exists()
    assert kiln("search", "startPage").code == 0


def test_reset_on_a_terminal_asks_first(kiln: Scholiast) -> None:
    assert kiln("index").code == 0
    for answer, code in ((b"n\n", 1), (b"y\n", 0)):
        ours, theirs = pty.openpty()
        os.write(ours, answer)
        command = kiln.line("reset")
        done = subprocess.run(
            command, cwd=kiln.folder, env=kiln.environment, stdin=theirs, capture_output=True, check=False, timeout=60
        )
        os.close(ours)
        os.close(theirs)
        assert done.returncode == code
        assert b"Delete the index of kiln" in done.stderr
        assert (kiln.folder / ".scholiast" / "index.db").exists() == bool(code)
