"""Settings as editors send them: with `initialize`, when asked, and pushed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import NEOVIM, VSCODE, Client, eventually, until
from tests.server.lsp.conftest import Connect

from scholiast_server.errors import SettingsError
from scholiast_server.lsp.configuration import settings_from

PUSHING: dict[str, Any] = {**NEOVIM, "workspace": {"workspaceFolders": True}}
"""A client that is asked nothing: it pushes."""


@pytest.fixture(autouse=True)
def _no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("layers", "limit", "vectors"),
    [
        ([], 10, "auto"),
        ([None, [], "text", 3, {}], 10, "auto"),
        ([{"search": {"limit": 3}}], 3, "auto"),
        ([{"search.limit": 3}], 3, "auto"),
        ([{"scholiast": {"search": {"limit": 3}}}], 3, "auto"),
        ([{"scholiast.search.limit": 3}], 3, "auto"),
        ([{"search": {"limit": 3}}, {"index": {"vectors": "exact"}}, {"search": {"limit": 4}}], 4, "exact"),
        ([{"search": {"limit": 3}}, {"search": {"limit": None}}], 3, "auto"),
        ([{"search": {"limit": 3, "noSuch": 1}, "trace": {"server": "verbose"}, "path": "/x"}], 3, "auto"),
        ([{"search": 3, "index": None, "": {"": 1}}], 10, "auto"),
        ([{"search": {"limit": 3}, "scholiast": {"search": {"limit": 4}}, "editor": {"hover": "x"}}], 4, "auto"),
        ([{"search": {"refreshFilesMax": 7, "limit": 5}}], 5, "auto"),
    ],
)
def test_settings_are_taken_as_editors_write_them(layers: list[Any], limit: int, vectors: str) -> None:
    settings = settings_from(None, layers)
    assert (settings.search.limit, settings.index.vectors) == (limit, vectors)


@pytest.mark.parametrize(
    "layer", [{"search": {"limit": "many"}}, {"search": {"limit": 0}}, {"index": {"vectors": [1]}}]
)
def test_values_that_can_not_be_are_told_in_words(layer: Any) -> None:
    with pytest.raises(SettingsError, match=r"the editor's settings: .* can't be .*\n  It may be"):
        settings_from(None, [layer])


async def _until_limit(client: Client, limit: int, **more: Any) -> None:
    async def is_so() -> bool:
        found = await client.request(
            "scholiast/search", {"query": "page request signature design framework greeting", **more}
        )
        return len(found["hits"]) == limit

    await eventually(is_so, f"{limit} hits")


async def test_asked_of_each_folder_and_asked_again_when_they_change(
    workspace: Path, own_workspace: Path, tmp_path: Path
) -> None:
    limits = {workspace.as_uri(): 1, own_workspace.as_uri(): 2}
    asked: list[list[dict[str, Any]]] = []
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:

        def answer(params: Any) -> list[Any]:
            asked.append(params["items"])
            return [{"search": {"limit": limits[item["scopeUri"]]}} for item in params["items"]]

        client.replies["workspace/configuration"] = answer
        options = {"search": {"limit": 9}, "index": {"vectors": "exact"}}
        await client.initialize(workspace, own_workspace, capabilities=VSCODE, initializationOptions=options)
        await client.until_ready()
        of_own = {"textDocument": {"uri": own_workspace.as_uri() + "/x.py"}}
        await _until_limit(client, 1, textDocument={"uri": workspace.as_uri() + "/x.py"})
        await _until_limit(client, 2, **of_own)
        assert [item["section"] for item in asked[0]] == ["scholiast"] * 2
        registered = [m["params"] for m in client.received if m.get("method") == "client/registerCapability"]
        methods = {item["method"] for params in registered for item in params["registrations"]}
        assert methods == {"workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"}

        limits[own_workspace.as_uri()] = 3
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await _until_limit(client, 3, **of_own)
        client.replies["workspace/configuration"] = lambda params: [
            {"search": {"limit": 2}, "index": {"vectors": "hnsw"}} for _ in params["items"]
        ]
        for _ in range(5):  # each may open the index anew
            client.notify("workspace/didChangeConfiguration", {"settings": None})
        await _until_limit(client, 2, **of_own)
        status = await client.request("scholiast/status", {})
        assert len(status["folders"]) == 2
        assert await client.shut_down() == 0
        assert client.shown() == []


async def test_pushed_settings_hold_over_those_of_the_start(workspace: Path, connect: Connect) -> None:
    async with connect(workspace, capabilities=PUSHING, initializationOptions={"search": {"limit": 1}}) as client:
        await _until_limit(client, 1)
        for limit, settings in (
            (2, {"scholiast": {"search": {"limit": 2}}}),
            (3, {"scholiast.search.limit": 3}),
            (4, {"search": {"limit": 4}}),
        ):
            client.notify("workspace/didChangeConfiguration", {"settings": settings})
            await _until_limit(client, limit)
        nothing: tuple[Any, ...] = (None, {}, [], "nonsense", {"editor": {"hover": 3}, "scholiast": None})
        for pushed in nothing:
            client.notify("workspace/didChangeConfiguration", {"settings": pushed})
            await _until_limit(client, 1)
        asked = [message for message in client.received if message.get("method") == "workspace/configuration"]
        assert asked == []


async def test_what_can_not_be_is_told_once_and_defaults_hold(
    workspace: Path, own_workspace: Path, tmp_path: Path
) -> None:
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:
        client.replies["workspace/configuration"] = lambda params: [{"search": {"limit": "x"}} for _ in params["items"]]
        await client.initialize(workspace, own_workspace)
        assert (await client.until_ready())["state"] == "ready"
        (told,) = client.shown()
        assert "search.limit can't be 'x'" in told
        assert (await client.search("page", 1))[0]
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await until(lambda: len(client.shown()) == 2, "told again")
        await client.request("scholiast/status", {})
        assert len(client.shown()) == 2, "once more when the user changed it, and it is still wrong"


@pytest.mark.parametrize("reply", ["error", "silence", "odd"])
async def test_a_client_that_does_not_tell_its_settings_is_served(reply: str, workspace: Path, tmp_path: Path) -> None:
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:
        if reply == "odd":
            client.replies["workspace/configuration"] = lambda _: {"no": "list"}
        else:
            del client.replies["workspace/configuration"]
        await client.initialize(workspace)
        asked = await client.until(lambda message: message.get("method") == "workspace/configuration")
        if reply == "error":
            error = {"code": -32601, "message": "not here"}
            client.send({"jsonrpc": "2.0", "id": asked["id"], "error": error})
        assert (await client.until_ready())["state"] == "ready"
        client.send({"jsonrpc": "2.0", "id": asked["id"], "result": [{"search": {"limit": 1}}]})
        assert len(await client.search("page")) > 1
        assert client.shown() == []
