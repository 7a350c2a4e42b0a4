"""`textDocument/codeLens` over a real server: how many places refer to a definition, for who wants to see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from tests.server.lsp.client import VSCODE, Client, ServerError
from tests.server.lsp.conftest import FILES, PROFILES, Connect, range_of

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
        assert command["arguments"] == [uri, found[3]["range"], "retry_request"]
        shown = await client.request("workspace/executeCommand", command)
        places = [(place["path"], place["line"], place["text"]) for place in shown["places"]]
        views = FILES["src/kiln/views.py"]
        call = range_of(views, "retry_request", capabilities, after="𝔘")
        assert places == [
            ("src/kiln/views.py", 3, "from kiln.cookies import CookieSigner, retry_request"),
            ("src/kiln/views.py", 16, '    größe = "𝔘"; return retry_request(send, len(größe))'),
        ]
        assert (shown["places"][1]["uri"], shown["places"][1]["range"]) == ((workspace / places[0][0]).as_uri(), call)
        text = Path(unquote(urlsplit(shown["uri"]).path)).read_text(encoding="utf-8")
        assert text == shown["markdown"] and "# References to `retry_request`" in text
        assert f"[src/kiln/views.py:16]({shown['places'][1]['uri']}#L16)" in text


async def test_references_that_nobody_can_find_are_said_to_be_none(workspace: Path, connect: Connect) -> None:
    nowhere = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    async with connect(workspace) as client:
        uri = client.open(workspace / "README.md", language="markdown")
        command = {"command": "scholiast.references", "arguments": [uri, nowhere, "nobody_has_this_name"]}
        found = await client.request("workspace/executeCommand", command)
        assert found["places"] == [] and "Nothing refers to it." in found["markdown"]
        for arguments in ([], [uri], [uri, nowhere], [uri, nowhere, 3], [3, nowhere, "x"]):
            with pytest.raises(ServerError) as raised:
                await client.request("workspace/executeCommand", {**command, "arguments": arguments})
            assert raised.value.code == -32602


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
