"""Workspace folders: how many, how they are spelled, how they come and go, and what belongs to which."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import NEOVIM, Client, eventually
from tests.server.lsp.conftest import Connect, make_repository

QUICK_S = 2.0
"""What needs no index is answered well within, under load too."""
CART = {"src/cart.py": 'def total_price(items):\n    """Sum of all prices in the cart."""\n    return sum(items)\n'}


def _folder(path: Path) -> dict[str, str]:
    return {"uri": path.as_uri(), "name": path.name}


def _change(client: Client, added: list[Path], removed: list[Path]) -> None:
    event = {"added": [_folder(path) for path in added], "removed": [_folder(path) for path in removed]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})


async def _states(client: Client) -> dict[str, str]:
    status = await client.request("scholiast/status", {})
    return {folder["name"]: folder["state"] for folder in status["folders"]}


async def _until_states(client: Client, **wanted: str) -> None:
    async def hold() -> bool:
        return await _states(client) == wanted

    await eventually(hold, f"folders {wanted}")


async def test_folders_come_and_go(workspace: Path, own_workspace: Path, tmp_path: Path, connect: Connect) -> None:
    cart = make_repository(tmp_path / "cart", CART)
    async with connect(workspace) as client:
        assert all("cart" not in hit["path"] for hit in await client.search("total_price of the cart"))
        _change(client, [cart, own_workspace], [])
        await _until_states(client, kiln="ready", cart="ready", **{"own kiln": "ready"})
        hits = await client.search("total_price of the cart")
        assert hits[0]["uri"] == (cart / "src/cart.py").as_uri()
        assert (cart / ".scholiast/index.db").is_file()

        both = {hit["uri"] for hit in await client.search("CookieSigner", 20)}
        assert {(root / "src/kiln/cookies.py").as_uri() for root in (workspace, own_workspace)} <= both
        of_one = {"textDocument": {"uri": (own_workspace / "new.py").as_uri()}}
        one = {hit["uri"] for hit in await client.search("CookieSigner", 20, **of_one)}
        assert one, "a document narrows a search to its folder, be it there or not"
        assert all(uri.startswith(own_workspace.as_uri()) for uri in one)

        _change(client, [], [cart, tmp_path / "never open"])
        await _until_states(client, kiln="ready", **{"own kiln": "ready"})
        assert all("cart" not in hit["path"] for hit in await client.search("total_price of the cart"))
        for _ in range(3):  # what comes last holds, however fast
            _change(client, [cart], [])
            _change(client, [], [cart])
        _change(client, [cart], [own_workspace])
        await _until_states(client, kiln="ready", cart="ready")
        assert await client.shut_down() == 0
        assert client.shown() == []


async def test_nested_folders_speak_each_for_their_own(tmp_path: Path, connect: Connect) -> None:
    tea = "def brew_tea(leaves):\n    return leaves\n"
    outer = make_repository(tmp_path / "outer", CART | {"inner/src/tea.py": tea})
    inner = outer / "inner"
    async with connect(outer, inner) as client:
        await _until_states(client, outer="ready", inner="ready")
        hits = await client.search("brew_tea")
        assert [(hit["uri"], hit["path"]) for hit in hits if hit["symbol"] == "brew_tea"] == [
            ((inner / "src/tea.py").as_uri(), "src/tea.py")
        ], "once, and of the innermost folder"
        client.open(inner / "src/tea.py", "def brew_coffee(beans):\n    return beans\n")
        hits = await client.until_found("brew_coffee", lambda hits: any("coffee" in hit["symbol"] for hit in hits))
        assert "brew_tea" not in {hit["symbol"] for hit in await client.search("brew_tea")}
        _change(client, [], [inner])
        await _until_states(client, outer="ready")
        hits = await client.until_found("brew_coffee", lambda hits: any("coffee" in hit["symbol"] for hit in hits))
        assert hits[0]["path"] == "inner/src/tea.py", "now the outer one has it, unsaved text and all"


async def test_a_folder_has_one_index_however_it_is_spelled(tmp_path: Path, connect: Connect) -> None:
    real = make_repository(tmp_path / "with space", CART)
    link = tmp_path / "link"
    link.symlink_to(real)
    spellings = [
        link.as_uri(),
        real.as_uri(),
        f"{real.as_uri()}/",
        f"file://localhost{tmp_path}/with%20space",
        f"{link.as_uri()}/../link",
    ]
    folders = [{"uri": uri, "name": "x"} for uri in spellings]
    async with connect(link, workspaceFolders=folders) as client:
        status = await client.request("scholiast/status", {})
        assert [folder["uri"] for folder in status["folders"]] == spellings[:1]
        (hit,) = await client.search("total_price", 1)
        assert hit["uri"] == (link / "src/cart.py").as_uri(), "spelled as the client spells the folder"
        for path in (real / "src/cart.py", link / "src/cart.py"):
            uri = client.open(path, "def price_by_any_name():\n    pass\n")
            await client.until_found("price_by_any_name", lambda hits: any("any_name" in h["symbol"] for h in hits))
            client.tell("didClose", uri)
            await client.until_found("total_price", lambda hits: any(h["symbol"] == "total_price" for h in hits))


async def test_a_workspace_lies_anywhere(tmp_path: Path, connect: Connect) -> None:
    """What is left out below a workspace is not left out above it."""
    places = (".hidden/project", "node_modules/project", "build", "🚀 ünïcode #1%")
    roots = [make_repository(tmp_path / place, CART) for place in places]
    async with connect(*roots) as client:
        uris = {(root / "src/cart.py").as_uri() for root in roots}
        await client.until_found("total_price", lambda hits: {hit["uri"] for hit in hits} == uris)
        for root in roots:
            name = f"late_in_{root.parent.name.strip('.')}_{len(root.name)}"
            (root / "src" / "late.py").write_text(f"def {name}():\n    pass\n")
        late = {(root / "src/late.py").as_uri() for root in roots}
        await client.until_found("late_in", lambda hits: late <= {hit["uri"] for hit in hits})


async def test_a_deleted_folder_stays_deleted_and_is_indexed_when_it_is_back(tmp_path: Path, connect: Connect) -> None:
    root = make_repository(tmp_path / "mortal", CART)
    async with connect(root) as client:
        uri = client.open(root / "src/cart.py", "def unsaved_price():\n    pass\n")
        await client.until_found("unsaved_price", lambda hits: any(hit["symbol"] == "unsaved_price" for hit in hits))
        shutil.rmtree(root)
        await client.search("total_price")
        gone = await client.until_state("problem")
        assert "is gone" in gone["message"]
        assert await client.search("total_price") == []
        client.change(uri, 2, "def price_without_a_home():\n    pass\n")
        client.tell("didSave", uri)
        client.tell("didClose", uri)
        assert await client.search("price_without_a_home") == []
        assert not root.exists(), "nothing writes where the folder was"
        place = len(client.received)
        make_repository(root, CART)
        await client.until_state("ready", start=place)
        assert (await client.search("total_price", 1))[0]["symbol"] == "total_price"
        assert await client.shut_down() == 0
        assert client.shown() == []


@pytest.mark.parametrize(
    ("more", "opens"),
    [
        ({"workspaceFolders": None, "rootUri": None, "rootPath": "PATH"}, True),
        ({"workspaceFolders": [], "rootUri": None}, False),
        ({"workspaceFolders": None, "rootUri": None, "rootPath": "not/absolute"}, False),
        (
            {"workspaceFolders": [{"uri": uri, "name": ""} for uri in ("", "vscode-remote://x/y", "file:///none")]},
            False,
        ),
    ],
)
async def test_clients_name_folders_in_three_ways_or_none(
    more: dict[str, Any], opens: bool, workspace: Path, tmp_path: Path
) -> None:
    more = {key: str(workspace) if value == "PATH" else value for key, value in more.items()}
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:
        await client.initialize(workspace, capabilities=NEOVIM, **more)
        uri = client.open(workspace / "src/kiln/views.py")
        if opens:
            assert (await client.until_ready())["files"] > 0
            assert await client.search("CookieSigner")
        else:
            assert await client.search("CookieSigner") == []
            status = await client.request("scholiast/status", {})
            assert (status["state"], status["message"], status["folders"]) == ("ready", "no folder is open", [])
            await _nothing_is_known_quickly(client, uri)
        assert await client.shut_down() == 0
        assert client.shown() == []


async def test_of_files_outside_nothing_is_known_and_told_quickly(
    workspace: Path, tmp_path: Path, connect: Connect
) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("def lives_elsewhere():\n    pass\n")
    others = ("untitled:Untitled-1", "git:/x.py?ref=HEAD", "file:///", "nonsense", "", workspace.as_uri())
    async with connect(workspace) as client:
        for uri in (client.open(outside), *others):
            client.open(outside)
            await _nothing_is_known_quickly(client, uri)
            client.tell("didSave", uri)
            client.tell("didClose", uri)
        assert all(hit["symbol"] != "lives_elsewhere" for hit in await client.search("lives_elsewhere"))


async def test_a_home_folder_is_not_indexed_and_it_is_told_what_to_do(workspace: Path, tmp_path: Path) -> None:
    """No folder of it is watched, it is not looked at again and again, and a folder beside it is served."""
    home = tmp_path / "home"
    for number in range(9):
        (home / f"project_{number}").mkdir(parents=True)
        (home / f"project_{number}" / "mine.py").write_text("def mine(): pass\n")
    variables = {"HOME": str(home), "XDG_STATE_HOME": str(tmp_path)}
    async with Client(environment=variables) as client:
        await client.initialize(home, workspace, initializationOptions={"index": {"filesMax": 8}})
        status = await client.until_state("problem")
        assert "home folder" in status["message"] and "one project" in status["message"]
        (home / "project_0" / "mine.py").write_text("def changed(): pass\n")
        await _until_states(client, home="problem", kiln="ready")
        assert [hit["symbol"] for hit in await client.search("CookieSigner", 1)] == ["CookieSigner"]
        client.notify("workspace/didChangeConfiguration", {"settings": {"scholiast": {"index": {"filesMax": 100}}}})
        await _until_states(client, home="ready", kiln="ready")
        assert [hit["symbol"] for hit in await client.search("changed", 1)] == ["changed"]
        assert await client.shut_down() == 0


async def _nothing_is_known_quickly(client: Client, uri: str) -> None:
    document = {"textDocument": {"uri": uri}}
    began = time.monotonic()
    assert (await client.request("scholiast/search", {"query": "sign", **document}))["hits"] == []
    if "hoverProvider" in client.capabilities:
        assert await client.request("textDocument/hover", {**document, "position": {"line": 0, "character": 5}}) is None
    assert time.monotonic() - began < QUICK_S
