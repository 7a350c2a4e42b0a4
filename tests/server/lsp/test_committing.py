"""Commit messages that a model writes from what is staged: only what holds against the changes, and no secrets."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tests.server.models.endpoint.needed  # noqa: F401  (skips)
from tests.server.lsp.client import Client, ServerError
from tests.server.lsp.conftest import Connect
from tests.server.models.endpoint.scripted import CHAT, ScriptedServer, good

REQUEST_FAILED = -32803


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def repository(own_workspace: Path) -> Path:
    """With two files staged, one of which holds a secret."""
    cookies = own_workspace / "src/kiln/cookies.py"
    cookies.write_text(cookies.read_text("utf-8") + "\n\ndef expire_all(jar):\n    jar.clear()\n", "utf-8")
    (own_workspace / ".env").write_text("TOKEN=tell-nobody\n", "utf-8")
    git(own_workspace, "add", "-f", "src/kiln/cookies.py", ".env")
    return own_workspace


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def variables(server: ScriptedServer) -> dict[str, str]:
    return {"SCHOLIAST_ENDPOINT_URL": server.url, "SCHOLIAST_ENDPOINT_MODEL": "coder"}


async def message(client: Client, *arguments: Any) -> Any:
    return await client.request(
        "workspace/executeCommand", {"command": "scholiast.commitMessage", "arguments": list(arguments)}
    )


async def test_what_holds_against_the_changes_is_the_message(
    repository: Path, connect: Connect, server: ScriptedServer
) -> None:
    server.on(CHAT, good("Add `expire_all`, which clears a jar [1].\n\nCalls `jar.clear` [1]. Removes `sign` too [1]."))
    async with connect(repository, variables=variables(server)) as client:
        written = await message(client)
        assert written["message"] == "Add `expire_all`, which clears a jar.\n\nCalls `jar.clear`."
        assert (written["engine"], written["adapter"], written["withheld"]) == ("endpoint", None, 1)
        assert await message(client, repository.as_uri()) == written
    told = server.asked_for(CHAT)[0].body["messages"][-1]["content"]
    assert "+def expire_all(jar):" in told and "cookies.py: src/kiln/cookies.py:1 [1]" in told
    assert "tell-nobody" not in told and ".env" not in told


@pytest.mark.parametrize(
    ("reply", "prepare", "said"),
    [
        ("Launch the `rockets` [1].", (), "nothing of what the model wrote holds"),
        ("Do [1].", ("reset", "-q"), "no text is staged"),
        ("Do [1].", ("update-ref", "-d", "HEAD"), None),
    ],
)
async def test_without_a_message_it_says_what_to_do(
    repository: Path, connect: Connect, server: ScriptedServer, reply: str, prepare: tuple[str, ...], said: str | None
) -> None:
    server.on(CHAT, good(reply))
    if prepare:
        git(repository, *prepare)
    async with connect(repository, variables=variables(server)) as client:
        if said is None:  # the first commit of all
            assert (await message(client))["message"] == "Do."
            return
        with pytest.raises(ServerError, match=said) as raised:
            await message(client)
        assert raised.value.code == REQUEST_FAILED


async def test_it_takes_a_model_and_a_repository(
    repository: Path, tmp_path: Path, connect: Connect, server: ScriptedServer
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "a.py").write_text("def a():\n    pass\n", "utf-8")
    async with connect(repository) as client:
        with pytest.raises(ServerError, match="none is set"):
            await message(client)
    async with connect(plain, variables=variables(server)) as client:
        with pytest.raises(ServerError, match="no work tree"):
            await message(client)
    assert not server.asked
