"""`workspace/symbol` over a real server: names, questions in words, several folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import Client
from tests.server.lsp.conftest import PROFILES, Connect, make_repository

from scholiast_server.lsp.limits import SYMBOL_ANSWERS_MAX, SYMBOLS_MAX

FUNCTION, CLASS, METHOD = 12, 5, 6


async def symbols(client: Client, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await client.request("workspace/symbol", {"query": query})
    return found


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_names_and_questions_lead_to_definitions(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    cookies = (workspace / "src/kiln/cookies.py").as_uri()
    cases = [
        ("CookieSigner", "CookieSigner", CLASS, "src/kiln/cookies.py", cookies, (5, 14)),
        ("sign_payload", "sign_payload", METHOD, "src/kiln/cookies.py · CookieSigner", cookies, (11, 14)),
        ("sign_pay", "sign_payload", METHOD, "src/kiln/cookies.py · CookieSigner", cookies, (11, 14)),
        ("CookieSigner.sign", "sign_payload", METHOD, "src/kiln/cookies.py · CookieSigner", cookies, (11, 14)),
        ("where are requests sent again after a failure", "retry_request", FUNCTION, "src/kiln/cookies.py", cookies,
         (16, 24)),
    ]  # fmt: skip
    async with connect(workspace, capabilities=capabilities) as client:
        for query, name, kind, container, uri, (start, end) in cases:
            first = (await symbols(client, query))[0]
            assert (first["name"], first["kind"], first["containerName"]) == (name, kind, container), query
            lines = {"start": {"line": start, "character": 0}, "end": {"line": end - 1, "character": 0}}
            assert first["location"] == {"uri": uri, "range": lines}


async def test_documents_are_found_by_their_headings(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        found = [(item["name"], item["containerName"]) for item in await symbols(client, "a small web framework")]
        assert ("Kiln", "README.md") in found


async def test_nothing_asked_is_nothing_found(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        assert [await symbols(client, query) for query in ("", "  ", "\n")] == [[], [], []]
        for query in ("\0", "(((", "a" * 5_000, "?" * 300, "😀", '"', "a OR b AND NOT (c"):
            assert isinstance(await symbols(client, query), list)


async def test_all_folders_are_looked_at(workspace: Path, connect: Connect, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other", {"lib/retry.py": "def retry_request():\n    '''Try again.'''\n"})
    async with connect(workspace, other) as client:
        await client.until_found("Try again", lambda hits: any(hit["path"] == "lib/retry.py" for hit in hits))
        found = {item["location"]["uri"] for item in await symbols(client, "retry_request")}
        assert found >= {(workspace / "src/kiln/cookies.py").as_uri(), (other / "lib/retry.py").as_uri()}


async def test_what_lies_in_two_folders_is_found_once(workspace: Path, connect: Connect) -> None:
    async with connect(workspace, workspace / "src") as client:
        await client.until_found("CookieSigner", bool)
        found = [item["location"]["uri"] for item in await symbols(client, "CookieSigner")]
        assert found == [(workspace / "src/kiln/cookies.py").as_uri()]


async def test_there_are_never_more_than_a_picker_shows(connect: Connect, tmp_path: Path) -> None:
    many = make_repository(tmp_path / "many", {"a.py": "".join(f"def same_{n}():\n    pass\n\n\n" for n in range(90))})
    async with connect(many) as client:
        assert len(await symbols(client, "same")) == SYMBOLS_MAX
        assert len(await symbols(client, "what is the same here")) <= SYMBOL_ANSWERS_MAX
