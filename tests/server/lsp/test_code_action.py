"""`textDocument/codeAction` over a real server: what is offered where, how quickly, and that all of it can be done."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import NEOVIM, Client
from tests.server.lsp.conftest import FILES, PROFILES, Connect, position_of, range_of

TEXT = """\
\"\"\"A document with all kinds of places. 😀\"\"\"

LIMIT = 3

# 𝔘: how is a session cookie signed?
# A comment that asks nothing.


def undocumented(größe):
    return sign_payload(größe)


def documented():
    \"\"\"It is.\"\"\"
    x = 1  # 😀 what is this?
    return x
"""
EXPLAIN, ASK, RELATED = "Explain this", "Ask about the selection", "Show related code"
ANSWER, DOCUMENT = "Answer the question in this comment", "Document this"
AUTOMATIC = 2
QUICK_S = 0.5
"""Some milliseconds, on a machine that is not busy."""


async def actions(client: Client, uri: str, found: Mapping[str, Any], **context: Any) -> Any:
    params = {"textDocument": {"uri": uri}, "range": found, "context": {"diagnostics": [], **context}}
    return await client.request("textDocument/codeAction", params)


def cursor(wanted: str, capabilities: Mapping[str, Any]) -> dict[str, Any]:
    place = position_of(TEXT, wanted, capabilities)
    return {"start": place, "end": place}


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_what_is_offered_depends_on_the_place(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    async with connect(workspace, capabilities=capabilities) as client:
        uri = client.open(workspace / "fresh.py", TEXT)
        await client.until_found("undocumented größe", lambda hits: any(hit["path"] == "fresh.py" for hit in hits))
        for found, titles in (
            (cursor("LIMIT", capabilities), [EXPLAIN, RELATED]),
            (range_of(TEXT, "LIMIT", capabilities), [EXPLAIN, ASK, RELATED]),
            (cursor("how is a session", capabilities), [ANSWER, EXPLAIN, RELATED]),
            (cursor("that asks nothing", capabilities), [EXPLAIN, RELATED]),
            (cursor("undocumented", capabilities), [EXPLAIN, DOCUMENT, RELATED]),
            (cursor("sign_payload", capabilities), [EXPLAIN, RELATED]),
            (cursor("documented():", capabilities), [EXPLAIN, RELATED]),
            (cursor("x = 1", capabilities), [ANSWER, EXPLAIN, RELATED]),
            ({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}, []),
            ({"start": {"line": 900, "character": 0}, "end": {"line": 901, "character": 0}}, []),
        ):
            offered = await actions(client, uri, found)
            assert [offer["title"] for offer in offered] == titles, found
            assert all(offer["command"]["title"] == offer["title"] for offer in offered)


@pytest.mark.parametrize(
    ("context", "titles"),
    [
        ({"only": ["quickfix"]}, [ANSWER]),
        ({"only": ["refactor"]}, [EXPLAIN, ASK, DOCUMENT, RELATED]),
        ({"only": ["refactor.rewrite"]}, [DOCUMENT]),
        ({"only": ["source.organizeImports"]}, []),
        ({"only": ["source", "quickfix"]}, [ANSWER]),
        ({"only": []}, [ANSWER, EXPLAIN, ASK, DOCUMENT, RELATED]),
        ({"triggerKind": AUTOMATIC}, [ANSWER, EXPLAIN, ASK, DOCUMENT, RELATED]),
    ],
)
async def test_only_the_kinds_wanted_are_offered(
    workspace: Path, connect: Connect, context: dict[str, Any], titles: list[str]
) -> None:
    text = "def undocumented(value):  # how is a session cookie signed?\n    return sign_payload(value)\n"
    async with connect(workspace) as client:
        uri = client.open(workspace / "fresh.py", text)
        await client.until_found("undocumented value", lambda hits: any(hit["path"] == "fresh.py" for hit in hits))
        offered = await actions(client, uri, range_of(text, "undocumented", NEOVIM), **context)
        assert [offer["title"] for offer in offered] == titles
        is_wanted = ANSWER in titles and context.get("triggerKind") == AUTOMATIC
        unasked = await actions(client, uri, {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 5}},
                                triggerKind=AUTOMATIC)  # fmt: skip
        assert [offer["title"] for offer in unasked] == [ANSWER] or is_wanted


async def test_nothing_is_offered_outside_of_every_folder(workspace: Path, connect: Connect, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(TEXT)
    async with connect(workspace) as client:
        uri = client.open(outside)
        for name in (uri, "untitled:Untitled-1", "file:///nowhere/x.py"):
            assert await actions(client, name, cursor("LIMIT", NEOVIM)) is None


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_every_offer_can_be_carried_out(workspace: Path, connect: Connect, capabilities: dict[str, Any]) -> None:
    done: set[str] = set()
    async with connect(workspace, capabilities=capabilities) as client:
        uri = client.open(workspace / "fresh.py", TEXT)
        await client.until_found("undocumented größe", lambda hits: any(hit["path"] == "fresh.py" for hit in hits))
        for found in (
            cursor("how is a session", capabilities),
            range_of(TEXT, "def undocumented", capabilities),
        ):
            for offer in await actions(client, uri, found):
                command = {"command": offer["command"]["command"], "arguments": offer["command"]["arguments"]}
                result = await client.request("workspace/executeCommand", command)
                assert result.get("markdown") or result["applied"], offer
                done.add(offer["title"])
    assert done == {EXPLAIN, ASK, RELATED, ANSWER, DOCUMENT}


async def test_the_kinds_are_told_at_the_start_and_offers_come_quickly(workspace: Path, connect: Connect) -> None:
    text = FILES["src/kiln/cookies.py"] + "".join(
        f"\n\ndef f_{n}(a):\n    # why {n}?\n    return g({n})\n" for n in range(3_000)
    )
    async with connect(workspace) as client:
        uri = client.open(workspace / "fresh.py", text)
        place = {"line": text.count("\n") - 2, "character": 6}
        offered: list[dict[str, Any]] = []
        took_s = []
        for _ in range(10):
            began = time.perf_counter()
            offered = await actions(client, uri, {"start": place, "end": place})
            took_s.append(time.perf_counter() - began)
        assert ANSWER in [offer["title"] for offer in offered]
    assert min(took_s) < QUICK_S
