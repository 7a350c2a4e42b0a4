"""A real server with features of its own beside, which do what features must never do. Run as a script."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from scholiast_server.lsp.main import serve_stdio
from scholiast_server.lsp.server import Server

PATIENCE_S = 20.0
"""How long what nobody stops goes on: much longer than a test that fails waits for it."""


def extend(server: Server) -> None:
    """Give the server the features that the tests speak of."""
    _features_that_fail(server)
    _features_that_block(server)
    _features_that_ask(server)


def _features_that_fail(server: Server) -> None:
    @server.feature("test/fails")
    async def fails(_params: Any) -> None:
        raise ValueError("a defect of ours")

    @server.feature("test/prints")
    async def prints(params: Any) -> str:
        print("printed", params)
        sys.stdout.write("written to the stream\n")
        os.write(1, b"written to the descriptor\n")
        subprocess.run([sys.executable, "-c", "print('by a child'); input()"], check=False, stderr=subprocess.DEVNULL)
        return "printed"

    @server.feature("test/echo")
    async def echo(params: Any) -> Any:
        return params

    @server.feature("test/unwritable")
    async def unwritable(_params: Any) -> Any:
        return {"nested": {1, 2}}

    @server.feature("test/requests")
    async def requests(_params: Any) -> int:
        return len(server.protocol._request_futures)


def _features_that_block(server: Server) -> None:
    def told(what: str) -> None:
        server.protocol.notify("test/ended", {"what": what})

    async def command(_server: Server, _arguments: list[Any]) -> str:
        try:
            await asyncio.sleep(PATIENCE_S)
        except asyncio.CancelledError:
            told("command")
            raise
        return "slept"

    server.protocol.add_command("test.sleeps", command)

    @server.feature("test/blocks")
    async def blocks(_params: Any) -> str:
        loop = asyncio.get_running_loop()

        def work(cancelled: Callable[[], bool]) -> str:
            loop.call_soon_threadsafe(server.protocol.notify, "test/began", {})
            pause = threading.Event()
            while not cancelled():
                pause.wait(0.01)
            loop.call_soon_threadsafe(told, "thread")
            return "stopped"

        return await server.background.run(work)

    @server.feature("test/blocks/deaf")
    async def blocks_for_good(_params: Any) -> None:
        """A thread that never asks whether it was cancelled."""
        await server.background.run(lambda _: threading.Event().wait(PATIENCE_S))


def _features_that_ask(server: Server) -> None:
    @server.feature("test/asks")
    async def asks(_params: Any) -> Any:
        params = types.ShowDocumentParams(uri="file:///x")
        return await server.window_show_document_async(params)


if __name__ == "__main__":
    sys.exit(serve_stdio(extend))
