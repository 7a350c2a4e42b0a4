"""`textDocument/hover` over a real server: what it says, where, and when it says nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from tests.server.lsp.client import NEOVIM, VSCODE, Client
from tests.server.lsp.conftest import FILES, PROFILES, Connect, position_of, range_of

VIEWS = FILES["src/kiln/views.py"]


async def hover(client: Client, uri: str, position: Mapping[str, int]) -> Any:
    return await client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": dict(position)})


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_it_says_what_a_symbol_is_and_where_its_name_stands(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    """Behind characters of one to four bytes, of one and two UTF-16 units."""
    cases = [
        ("src/kiln/views.py", "python", "CookieSigner", "😀 schön", "class", "src/kiln/cookies.py", 6),
        ("src/kiln/views.py", "python", "sign_payload", "return signer", "method", "src/kiln/cookies.py", 12),
        ("src/kiln/views.py", "python", "retry_request", "𝔘", "function", "src/kiln/cookies.py", 17),
        ("web/page.ts", "typescript", "startPage", "😀𝔘", "function", "web/page.ts", 2),
    ]
    async with connect(workspace, capabilities=capabilities) as client:
        for path, language, name, after, kind, target, line in cases:
            text = FILES[path]
            uri = client.open(workspace / path, text, language)
            found = await hover(client, uri, position_of(text, name, capabilities, after=after))
            assert found["range"] == range_of(text, name, capabilities, after=after)
            assert found["contents"]["kind"] == "markdown"
            shown = found["contents"]["value"]
            assert f"({kind})" in shown and name in shown
            assert f"{(workspace / target).as_uri()}#L{line}" in shown


async def test_it_says_nothing_where_there_is_nothing_to_say(workspace: Path, connect: Connect, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(VIEWS)
    async with connect(workspace) as client:
        uri = client.open(workspace / "src/kiln/views.py")
        nowhere = [
            (uri, position_of(VIEWS, "def ", NEOVIM)),
            (uri, position_of(VIEWS, "Grüß", NEOVIM)),
            (uri, {"line": 10_000, "character": 0}),
            (uri, {"line": 3, "character": 9_999}),
            (client.open(outside), position_of(VIEWS, "CookieSigner", NEOVIM)),
            ((workspace / "missing.py").as_uri(), {"line": 0, "character": 0}),
            ("untitled:Untitled-1", {"line": 0, "character": 0}),
            ("http://example.org/a.py", {"line": 0, "character": 0}),
        ]
        assert [await hover(client, *place) for place in nowhere] == [None] * len(nowhere)
        assert client.notifications("window/showMessage") == []


async def test_a_document_that_was_not_opened_is_read_as_indexed(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        at = position_of(VIEWS, "retry_request", NEOVIM, after="𝔘")
        found = await hover(client, (workspace / "src/kiln/views.py").as_uri(), at)
        assert found["range"] == range_of(VIEWS, "retry_request", NEOVIM, after="𝔘")


async def test_it_sees_what_is_not_saved(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        uri = client.open(workspace / "src/kiln/views.py")
        text = VIEWS + '\n\ndef brand_new() -> None:\n    """Said nowhere else."""\n\n\nbrand_new()\n'
        client.change(uri, 2, text)
        await client.until_found("brand_new", lambda hits: any("brand_new" in hit["text"] for hit in hits))
        found = await hover(client, uri, position_of(text, "brand_new", NEOVIM, after="else"))
        assert "Said nowhere else." in found["contents"]["value"]


async def test_a_client_without_markdown_gets_plain_text(workspace: Path, connect: Connect) -> None:
    plain = {**NEOVIM, "textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
    async with connect(workspace, capabilities=plain) as client:
        uri = client.open(workspace / "src/kiln/views.py")
        found = await hover(client, uri, position_of(VIEWS, "retry_request", NEOVIM, after="𝔘"))
        assert found["contents"]["kind"] == "plaintext"
        assert "src/kiln/cookies.py:17" in found["contents"]["value"]
        assert "```" not in found["contents"]["value"] and "file://" not in found["contents"]["value"]


async def test_command_links_are_for_clients_that_say_they_run_them(workspace: Path, connect: Connect) -> None:
    at = position_of(VIEWS, "retry_request", NEOVIM, after="𝔘")
    for options, wanted in ((None, 0), ({"commandLinks": "yes"}, 0), ({"commandLinks": True}, 1)):
        async with connect(workspace, capabilities=VSCODE, initializationOptions=options) as client:
            shown = (await hover(client, client.open(workspace / "src/kiln/views.py"), at))["contents"]["value"]
            assert shown.count("command:scholiast.explain?") == wanted
    at = {"line": 16, "character": 0}
    place = [(workspace / "src/kiln/cookies.py").as_uri(), {"start": at, "end": at}]
    for command, arguments in (("explain", place), ("references", [*place, "retry_request"])):
        link = shown.partition(f"command:scholiast.{command}?")[2].partition(")")[0]
        assert json.loads(unquote(link)) == arguments


async def test_it_can_be_turned_off_and_on_while_the_server_runs(workspace: Path, connect: Connect) -> None:
    settings: dict[str, Any] = {}
    at = position_of(VIEWS, "retry_request", NEOVIM, after="𝔘")
    async with connect(workspace) as client:
        client.replies["workspace/configuration"] = lambda params: [settings for _ in params["items"]]
        uri = client.open(workspace / "src/kiln/views.py")
        for is_on in (False, True):
            settings["editor"] = {"hover": is_on}
            place = len(client.received)
            client.notify("workspace/didChangeConfiguration", {"settings": None})
            await client.until(lambda message: message.get("method") == "workspace/configuration", start=place)
            await client.request("scholiast/status", {})  # behind the reply, which the settings come with
            assert (await hover(client, uri, at) is not None) == is_on
