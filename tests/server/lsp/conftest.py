"""A small workspace for tests of the language server, and a client of a real server that has indexed it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import NEOVIM, VSCODE, Client

Connect = Callable[..., AbstractAsyncContextManager[Client]]

PROFILES = (pytest.param(NEOVIM, id="neovim"), pytest.param(VSCODE, id="vscode"))
"""What real editors say they can do: positions in UTF-8 and in UTF-16 among it."""

FILES = {
    "src/kiln/cookies.py": '''\
"""Cookies of users."""

import hmac


class CookieSigner:
    """Signs session cookies with the secret key."""

    def __init__(self, secret_key: str) -> None:
        self.secret_key = secret_key

    def sign_payload(self, payload: bytes) -> str:
        """Return the signature of a session cookie. It is `hex`."""
        return hmac.new(self.secret_key.encode(), payload, "sha256").hexdigest()


def retry_request(send, attempts: int = 3) -> object:
    """Send a request again after a failure, at most so many times."""
    for _ in range(attempts - 1):
        try:
            return send()
        except OSError:
            continue
    return send()
''',
    "src/kiln/views.py": '''\
"""What users see."""

from kiln.cookies import CookieSigner, retry_request

GREETING = "Grüß dich 😀"


def show_page(key: str) -> str:
    """Render the page of a user."""
    note = "😀 schön"; signer = CookieSigner(key)
    return signer.sign_payload(note.encode())


def fetch_page(send) -> object:
    """Fetch a page from another server."""
    größe = "𝔘"; return retry_request(send, len(größe))
''',
    "web/page.ts": """\
/** Starts the page. */
export function startPage(title: string): string {
  return `${title}!`;
}

/** Opens a page and starts it. */
export function openPage(): string { const größe = "😀𝔘"; return startPage(größe); }
""",
    "docs/design.md": """\
# Design

Payloads are signed by `sign_payload` (src/kiln/cookies.py:12-14). 😀
""",
    "README.md": "# Kiln\n\nA small web framework.\n",
}


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository of Python, TypeScript and documents, shared by all tests: don't change it."""
    return make_repository(tmp_path_factory.mktemp("shared") / "kiln")


@pytest.fixture
def own_workspace(tmp_path: Path) -> Path:
    """The same, to be changed."""
    return make_repository(tmp_path / "own kiln")


@pytest.fixture
def connect(tmp_path: Path) -> Connect:
    """`async with connect(folder, …) as client`: an initialized server that has indexed the folders."""
    home = tmp_path / "home"
    environment = {
        "HOME": str(home),
        "TMPDIR": str(tmp_path),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }

    @contextlib.asynccontextmanager
    async def connected(
        *folders: Path,
        capabilities: Mapping[str, Any] = NEOVIM,
        variables: Mapping[str, str] | None = None,
        program: tuple[str, ...] = (),
        **initialize: Any,
    ) -> AsyncIterator[Client]:
        async with Client(*program, environment={**environment, **(variables or {})}) as client:
            await client.initialize(*folders, capabilities=capabilities, **initialize)
            await client.until_ready()
            yield client

    return connected


def make_repository(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """A git repository with these files committed."""
    for path, content in (FILES if files is None else files).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    git = shutil.which("git")
    assert git is not None, "these tests need git"
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for arguments in (("init", "--quiet"), ("add", "--all"), (*person, "commit", "--quiet", "--message", "Begin")):
        subprocess.run([git, *arguments], cwd=folder, env=environment, check=True, capture_output=True)
    return folder


def position_of(text: str, wanted: str, capabilities: Mapping[str, Any], *, after: str = "") -> dict[str, int]:
    """Where `wanted` first stands in a text, behind `after`, in the first encoding that the client offers."""
    place = text.index(wanted, text.index(after) + len(after))
    line_start = text.rfind("\n", 0, place) + 1
    before = text[line_start:place]
    encoding = capabilities["general"]["positionEncodings"][0]
    units = len(before.encode()) if encoding == "utf-8" else len(before.encode("utf-16-le")) // 2
    return {"line": text.count("\n", 0, place), "character": units}


def range_of(text: str, wanted: str, capabilities: Mapping[str, Any], *, after: str = "") -> dict[str, Any]:
    """The range of `wanted`, which has no line break in it, as `position_of` finds it."""
    start = position_of(text, wanted, capabilities, after=after)
    width = position_of(f"{wanted}\0", "\0", capabilities)["character"]
    return {"start": start, "end": {"line": start["line"], "character": start["character"] + width}}
