"""`textDocument/publishDiagnostics` over a real server: citations whose code moved or is gone are marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import NEOVIM, Client
from tests.server.lsp.conftest import FILES, PROFILES, Connect, range_of

ON = {"editor": {"checkCitations": True}}
DESIGN = FILES["docs/design.md"]
STALE = "# Design\n\n😀 größe: `sign_payload` is at src/kiln/cookies.py:1-3, others at src/kiln/missing.py:7.\n"
HINT = 4


async def marks(client: Client, uri: str, count: int, start: int = 0) -> list[dict[str, Any]]:
    """The first marks of a document published from place `start` on that are so many."""
    message = await client.until(
        lambda message: (
            message.get("method") == "textDocument/publishDiagnostics"
            and message["params"]["uri"] == uri
            and len(message["params"]["diagnostics"]) == count
        ),
        start=start,
    )
    found: list[dict[str, Any]] = message["params"]["diagnostics"]
    return found


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_stale_citations_are_marked(workspace: Path, connect: Connect, capabilities: dict[str, Any]) -> None:
    async with connect(workspace, capabilities=capabilities, initializationOptions=ON) as client:
        uri = client.open(workspace / "docs/design.md", STALE, "markdown")
        moved, broken = await marks(client, uri, 2)
        assert moved["range"] == range_of(STALE, "src/kiln/cookies.py:1-3", capabilities)
        assert broken["range"] == range_of(STALE, "src/kiln/missing.py:7", capabilities)
        assert [(mark["severity"], mark["source"]) for mark in (moved, broken)] == [(HINT, "scholiast")] * 2
        assert [mark["code"] for mark in (moved, broken)] == ["moved-citation", "broken-citation"]
        assert moved["message"] == "This citation is out of date: `sign_payload` is at lines 12-14 now."
        assert moved["data"] == {"replacement": "src/kiln/cookies.py:12-14"}
        assert broken["message"] == "This citation is out of date: src/kiln/missing.py is gone."


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_what_has_moved_is_mended_by_a_code_action(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    async with connect(workspace, capabilities=capabilities, initializationOptions=ON) as client:
        uri = client.open(workspace / "docs/design.md", STALE, "markdown")
        moved, broken = await marks(client, uri, 2)

        async def fixes(*named: dict[str, Any], **context: Any) -> list[dict[str, Any]]:
            params = {"textDocument": {"uri": uri}, "range": moved["range"]}
            asked = {**params, "context": {"diagnostics": list(named), **context}}
            found = await client.request("textDocument/codeAction", asked)
            return [action for action in found if action["title"].startswith("Update citation")]

        (fix,) = await fixes(moved, broken, {**moved, "source": "someone else's"})
        assert (fix["title"], fix["kind"]) == ("Update citation to src/kiln/cookies.py:12-14", "quickfix")
        assert fix["edit"] == {"changes": {uri: [{"range": moved["range"], "newText": "src/kiln/cookies.py:12-14"}]}}
        assert await fixes(moved, only=["quickfix"]) == [fix]
        assert (
            await fixes(broken) == await fixes({**moved, "data": None}) == await fixes(moved, only=["refactor"]) == []
        )
        place = len(client.received)
        client.change(uri, 2, {"range": fix["edit"]["changes"][uri][0]["range"], "text": "src/kiln/cookies.py:12-14"})
        assert (await marks(client, uri, 1, place))[0]["code"] == "broken-citation"


async def test_marks_come_and_go_with_what_is_typed_saved_and_closed(own_workspace: Path, connect: Connect) -> None:
    cookies = own_workspace / "src/kiln/cookies.py"
    async with connect(own_workspace, initializationOptions=ON) as client:
        design = client.open(own_workspace / "docs/design.md", STALE, "markdown")
        await marks(client, design, 2)
        client.change(design, 2, DESIGN)
        place = len(client.received)
        await marks(client, design, 0)

        source = client.open(cookies)  # not saved: the cited file grows above
        client.change(source, 2, "# One\n# Two\n# Three\n" * 4 + cookies.read_text())
        assert "lines 24-26" in (await marks(client, design, 1, place))[0]["message"]
        place = len(client.received)
        client.tell("didClose", source)
        await marks(client, design, 0, place)

        place = len(client.received)
        cookies.write_text("# One\n" * 9 + cookies.read_text())  # by another program
        assert "lines 21-23" in (await marks(client, design, 1, place))[0]["message"]
        place = len(client.received)
        client.tell("didClose", design)
        await marks(client, design, 0, place)


async def test_they_are_off_unless_wanted_and_go_when_turned_off(workspace: Path, connect: Connect) -> None:
    settings: dict[str, Any] = {}
    async with connect(workspace) as client:
        client.replies["workspace/configuration"] = lambda params: [settings for _ in params["items"]]
        uri = client.open(workspace / "docs/design.md", STALE, "markdown")
        for is_on in (True, False):
            assert is_on == (client.notifications("textDocument/publishDiagnostics") == [])
            settings["editor"] = {"checkCitations": is_on}
            place = len(client.received)
            client.notify("workspace/didChangeConfiguration", {"settings": None})
            await marks(client, uri, 2 if is_on else 0, place)


async def test_comments_in_code_are_looked_at(workspace: Path, connect: Connect) -> None:
    text = 'x = "src/kiln/missing.py:3"  # `retry_request` is at src/kiln/cookies.py:2\n'
    async with connect(workspace, initializationOptions=ON) as client:
        (mark,) = await marks(client, client.open(workspace / "src/kiln/views.py", text), 1)
        assert mark["range"] == range_of(text, "src/kiln/cookies.py:2", NEOVIM)
        assert mark["data"] == {"replacement": "src/kiln/cookies.py:17"}
