"""Doc comments that a model writes: only what was verified, beside what the code itself says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tests.server.models.endpoint.needed  # noqa: F401  (skips)
from tests.server.lsp.client import NEOVIM, Client
from tests.server.lsp.conftest import Connect, position_of
from tests.server.models.endpoint.scripted import CHAT, ScriptedServer, error, good

QUOTES = '"""'
TEXT = (
    "class Signer:\n    def sign_all(self, payloads: list, times: int = 1) -> list:\n"
    "        return [self.sign(payload) for payload in payloads]\n"
)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


async def documented(client: Client, workspace: Path, text: str = TEXT, name: str = "sign_all") -> tuple[str, Any]:
    """What was put in, and the command's result."""
    uri = client.open(workspace / "src/kiln/fresh.py", text)
    at = position_of(text, name, NEOVIM)
    arguments = [uri, {"start": at, "end": at}]
    result = await client.request("workspace/executeCommand", {"command": "scholiast.document", "arguments": arguments})
    [change] = result["edit"]["changes"][uri]
    return change["newText"], result


def variables(server: ScriptedServer) -> dict[str, str]:
    return {"SCHOLIAST_ENDPOINT_URL": server.url, "SCHOLIAST_ENDPOINT_MODEL": "coder"}


async def test_a_model_says_what_it_does_and_the_code_what_it_takes(
    workspace: Path, connect: Connect, server: ScriptedServer
) -> None:
    server.on(CHAT, good("Signs each of the `payloads` with `self.sign` and returns a list [1]. It may be empty [1]."))
    async with connect(workspace, variables=variables(server)) as client:
        text, result = await documented(client, workspace)
    assert text.splitlines() == [
        '        """Signs each of the `payloads` with `self.sign` and returns a list. It may be empty.',
        "",
        "        Args:",
        "            payloads: `list`.",
        "            times: `int`; `1` by default.",
        "",
        "        Returns:",
        "            `list`.",
        '        """',
    ]
    answer = result["answer"]
    assert (answer["engine"], answer["provenance"]["task"]) == ("endpoint", "document")
    [cited] = answer["citations"]
    assert (cited["n"], cited["path"], cited["status"]) == (1, "src/kiln/fresh.py", "verified")
    question = server.asked_for(CHAT)[0].body["messages"][-1]["content"].rpartition("Question: ")[2]
    assert "what `Signer.sign_all` does" in question


async def test_what_does_not_hold_is_left_out(workspace: Path, connect: Connect, server: ScriptedServer) -> None:
    server.on(CHAT, good("Signs the `payloads` [1]. It calls `launch_rockets` first [1]."))
    async with connect(workspace, variables=variables(server)) as client:
        text, result = await documented(client, workspace)
    assert text.startswith('        """Signs the `payloads`.\n') and "rockets" not in text
    assert result["answer"]["provenance"]["withheld"] == 1


@pytest.mark.parametrize("reply", [good("It calls `launch_rockets` [1]."), good(""), error(401, "no such key")])
async def test_where_nothing_holds_or_the_model_fails_the_code_alone_is_told(
    workspace: Path, connect: Connect, server: ScriptedServer, reply: Any
) -> None:
    async with connect(workspace) as client:
        plain, result = await documented(client, workspace)
        assert "answer" not in result
    server.on(CHAT, reply)
    async with connect(workspace, variables=variables(server)) as client:
        assert (await documented(client, workspace))[0] == plain


async def test_what_the_code_says_nothing_of_can_be_documented_by_a_model(
    workspace: Path, connect: Connect, server: ScriptedServer
) -> None:
    server.on(CHAT, good('Ends the comment """ and goes on [1].'))
    text = "def idle():\n    pass\n"
    async with connect(workspace, variables=variables(server)) as client:
        written, _ = await documented(client, workspace, text, "idle")
    assert written == f"    {QUOTES}Ends the comment ''' and goes on.{QUOTES}\n"
