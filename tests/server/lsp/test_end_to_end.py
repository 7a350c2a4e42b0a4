"""A session from start to end with a client that another project wrote, as real editors describe themselves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client
from tests.server.lsp.client import eventually

EDITORS = ("neovim", "visual-studio-code", "emacs")


def _client() -> LanguageClient:
    """It lacks an answer to what our server asks for at the start, and logs an error for each unknown notification."""
    client = make_test_lsp_client()

    def nothing(_params: Any) -> None:
        return None

    for method in (types.CLIENT_REGISTER_CAPABILITY, types.WORKSPACE_CODE_LENS_REFRESH):
        client.feature(method)(nothing)
    for method in ("scholiast/statusChanged", "scholiast/answerDelta"):
        client.feature(method)(nothing)
    return client


async def _begin(client: LanguageClient, editor: str, folder: Path, home: Path) -> types.InitializeResult:
    environment = {"XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home), "PATH": "/usr/bin:/bin"}
    await client.start_io(sys.executable, "-m", "scholiast_server", "serve", env=environment)
    return await client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(editor),
            root_uri=folder.as_uri(),
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)],
        )
    )


async def _request(client: LanguageClient, method: str, params: Any) -> Any:
    protocol: Any = client.protocol  # pygls leaves it without types
    return await protocol.send_request_async(method, params)


@pytest.mark.parametrize("editor", EDITORS)
async def test_a_session_of_an_editor(editor: str, own_workspace: Path, tmp_path: Path) -> None:
    client = _client()
    begun = await _begin(client, editor, own_workspace, tmp_path)
    offered = begun.capabilities
    assert offered.position_encoding in ("utf-8", "utf-16", "utf-32")
    assert offered.hover_provider
    assert offered.workspace_symbol_provider

    async def is_ready() -> bool:
        return bool((await _request(client, "scholiast/status", {})).state == "ready")

    await eventually(is_ready, "ready")
    found = await _request(client, "scholiast/search", {"query": "sign a cookie", "limit": 2})
    assert found.hits[0].uri.startswith(own_workspace.as_uri())
    named = await client.workspace_symbol_async(types.WorkspaceSymbolParams("CookieSigner"))
    assert named is not None
    assert named[0].name == "CookieSigner"

    path = own_workspace / "src/kiln/views.py"
    document = types.TextDocumentItem(path.as_uri(), "python", 1, path.read_text())
    client.text_document_did_open(types.DidOpenTextDocumentParams(document))
    line = next(n for n, text in enumerate(document.text.splitlines()) if text.startswith("def show_page"))
    hover = await client.text_document_hover_async(
        types.HoverParams(types.TextDocumentIdentifier(document.uri), types.Position(line, 6))
    )
    assert hover is not None
    assert "show_page" in str(hover.contents)
    answer = await _request(client, "scholiast/ask", {"question": "how are session cookies signed?"})
    assert answer.citations
    assert answer.citations[0].uri.startswith(own_workspace.as_uri())

    origin = types.Position(0, 0)
    change = types.TextDocumentContentChangePartial(
        range=types.Range(origin, origin), text="def typed_just_now():\n    pass\n\n\n"
    )
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(2, document.uri), [change])
    )

    async def sees_the_change() -> bool:
        hits = (await _request(client, "scholiast/search", {"query": "typed_just_now"})).hits
        return any("def typed_just_now" in hit.text for hit in hits)

    await eventually(sees_the_change, "the change is searched")
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(document.uri)))
    assert client.messages == []
    assert client.error is None
    await client.shutdown_session()
    await client.stop()  # type: ignore[no-untyped-call]  # as above
