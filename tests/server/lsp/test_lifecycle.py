"""From the first byte to the exit code: order of messages, the client's end, sockets, the log."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import NEOVIM, Client, ServerError, until
from tests.server.lsp.conftest import Connect
from tests.server.lsp.processes import children_of, is_running

from scholiast_indexer import __version__
from scholiast_server.lsp.features import register
from scholiast_server.lsp.parent import when_gone
from scholiast_server.lsp.server import Server

NOT_INITIALIZED, INVALID_REQUEST = -32002, -32600
SOON_S = 10.0
"""Within it a server ends, under load too."""


async def _code_of(client: Client, method: str, params: Any) -> int:
    with pytest.raises(ServerError) as raised:
        await client.request(method, params)
    return raised.value.code


async def test_messages_out_of_order_are_answered(workspace: Path, tmp_path: Path) -> None:
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:
        client.notify("initialized", {})
        client.notify("textDocument/didOpen", {"textDocument": {}})
        assert await _code_of(client, "scholiast/status", {}) == NOT_INITIALIZED
        assert await _code_of(client, "shutdown", None) == NOT_INITIALIZED
        await client.initialize(workspace)
        client.notify("initialized", {})
        assert await _code_of(client, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}) == (
            INVALID_REQUEST
        )
        await client.until_ready()
        assert len((await client.request("scholiast/status", {}))["folders"]) == 1
        await client.request("shutdown", None)
        assert await _code_of(client, "scholiast/status", {}) == INVALID_REQUEST
        assert await _code_of(client, "shutdown", None) == INVALID_REQUEST
        client.notify("textDocument/didOpen", {"textDocument": {}})
        client.notify("exit", None)
        assert await asyncio.wait_for(client.process.wait(), SOON_S) == 0


TOLD = {
    "textDocument/didOpen": "textDocumentSync.openClose",
    "textDocument/didClose": "textDocumentSync.openClose",
    "textDocument/didChange": "textDocumentSync.change",
    "textDocument/didSave": "textDocumentSync.save",
    "textDocument/hover": "hoverProvider",
    "textDocument/codeAction": "codeActionProvider",
    "textDocument/codeLens": "codeLensProvider",
    "codeLens/resolve": "codeLensProvider.resolveProvider",
    "textDocument/inlineCompletion": "inlineCompletionProvider",
    "workspace/symbol": "workspaceSymbolProvider",
    "workspace/didChangeWorkspaceFolders": "workspace.workspaceFolders.changeNotifications",
    "workspace/executeCommand": "executeCommandProvider",
}
"""Where a client looks for whether a method is there."""
UNTOLD = {
    "initialize",
    "initialized",
    "shutdown",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles",
}
"""Methods that clients send or offer by themselves."""


async def test_clients_are_told_of_every_method_that_they_have_to_be_told_of(workspace: Path, tmp_path: Path) -> None:
    server = Server()
    register(server)
    standard = {method for method in server.protocol.fm.features if not method.startswith("scholiast/")}
    assert standard - UNTOLD <= {*TOLD}, "each has its place here"
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:
        await client.initialize(workspace)
        for method, path in TOLD.items():
            found: Any = client.capabilities
            for name in path.split("."):
                found = found.get(name)
            assert found not in (None, False), method


@pytest.mark.parametrize("ending", ["exit", "end of input", "killed client"])
async def test_an_end_without_shutdown_is_told_by_the_code(ending: str, workspace: Path, connect: Connect) -> None:
    """The client's end of the pipe may stay open, held by another process: its own process is looked for too."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stand_in:
        async with connect(workspace, processId=stand_in.pid) as client:
            children = children_of(client.process.pid)
            assert client.process.stdin is not None
            if ending == "exit":
                client.notify("exit", None)
            elif ending == "end of input":
                client.process.stdin.close()
            else:
                stand_in.kill()
                stand_in.wait()
            assert await asyncio.wait_for(client.process.wait(), SOON_S) == 1
            await until(lambda: not any(map(is_running, children)), "its workers end too", SOON_S)
        stand_in.kill()


async def test_a_process_that_was_never_there_ends_nothing() -> None:
    """It runs in another container."""
    gone: list[int] = []
    for process_id in (None, 0, -1, 2**22 + 1, 2**70):
        await asyncio.wait_for(when_gone(process_id, lambda: gone.append(1), poll_s=0.01), 1)
    assert gone == []


def test_the_version_is_told() -> None:
    command = [sys.executable, "-m", "scholiast_server", "--version"]
    assert __version__ in subprocess.run(command, capture_output=True, text=True, check=True).stdout


async def test_a_socket_serves_one_client(workspace: Path, tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scholiast_server", "serve", "--tcp", "0",
        stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip
    assert server.stderr is not None
    host, _, port = (await server.stderr.readline()).decode().split()[-1].rpartition(":")
    assert host == "127.0.0.1"
    reader, writer = await asyncio.open_connection(host, int(port))

    def send(message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def receive() -> Any:
        header = await reader.readuntil(b"\r\n\r\n")
        return json.loads(await reader.readexactly(int(header.split(b":")[1])))

    params = {"processId": None, "rootUri": workspace.as_uri(), "capabilities": NEOVIM}
    send({"id": 1, "method": "initialize", "params": params})
    assert (await receive())["result"]["serverInfo"] == {"name": "scholiast", "version": __version__}
    send({"id": 2, "method": "shutdown"})
    assert await receive() == {"jsonrpc": "2.0", "id": 2, "result": None}
    send({"method": "exit"})
    assert await asyncio.wait_for(server.wait(), SOON_S) == 0
    writer.close()


async def test_the_log_holds_what_happened_and_none_of_the_code(own_workspace: Path, tmp_path: Path) -> None:
    secret = "a_name_that_only_this_code_has"
    chosen = tmp_path / "chosen.log"
    for arguments, state, log in (
        ((), tmp_path / "state", tmp_path / "state" / "scholiast" / "server.log"),
        (("--log", str(chosen)), tmp_path / "none", chosen),
    ):
        environment = {"XDG_STATE_HOME": str(state)}
        async with Client("-m", "scholiast_server", "serve", *arguments, environment=environment) as client:
            await client.initialize(own_workspace)
            await client.until_ready()
            uri = client.open(own_workspace / "src/kiln/views.py", f"def {secret}():\n    pass\n")
            client.change(uri, 1_000, f"{secret} = 1\n")
            client.change(uri, 1, f"{secret} = 2\n")
            client.tell("didSave", f"{uri}x")
            await client.until_found(secret, bool)
            assert await client.shut_down() == 0
        told = log.read_text()
        assert "version 1 comes after 1000" in told
        assert secret not in told
    assert not (tmp_path / "none").exists()


async def test_without_a_place_for_a_log_it_serves_all_the_same(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path / "state")}) as client:
        await client.initialize(workspace)
        assert (await client.until_ready())["state"] == "ready"
        assert await client.shut_down() == 0
