"""`textDocument/inlineCompletion` over a real server: nothing without a model, code with one, the latest key counts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.lsp.client import Client
from tests.server.lsp.conftest import FILES, PROFILES, Connect, position_of
from tests.server.models.llama.tiny_models import write_model

VIEWS = FILES["src/kiln/views.py"]
INVOKED, AUTOMATIC = 1, 2


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("fim") / "tiny.gguf", context=2_048)


async def complete(client: Client, uri: str, at: Mapping[str, int], kind: int = INVOKED) -> Any:
    return await client.request(
        "textDocument/inlineCompletion",
        {"textDocument": {"uri": uri}, "position": at, "context": {"triggerKind": kind}},
    )


async def test_without_a_model_nothing_is_completed(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        uri = client.open(workspace / "src/kiln/views.py")
        assert await complete(client, uri, {"line": 7, "character": 0}) is None


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_a_model_completes_at_the_cursor(
    workspace: Path, connect: Connect, capabilities: dict[str, Any], model: Path
) -> None:
    options = {"model": {"fimPath": str(model), "threads": 1}}
    async with connect(workspace, capabilities=capabilities, initializationOptions=options) as client:
        uri = client.open(workspace / "src/kiln/views.py")
        at = position_of(VIEWS, "signer.sign_payload(", capabilities)
        found = [await complete(client, uri, at) for _ in range(2)]
        outside = await complete(client, (workspace.parent / "else.py").as_uri(), at)
    (item,) = found[0]["items"]
    assert item["insertText"].strip() and item["range"] == {"start": at, "end": at}
    assert found[1] == found[0], "the same place gets the same code"
    assert outside is None


async def test_the_latest_key_ends_the_one_before(workspace: Path, connect: Connect, model: Path) -> None:
    options = {"model": {"fimPath": str(model), "threads": 1}}
    async with connect(workspace, initializationOptions=options) as client:
        uri = client.open(workspace / "src/kiln/views.py")
        at = {"line": 11, "character": 4}
        asked = [asyncio.ensure_future(complete(client, uri, at, AUTOMATIC)) for _ in range(5)]
        *early, last = await asyncio.gather(*asked)
    assert early == [None] * 4
    assert last is not None


async def test_a_model_that_can_not_be_loaded_completes_nothing(
    workspace: Path, connect: Connect, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    async with connect(workspace, initializationOptions={"model": {"fimPath": str(broken)}}) as client:
        uri = client.open(workspace / "src/kiln/views.py")
        assert await complete(client, uri, {"line": 11, "character": 4}) is None
        assert await client.request("scholiast/status", {})
