"""`textDocument/codeLens` over a real server: how many places refer to a definition, for who wants to see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import VSCODE, Client
from tests.server.lsp.conftest import PROFILES, Connect

ON = {"editor": {"codeLens": True}}
REFRESH = "workspace/codeLens/refresh"


async def lenses(client: Client, uri: str) -> Any:
    return await client.request("textDocument/codeLens", {"textDocument": {"uri": uri}})


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_definitions_say_how_many_places_refer_to_them(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    async with connect(workspace, capabilities=capabilities, initializationOptions=ON) as client:
        uri = client.open(workspace / "src/kiln/cookies.py")
        found = await lenses(client, uri)
        assert [lens["range"]["start"]["line"] for lens in found] == [5, 8, 11, 16]
        assert all(lens["range"]["start"] == lens["range"]["end"] for lens in found)
        resolved = [await client.request("codeLens/resolve", lens) for lens in found]
        titles = [lens["command"]["title"] for lens in resolved]
        assert (titles[0], titles[2], titles[3]) == ("1 place", "1 place", "1 place")
        command = resolved[3]["command"]
        assert command["command"] == "scholiast.references"
        where = {"textDocument": {"uri": uri}, "position": {"line": 16, "character": 0}, "name": "retry_request"}
        assert command["arguments"] == [where]


async def test_they_are_off_unless_wanted(workspace: Path, connect: Connect, tmp_path: Path) -> None:
    async with connect(workspace) as client:
        assert await lenses(client, client.open(workspace / "src/kiln/cookies.py")) is None
    outside = tmp_path / "outside.py"
    outside.write_text("def f(): pass\n")
    async with connect(workspace, initializationOptions=ON) as client:
        assert await lenses(client, client.open(outside)) is None
        assert await lenses(client, client.open(workspace / "README.md", language="markdown")) == []
        strange = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "data": [1]}
        assert await client.request("codeLens/resolve", strange) == strange


async def test_the_client_is_told_to_look_again(workspace: Path, connect: Connect) -> None:
    """When lenses are turned on, when counts may be others, and when they are turned off; not before or after."""
    settings: dict[str, Any] = {}
    async with connect(workspace, capabilities=VSCODE) as client:
        client.replies["workspace/configuration"] = lambda params: [settings for _ in params["items"]]
        uri = client.open(workspace / "src/kiln/cookies.py")
        assert await lenses(client, uri) is None
        assert client.notifications(REFRESH) == []
        for is_on in (True, False):
            settings["editor"] = {"codeLens": is_on}
            place = len(client.received)
            client.notify("workspace/didChangeConfiguration", {"settings": None})
            await client.until(lambda message: message.get("method") == REFRESH, start=place)
            assert (await lenses(client, uri) is not None) == is_on
            if is_on:
                place = len(client.received)
                client.change(uri, 2, "def added():\n    pass\n")
                await client.until(lambda message: message.get("method") == REFRESH, start=place)
                assert len(await lenses(client, uri)) == 1
