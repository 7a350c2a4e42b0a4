"""A server on the loopback interface that answers as it is told to, well or badly, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any

import msgspec

CHAT, EMBED, MODELS = "/chat/completions", "/embeddings", "/models"
KEY = "sk-Very_Secret-0123456789"
"""For servers that want one."""
REQUEST_BYTES_MAX = 10_000_000


class Asked(msgspec.Struct, frozen=True):
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else None


Reply = Callable[[asyncio.StreamWriter, Asked], Awaitable[None]]


class ScriptedServer:
    """Runs in a thread of its own; for use in a `with` block."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.open = 0
        """Connections that are open now."""
        self.replies: dict[str, list[Reply]] = {}
        """By path: each is used once, but the last one again and again."""
        self.came = threading.Event()
        """Set by each request."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/v1"

    def on(self, path: str, *replies: Reply) -> None:
        """Answer requests for a path in this way, one after the other."""
        self.replies[f"/v1{path}"] = list(replies)

    def asked_for(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == f"/v1{path}"]

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        assert self._started.wait(20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, whatever it is at, as if it were killed."""
        assert self._loop is not None and self._stopping is not None
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(20)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        serving: set[asyncio.Task[None]] = set()

        async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            serving.add(task)
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open += 1
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while True:
                    await self._answer(reader, writer)
            self.open -= 1
            serving.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

        server = await asyncio.start_server(served, sock=self._socket)
        self._started.set()
        await self._stopping.wait()
        server.close()
        for task in list(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        asked = Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
        self.asked.append(asked)
        self.came.set()
        replies = self.replies.get(path) or [status(404, {"error": {"message": "File Not Found"}})]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        gone = asyncio.create_task(_until_gone(reader))
        replying = asyncio.create_task(_reply(reply, writer, asked))
        await asyncio.wait({gone, replying}, return_when=asyncio.FIRST_COMPLETED)
        if not replying.done():  # nobody is there any more
            replying.cancel()
        gone.cancel()
        await asyncio.gather(gone, replying, return_exceptions=True)
        if writer.is_closing() or reader.at_eof():
            raise ConnectionResetError


async def _until_gone(reader: asyncio.StreamReader) -> None:
    """Until the other side has closed the connection; it sends one request at a time, so there is nothing else."""
    while not reader.at_eof():
        await asyncio.sleep(0.005)


async def _reply(reply: Reply, writer: asyncio.StreamWriter, asked: Asked) -> None:
    await reply(writer, asked)
    await writer.drain()


# -- what it may answer -----------------------------------------------------------------------------------------------


def head(code: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {code} Said", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def status(code: int, body: object, headers: Mapping[str, str] | None = None) -> Reply:
    """A whole answer; what is no bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def reply(writer: asyncio.StreamWriter, _: Asked) -> None:
        sent = {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}
        writer.write(head(code, sent) + data)

    return reply


def error(code: int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    return status(code, {"error": {"message": message, "code": code}}, headers)


def event(data: object) -> bytes:
    return f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


def delta(text: str | None = None, ending: str | None = None, **more: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {"content": text} if text else {}, "finish_reason": ending}], **more}


USAGE = {"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 3, "prompt_tokens_details": None}}


class Stream:
    """A stream of events, with what may happen between them."""

    def __init__(self, *parts: bytes | str | Callable[[], Awaitable[None]], chunked: bool = True) -> None:
        self.parts = parts
        self.chunked = chunked

    async def __call__(self, writer: asyncio.StreamWriter, _: Asked) -> None:
        kind = {"Transfer-Encoding": "chunked"} if self.chunked else {"Connection": "close"}
        writer.write(head(200, {"Content-Type": "text/event-stream", **kind}))
        for part in self.parts:
            if callable(part):
                await part()
                continue
            data = event(delta(part)) if isinstance(part, str) else part
            writer.write(b"%x\r\n%b\r\n" % (len(data), data) if self.chunked else data)
            await writer.drain()
        if self.chunked:
            writer.write(b"0\r\n\r\n")
        else:
            writer.close()


def good(*texts: str, ending: str = "stop") -> Stream:
    """An answer as servers stream it."""
    role = event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]})
    return Stream(role, *texts, event(delta(None, ending)), event(USAGE), event("[DONE]"))


async def forever() -> None:
    """Nothing more comes."""
    await asyncio.Event().wait()


async def cut() -> None:
    """The connection breaks."""
    raise ConnectionResetError


class Cut:
    """Another reply, broken off by closing the connection after so many bytes of it have been written."""

    def __init__(self, *parts: bytes | str) -> None:
        self._stream = Stream(*parts, cut)

    async def __call__(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        try:
            await self._stream(writer, asked)
        except ConnectionResetError:
            writer.close()


class Silent:
    """Takes the request, and says nothing."""

    async def __call__(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await forever()


class Endless:
    """Sends the same without end, after a head."""

    def __init__(self, before: bytes, again: bytes) -> None:
        self._before = before
        self._again = again

    async def __call__(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        writer.write(self._before)
        while True:
            writer.write(self._again)
            await writer.drain()
            await asyncio.sleep(0)


def vectors(of: Callable[[str], list[float]]) -> Reply:
    """Vectors of the texts that are asked for."""

    async def reply(writer: asyncio.StreamWriter, asked: Asked) -> None:
        rows = [{"index": place, "embedding": of(text)} for place, text in enumerate(asked.body["input"])]
        await status(200, {"data": rows})(writer, asked)

    return reply


def listing(*names: str, **more: object) -> Reply:
    return status(200, {"object": "list", "data": [{"id": name, "object": "model", **more} for name in names]})
