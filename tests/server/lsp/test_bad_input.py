"""Whatever is sent, the server lives, answers what can be answered, once, and shows the user nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.server.lsp.client import Client, ServerError, until
from tests.server.lsp.conftest import FILES, make_repository

from scholiast_server.lsp.limits import HEADER_BYTES_MAX, MESSAGE_BYTES_MAX
from scholiast_server.lsp.transport import BrokenConversationError, read_message

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
SOON_S = 10.0
on_one_server = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """One server for all: it is to live through all of it."""
    folder = make_repository(tmp_path_factory.mktemp("bad") / "kiln", FILES)
    async with Client(environment={"XDG_STATE_HOME": str(folder.parent)}) as connected:
        await connected.initialize(folder)
        await connected.until_ready()
        yield connected
        assert connected.shown() == []
        assert await connected.shut_down() == 0
        (log,) = folder.parent.rglob("*.log")
        text = log.read_text("utf-8")
        assert "Traceback" not in text, text[text.index("Traceback") - 600 :][:3000]


async def _error_to(client: Client, body: bytes) -> tuple[Any, int]:
    """Id and code of the first error that comes back."""
    place = len(client.received)
    client.send_bytes(body)
    answer = await client.until(lambda message: "error" in message, start=place)
    return answer["id"], answer["error"]["code"]


DEEP = 200_000


NO_REQUESTS: list[tuple[bytes, Any, int]] = [
    (b"", None, PARSE_ERROR),
    (b"{", None, PARSE_ERROR),
    (b"\xff\xfe\x00", None, PARSE_ERROR),
    (b'{"jsonrpc": "2.0", "id": 1, "method": "x" "y"}', None, PARSE_ERROR),
    (b"[" * DEEP + b"]" * DEEP, None, PARSE_ERROR),
    (b'{"a":' * DEEP + b"1" + b"}" * DEEP, None, PARSE_ERROR),
    (b"9" * 10_000, None, PARSE_ERROR),
    (b"3", None, INVALID_REQUEST),
    (b"null", None, INVALID_REQUEST),
    (b'"initialize"', None, INVALID_REQUEST),
    (b"[]", None, INVALID_REQUEST),
    (b'[{"jsonrpc": "2.0", "id": 1, "method": "scholiast/status"}]', None, INVALID_REQUEST),
    (b"{}", None, INVALID_REQUEST),
    (b'{"id": 1, "method": "scholiast/status"}', None, INVALID_REQUEST),
    (b'{"jsonrpc": 2.0, "id": 1, "method": "scholiast/status"}', None, INVALID_REQUEST),
    (b'{"jsonrpc": "2.0"}', None, INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": null, "method": "scholiast/status"}', None, INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": true, "method": "scholiast/status"}', None, INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": 1.5, "method": "scholiast/status"}', None, INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": [1], "method": "scholiast/status"}', None, INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": {"a": 1}, "method": "scholiast/status"}', None, INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": "s", "method": 5}', "s", INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": "s", "method": null}', "s", INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": "s", "method": ""}', "s", METHOD_NOT_FOUND),
    (b'{"jsonrpc": "2.0", "id": "s", "method": "no/such"}', "s", METHOD_NOT_FOUND),
    (b'{"jsonrpc": "2.0", "id": "s", "method": "$/no/such", "params": 3}', "s", METHOD_NOT_FOUND),
    (b'{"jsonrpc": "2.0", "id": "s", "method": "\\ud800"}', "s", METHOD_NOT_FOUND),
    (b'{"jsonrpc": "2.0", "id": -1, "method": "scholiast/search"}', -1, INVALID_PARAMS),
    (b'{"jsonrpc": "2.0", "id": 9007199254740993, "method": "scholiast/search"}', 9007199254740993, INVALID_PARAMS),
    (b'{"jsonrpc": "2.0", "id": "", "method": "scholiast/search", "params": []}', "", INVALID_PARAMS),
    (b'{"jsonrpc": "2.0", "id": "\\ud800", "method": "scholiast/search"}', "\ud800", INVALID_PARAMS),
    (b'\xef\xbb\xbf{"jsonrpc": "2.0", "id": 5, "method": "no/such"}', 5, METHOD_NOT_FOUND),
]


@on_one_server
async def test_what_is_no_request_is_answered(client: Client) -> None:
    for body, message_id, code in NO_REQUESTS:
        assert await _error_to(client, body) == (message_id, code), body[:200]
        await client.request("scholiast/status", {})


SEARCHES: list[Any] = [
    None,
    [],
    "text",
    {},
    {"query": None},
    {"query": ["x"]},
    {"query": "x", "limit": 0},
    {"query": "x", "limit": -1},
    {"query": "x", "limit": 10**9},
    {"query": "x", "limit": 1.5},
    {"query": "x", "limit": "3"},
    {"query": "x", "paths": "src"},
    {"query": "x", "paths": ["src/", "!"]},
    {"query": "x", "paths": ["[z-a]"]},
    {"query": "x", "paths": ["a*" * 40 + "b"]},
    {"query": "x", "tests": "maybe"},
    {"query": "x", "textDocument": "file:///x"},
    {"query": "x", "textDocument": {"uri": None}},
]
TYPED = {"textDocument": {"uri": "file:///x"}, "position": {"line": 0, "character": 0}}
HOVERS: list[Any] = [
    None,
    {},
    [],
    {**TYPED, "position": None},
    {**TYPED, "position": {"line": "0", "character": "x"}},
    {**TYPED, "textDocument": []},
    {"position": TYPED["position"]},
]


@on_one_server
async def test_params_of_the_wrong_type_are_told(client: Client) -> None:
    for method, wrong in [("scholiast/search", params) for params in SEARCHES] + [
        ("textDocument/hover", params) for params in HOVERS if "hoverProvider" in client.capabilities
    ]:
        with pytest.raises(ServerError) as raised:
            await client.request(method, wrong)
        assert raised.value.code == INVALID_PARAMS, (method, wrong)
    for odd in (
        {"query": ""},
        {"query": " \0\n"},
        {"query": "x" * 1_000_000, "limit": 1},
        {"query": "x", "paths": ["[", "", "**/" * 500, "(?", "[[:alpha:]]"]},
        {"query": "x", "languages": ["no such"], "kinds": [""]},
        {"query": "x", "more": {"of": "this"}},
        {"query": "😀𝔘 \u202e\ufeff"},
    ):
        assert "hits" in await client.request("scholiast/search", odd), odd


@on_one_server
async def test_notifications_of_the_wrong_type_are_left_aside(client: Client) -> None:
    methods = (
        "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave",
        "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders",
        "$/cancelRequest", "$/setTrace", "$/progress", "window/workDoneProgress/cancel", "notebookDocument/didOpen",
        "no/such", "initialized", "initialize", "scholiast/search",
    )  # fmt: skip
    no_objects: list[Any] = [None, [], 3, "text"]
    for method in methods:
        for params in (*no_objects, {}, {"textDocument": None}, {"id": []}, {"id": None}, {"changes": {"a": 1}}):
            client.notify(method, params)
    no_ids: list[Any] = [999, "999", None, 1.5, [1], {}, True]
    for message_id in no_ids:
        client.notify("$/cancelRequest", {"id": message_id})
    for answer in (
        {"id": 1, "result": None},
        {"id": 1, "error": None},
        {"id": "x", "error": "text"},
        {"id": "x", "error": {"code": "text"}},
        {"id": [], "result": 1},
        {"id": None, "error": {"code": 1, "message": "2"}},
    ):
        client.send({"jsonrpc": "2.0", **answer})
    assert (await client.request("scholiast/status", {}))["state"] in ("ready", "indexing")


@on_one_server
async def test_each_request_is_answered_once(client: Client) -> None:
    """An id that is still in use is refused; one that was used may come again."""
    start = len(client.received)
    for _ in range(2):
        client.send({"jsonrpc": "2.0", "id": "again", "method": "scholiast/search", "params": {"query": "sign"}})
        await client.until(lambda message: message.get("id") == "again", start=start)
        start = len(client.received)
    twice = {"jsonrpc": "2.0", "id": "twice", "method": "scholiast/search", "params": {"query": "sign"}}
    body = json.dumps(twice).encode()
    client.send_raw((b"Content-Length: %d\r\n\r\n" % len(body) + body) * 2)
    await client.request("scholiast/status", {})
    client.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "twice"}})
    many = [client.start("scholiast/search", {"query": f"page {number}"}) for number in range(100)]
    for message_id, _ in many[::3]:
        client.cancel(message_id)
    await asyncio.gather(*(future for _, future in many), return_exceptions=True)
    await client.request("scholiast/status", {})
    assert [len(client.answers(message_id)) for message_id, _ in many] == [1] * 100
    codes = [answer.get("error", {}).get("code") for answer in client.answers("twice")]
    assert len(codes) == 2
    assert INVALID_REQUEST in codes


@on_one_server
async def test_headers_are_read_as_clients_write_them(client: Client) -> None:
    body = b'{"jsonrpc": "2.0", "id": "%d", "method": "scholiast/status"}'
    headers = (
        b"Content-Length: %d\r\n\r\n",
        b"content-length:%d\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length:  %d \r\n\r\n",
        b"Content-Length: %d\r\nX-Other: 1\r\n\r\n",
        b"\r\n\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length: %d\n\n",
        b"Content-Length: -5\r\nContent-Length: %d\r\n\r\n",
        b"no header at all\r\n: : :\r\n\x00\xff\r\nContent-Length: %d\r\n\r\n",
        b"x" * (HEADER_BYTES_MAX // 2) + b"\r\nContent-Length: %d\r\n\r\n",
    )
    for number, header in enumerate(headers):
        message = body % number
        for piece in header % len(message), message[:10], message[10:]:
            client.send_raw(piece)
            await asyncio.sleep(0)
        await until(lambda number=number: bool(client.answers(str(number))), f"an answer to {header!r}")  # type: ignore[misc]


@pytest.mark.parametrize(
    "sent",
    [
        b"x" * (HEADER_BYTES_MAX + 1),
        b"x\r\n" * HEADER_BYTES_MAX,
        b"Content-Length: %d\r\n\r\n" % (MESSAGE_BYTES_MAX + 1),
        b"Content-Length: 99999999999999999999999999\r\n" * 500,
    ],
)
def test_what_can_not_be_cut_into_messages_ends_the_conversation(sent: bytes) -> None:
    with pytest.raises(BrokenConversationError):
        read_message(BytesIO(sent))


@pytest.mark.parametrize(
    "sent", [b"", b"Content-Length: 5\r\n\r\n{}", b"Content-Len", b"Content-Length: 5\r\n", b"garbage"]
)
def test_a_cut_message_is_the_end(sent: bytes) -> None:
    assert read_message(BytesIO(sent)) is None


@pytest.mark.parametrize(
    "sent", [b"y" * 40_000, b"Content-Length: 400000000\r\n\r\n", b"Content-Length: 1000\r\n\r\n{", b""]
)
async def test_the_process_ends_with_its_conversation(sent: bytes, tmp_path: Path) -> None:
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as broken:
        began = time.monotonic()
        broken.send_raw(sent)
        assert broken.process.stdin is not None
        if len(sent) < 40_000 and b"400000000" not in sent:
            broken.process.stdin.close()
        assert await asyncio.wait_for(broken.process.wait(), SOON_S) == 1
        assert time.monotonic() - began < SOON_S
