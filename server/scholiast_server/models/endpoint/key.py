"""The key for a server, from an environment variable or a command. Must not know who it is sent to.

It is shown nowhere: not in messages, logs or representations.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import threading
import time
from collections.abc import Mapping

from scholiast_server.errors import ModelError
from scholiast_server.models.endpoint.limits import KEY_CHARACTERS_MAX, KEY_COMMAND_S_MAX

_KEY = re.compile(r"[\x21-\x7e]+")


class Key:
    """A secret that does not show itself."""

    __slots__ = ("_value", "origin")

    def __init__(self, value: str, origin: str) -> None:
        self._value = value
        self.origin = origin
        """Where it came from, in words for a message."""

    def __repr__(self) -> str:
        return f"<key from {self.origin}>"

    def reveal(self) -> str:
        """The secret itself, to be sent and never to be shown."""
        return self._value

    def hidden_in(self, text: str) -> str:
        """A text without it."""
        return text.replace(self._value, "…")


def origin_of(variable: str, command: str) -> str:
    """Where a key would come from, in words; empty where nothing names a place."""
    places = [f"the environment variable {variable}"] if variable else []
    if command:
        places.append(f"the command {_program(command)}")
    return " or ".join(places)


def read_key(
    variable: str,
    command: str,
    environment: Mapping[str, str] | None = None,
    *,
    timeout_s: float = KEY_COMMAND_S_MAX,
) -> Key | None:
    """The key; None where neither the variable nor the command has one.

    Args:
        variable: Of the environment; it goes before the command.
        command: Run without a shell; the first line that it prints is the key.
        environment: Environment variables, those of this process by default.
        timeout_s: How long the command may take.

    Raises:
        ModelError: The command fails, takes too long or prints nothing, or what was found can be no key.
    """
    environment = os.environ if environment is None else environment
    value = environment.get(variable, "").strip() if variable else ""
    if value:
        return _checked(value, f"the environment variable {variable}")
    if not command.strip():
        return None
    return _checked(_printed(command, timeout_s), f"the command {_program(command)}")


def _checked(value: str, origin: str) -> Key:
    if len(value) > KEY_CHARACTERS_MAX or not _KEY.fullmatch(value):
        raise ModelError(
            f"What {origin} holds can be no key: it is too long, or has spaces or letters that a header can't hold.\n"
            "  See endpoint.key_variable and endpoint.key_command."
        )
    return Key(value, origin)


def _program(command: str) -> str:
    """The command without its arguments: they may be secret."""
    try:
        return shlex.split(command)[0]
    except (ValueError, IndexError):
        return "in endpoint.key_command"


def _printed(command: str, timeout_s: float) -> str:
    """The first line that a command prints. Whatever else it prints, and its complaints, are not looked at."""
    program = _program(command)
    try:
        process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its quotes don't match"
        raise ModelError(
            f"The command {program} for the key can't be run: {reason}.\n  See endpoint.key_command."
        ) from None
    lines: list[bytes] = []
    is_read = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            lines.append(process.stdout.readline(KEY_CHARACTERS_MAX + 2))
            is_read.set()
            while process.stdout.read(KEY_CHARACTERS_MAX):
                pass  # a closed pipe would end the command as if it had failed

    # A thread, as what the command leaves behind (an agent, say) may hold the pipe open after its end.
    threading.Thread(target=read, daemon=True, name="scholiast-key").start()
    deadline_s = time.monotonic() + timeout_s
    is_read.wait(timeout_s)
    printed = lines[0] if lines else None
    code = _ended(process, deadline_s)
    if printed is None:
        raise ModelError(
            f"The command {program} printed no key within {timeout_s:g} s.\n"
            "  Run it in a terminal: it may be waiting for a password."
        )
    line = printed.decode("utf-8", "replace").strip()
    if code or not line:  # what a command prints that fails is an excuse, and not to be sent
        how = f"ended with code {code}" if code else "printed no key"
        raise ModelError(f"The command {program} {how}.\n  Run it in a terminal to see why.")
    return line


def _ended(process: subprocess.Popen[bytes], deadline_s: float) -> int:
    """Its exit code; 0 of one that is ended here, as it has had its time."""
    try:
        return process.wait(max(0.0, deadline_s - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return 0
