"""A small raw client of language servers: sends what it is told to, right or wrong, and keeps all that comes back."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import IO, Any

WAIT_S = 30.0
"""Longer than anything takes: past it a test fails."""

NEOVIM: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-8", "utf-16", "utf-32"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {"configuration": True, "workspaceFolders": True, "applyEdit": True},
    "textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]}},
}
VSCODE: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {
        "configuration": True,
        "workspaceFolders": True,
        "applyEdit": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "codeLens": {"refreshSupport": True},
    },
    "textDocument": {
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "codeAction": {"resolveSupport": {"properties": ["edit"]}},
    },
}


class ServerError(Exception):
    """An error that the server answered with."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error.get("message"))
        self.code = int(error["code"])


class Client:
    """One server process and the conversation with it. Use it in an `async with` block."""

    def __init__(
        self, *arguments: str, environment: Mapping[str, str] | None = None, stderr: IO[bytes] | None = None
    ) -> None:
        self._stderr = stderr
        self._arguments = arguments or ("-m", "scholiast_server", "serve")
        self._environment = {**os.environ, **(environment or {})}
        self._waiting: dict[Any, asyncio.Future[Any]] = {}
        self._next_id = 0
        self._news = asyncio.Condition()
        self.capabilities: dict[str, Any] = {}
        """The server's, from `initialize` on."""
        self.received: list[dict[str, Any]] = []
        """All messages, in order."""
        self.replies: dict[str, Callable[[Any], Any]] = {
            "workspace/configuration": lambda params: [None for _ in params["items"]],
            "client/registerCapability": lambda _: None,
            "window/workDoneProgress/create": lambda _: None,
            "window/showDocument": lambda _: {"success": True},
            "workspace/applyEdit": lambda _: {"applied": True},
            "workspace/codeLens/refresh": lambda _: None,
        }
        """What the server's own requests are answered with."""

    async def __aenter__(self) -> Client:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *self._arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=self._stderr,
            env=self._environment, limit=2**27,
        )  # fmt: skip
        self._reading = asyncio.ensure_future(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading

    # -- what a client does -------------------------------------------------------------------------------------

    async def initialize(self, *folders: Path, capabilities: Mapping[str, Any] = NEOVIM, **more: Any) -> Any:
        """Open folders; gives the server's capabilities."""
        result = await self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folders[0].as_uri() if folders else None,
                "capabilities": dict(capabilities),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name} for folder in folders],
                **more,
            },
        )
        self.capabilities = result["capabilities"]
        self.notify("initialized", {})
        return result

    async def shut_down(self) -> int:
        """End in order; gives the exit code."""
        await self.request("shutdown", None)
        self.notify("exit", None)
        return await asyncio.wait_for(self.process.wait(), WAIT_S)

    async def until_ready(self) -> dict[str, Any]:
        """Wait until all folders are indexed, for the first time."""
        return await self.until_state("ready", "problem", "paused")

    async def until_state(self, *states: str, start: int = 0) -> dict[str, Any]:
        """The first status told from place `start` on that is one of these, of folders."""
        message = await self.until(
            lambda message: (
                message.get("method") == "scholiast/statusChanged"
                and message["params"]["state"] in states
                and message["params"]["message"] != "no folder is open"
            ),
            start=start,
        )
        status: dict[str, Any] = message["params"]
        return status

    async def search(self, query: str, limit: int = 10, **more: Any) -> list[dict[str, Any]]:
        """The hits of `scholiast/search`."""
        found = await self.request("scholiast/search", {"query": query, "limit": limit, **more})
        hits: list[dict[str, Any]] = found["hits"]
        return hits

    async def until_found(self, query: str, wanted: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The first hits of a search, asked again and again, that are wanted."""
        hits: list[dict[str, Any]] = []

        async def ask() -> bool:
            nonlocal hits
            hits = await self.search(query)
            return wanted(hits)

        await eventually(ask, f"a search for {query!r}")
        return hits

    def open(self, path: Path, text: str | None = None, language: str = "python") -> str:
        """Open a document; gives its URI."""
        text = path.read_text() if text is None else text
        item = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return path.as_uri()

    def change(self, uri: str, version: int, *changes: Mapping[str, Any] | str) -> None:
        """Change an open document; a string is its whole text."""
        content = [{"text": change} if isinstance(change, str) else dict(change) for change in changes]
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": content})

    def tell(self, what: str, uri: str) -> None:
        """`didSave` or `didClose` of a document."""
        self.notify(f"textDocument/{what}", {"textDocument": {"uri": uri}})

    def cancel(self, message_id: int) -> None:
        self.notify("$/cancelRequest", {"id": message_id})

    # -- messages -----------------------------------------------------------------------------------------------

    def start(self, method: str, params: Any) -> tuple[int, asyncio.Future[Any]]:
        """Send a request; gives its id and its result to come."""
        self._next_id += 1
        future = self._waiting[self._next_id] = asyncio.get_running_loop().create_future()
        self.send({"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params})
        return self._next_id, future

    async def request(self, method: str, params: Any) -> Any:
        """The result of a request. Raises ServerError when the server answers with an error."""
        return await asyncio.wait_for(self.start(method, params)[1], WAIT_S)

    def notify(self, method: str, params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: Any) -> None:
        self.send_bytes(json.dumps(message).encode())

    def send_bytes(self, body: bytes) -> None:
        self.send_raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def send_raw(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    async def until(self, wanted: Callable[[dict[str, Any]], bool], *, start: int = 0) -> dict[str, Any]:
        """The first message from place `start` on, received already or to come, that is wanted."""

        async def look() -> dict[str, Any]:
            place = start
            async with self._news:
                while True:
                    while place < len(self.received):
                        if wanted(self.received[place]):
                            return self.received[place]
                        place += 1
                    await self._news.wait()

        return await asyncio.wait_for(look(), WAIT_S)

    def answers(self, message_id: Any) -> list[dict[str, Any]]:
        """All answers to a request so far: there should be one."""
        return [message for message in self.received if "method" not in message and message.get("id") == message_id]

    def shown(self) -> list[str]:
        """All messages that the user has got to see so far."""
        kinds = ("window/showMessage", "window/showMessageRequest")
        return [message["params"]["message"] for message in self.received if message.get("method") in kinds]

    def notifications(self, method: str) -> list[Any]:
        """Params of all notifications of a method so far."""
        return [message["params"] for message in self.received if message.get("method") == method]

    async def _read(self) -> None:
        while (message := await self._message()) is not None:
            self._take(message)
            async with self._news:
                self.received.append(message)
                self._news.notify_all()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the server is gone"))
                future.exception()

    async def _message(self) -> dict[str, Any] | None:
        assert self.process.stdout is not None
        try:
            header = await self.process.stdout.readuntil(b"\r\n\r\n")
            length = int(header.lower().partition(b"content-length:")[2].split()[0])
            message: dict[str, Any] = json.loads(await self.process.stdout.readexactly(length))
        except asyncio.IncompleteReadError:
            return None
        return message

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            if "id" in message and (reply := self.replies.get(message["method"])) is not None:
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": reply(message.get("params"))})
            return
        future = self._waiting.pop(message.get("id"), None)
        if future is None or future.done():
            return
        if "error" in message:
            future.set_exception(ServerError(message["error"]))
        else:
            future.set_result(message.get("result"))


async def eventually(holds: Callable[[], Awaitable[bool]], what: str, wait_s: float = WAIT_S) -> None:
    """Wait until a condition holds, looking often."""
    end = time.monotonic() + wait_s
    while not await holds():
        assert time.monotonic() < end, f"{what}: not within {wait_s:.0f} s"
        await asyncio.sleep(0.02)


async def until(holds: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
    """As `eventually`, for a condition that needs no waiting itself."""

    async def look() -> bool:
        return holds()

    await eventually(look, what, wait_s)
