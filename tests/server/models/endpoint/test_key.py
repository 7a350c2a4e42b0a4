"""The key for a server: from a variable, from a command, or not at all, and never shown."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from scholiast_server.errors import ModelError
from scholiast_server.models.endpoint.key import Key, origin_of, read_key

SECRET = "sk-0123-Secret_456"


def command(tmp_path: Path, program: str) -> str:
    script = tmp_path / "print key.py"
    script.write_text(program)
    return f"{sys.executable} '{script}' --token {SECRET}"


def test_the_variable_goes_before_the_command() -> None:
    found = read_key("NAME", "false", {"NAME": f" {SECRET}\n"})
    assert found is not None and found.reveal() == SECRET
    assert found.origin == "the environment variable NAME"


def test_the_first_line_of_a_command_is_the_key(tmp_path: Path) -> None:
    found = read_key("NAME", command(tmp_path, f"print('{SECRET}'); print('and more')"), {"NAME": ""})
    assert found is not None and found.reveal() == SECRET
    assert found.origin == f"the command {sys.executable}", "without its arguments, which may be secret"


def test_without_either_there_is_none() -> None:
    assert read_key("NAME", " ", {}) is None and read_key("", "", {"": SECRET}) is None


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        read_key("", f"echo $(touch {tmp_path}/made) key", {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (f"print('{SECRET}'); raise SystemExit(3)", "ended with code 3"),
        ("print('You are not signed in'); raise SystemExit(1)", "ended with code 1"),
        ("", "printed no key"),
        ("print()", "printed no key"),
        (f"print('{SECRET} {SECRET}')", "can be no key"),
        ("print('sk-ключ')", "can be no key"),
        ("print('x' * 5000)", "can be no key"),
        (f"import time; print(end='{SECRET}', flush=True); time.sleep(60)", "printed no key within 0.5 s"),
        ("import time; time.sleep(60)", "printed no key within 0.5 s"),
    ],
)
def test_a_command_that_fails_is_told_without_what_it_prints(tmp_path: Path, program: str, told: str) -> None:
    timeout_s = 0.5 if "0.5" in told else 20
    with pytest.raises(ModelError) as raised:
        read_key("", command(tmp_path, program), {}, timeout_s=timeout_s)
    assert told in str(raised.value)
    assert SECRET not in str(raised.value) and "signed in" not in str(raised.value)


@pytest.mark.parametrize(
    ("line", "told"), [("/nowhere/program", "No such file"), ("'unclosed", "quotes"), ("/", "Permission denied")]
)
def test_a_command_that_can_not_be_run_is_told(line: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        read_key("", line, {})


def test_what_a_command_leaves_behind_is_not_waited_for(tmp_path: Path) -> None:
    agent = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3)'])"
    began_s = time.monotonic()
    found = read_key("", command(tmp_path, f"{agent}; print('{SECRET}')"), {}, timeout_s=20)
    assert found is not None and found.reveal() == SECRET
    assert time.monotonic() - began_s < 3


def test_it_does_not_show_itself() -> None:
    key = Key(SECRET, "the environment variable NAME")
    assert SECRET not in f"{key} {key!r} {key.__class__.__slots__}" and not hasattr(key, "__dict__")
    assert key.hidden_in(f"no {SECRET}!") == "no …!"


def test_where_it_would_be_is_told_in_words() -> None:
    assert origin_of("NAME", "pass show 'the key'") == "the environment variable NAME or the command pass"
    assert origin_of("", "'") == "the command in endpoint.key_command" and origin_of("", "") == ""
