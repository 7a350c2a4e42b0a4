"""A small workspace and the installed command, run as users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

COMMAND = str(Path(sys.executable).with_name("scholiast"))
TIMEOUT_S = 120
FILES = {
    "src/kiln/sessions.py": '''\
"""Sessions of users."""

import hmac


class CookieSigner:
    """Signs session cookies with the secret key."""

    def __init__(self, secret_key: str) -> None:
        self.secret_key = secret_key

    def sign(self, payload: bytes) -> str:
        """Return the signature of a session cookie."""
        return hmac.new(self.secret_key.encode(), payload, "sha256").hexdigest()


def close_session(session: dict) -> None:
    """Close a session and forget its cookie."""
    session.clear()
''',
    "src/kiln/routes.py": '''\
"""Routes of the application."""


class Router:
    """Maps paths to view functions."""

    def __init__(self) -> None:
        self.table = {}

    def register_route(self, path: str, view) -> None:
        """Register a view function under a path; a second one under the same path is an error."""
        if path in self.table:
            raise ValueError(path)
        self.table[path] = view
''',
    "web/app.js": "// Starts the page.\nexport function startPage() {\n  return document.title;\n}\n",
    "tests/test_routes.py": "def test_register_route():\n    assert True\n",
    "README.md": "# Kiln\n\nA small web framework.\n\n## Sessions\n\nCookies are signed.\n",
    ".env": "SECRET=1\n",
}


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


class Scholiast:
    """The installed command, run in a workspace with an environment of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = dict(environment)

    def write(self, name: str, text: str) -> Path:
        """Put a file into the workspace."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def line(self, *arguments: str) -> list[str]:
        """The whole command line."""
        return [COMMAND, *arguments]

    def __call__(self, *arguments: str, cwd: Path | None = None, extra: Mapping[str, str] | None = None) -> Done:
        done = subprocess.run(
            self.line(*arguments),
            cwd=cwd or self.folder,
            env={**self.environment, **(extra or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return Done(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))

    def start(self, *arguments: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start it and go on."""
        return subprocess.Popen(
            self.line(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


def make_workspace(root: Path, environment: Mapping[str, str]) -> Scholiast:
    command = Scholiast(root, environment)
    for name, text in FILES.items():
        command.write(name, text)
    return command


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Nothing of the user's own: no settings, no terminal, no colours asked for."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "HOME": str(tmp_path_factory.mktemp("home")), "LANG": "C.UTF-8"}


@pytest.fixture
def kiln(tmp_path: Path, environment: Mapping[str, str]) -> Scholiast:
    """A fresh workspace."""
    return make_workspace(tmp_path / "kiln", environment)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, environment: Mapping[str, str]) -> Scholiast:
    """A workspace with an index; tests only read it."""
    command = make_workspace(tmp_path_factory.mktemp("indexed") / "kiln", environment)
    assert command("index").code == 0
    return command
