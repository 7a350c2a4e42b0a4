"""What pygls 2.1 leaves undone or does otherwise, each with what this server does in its place.

The overrides touch private names: whoever raises the pin of pygls finds here what each of them is for.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Any

import pytest
import pytest_asyncio
from lsprotocol import types
from tests.server.lsp.client import NEOVIM, VSCODE, Client, ServerError, eventually, until

from scholiast_server.lsp.documents import Documents
from scholiast_server.lsp.features import register
from scholiast_server.lsp.limits import BACKGROUND_THREADS
from scholiast_server.lsp.server import Server
from scholiast_server.lsp.transport import Writer, read_message

EXTENDED = str(Path(__file__).with_name("extended.py"))
CANCELLED, INVALID_PARAMS, METHOD_NOT_FOUND, INTERNAL_ERROR = -32800, -32602, -32601, -32603
SOON_S = 1.0
"""What a server that is not held up answers well within, on a machine under load too."""


on_one_server = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's log and its standard error lie."""
    return tmp_path_factory.mktemp("home")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(home: Path) -> AsyncIterator[Client]:
    """Of the extended server, with no folder open; one for all that leave it alive."""
    with (home / "stderr").open("wb") as stderr:
        async with Client(EXTENDED, environment=_home(home), stderr=stderr) as connected:
            await connected.initialize()
            yield connected
            assert connected.shown() == []
            assert await connected.shut_down() == 0


def _home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])}


async def _code_of(client: Client, method: str, params: Any) -> int:
    with pytest.raises(ServerError) as raised:
        await client.request(method, params)
    return raised.value.code


async def _ended(client: Client, count: int, what: str) -> None:
    def have() -> bool:
        return [params["what"] for params in client.notifications("test/ended")].count(what) >= count

    await until(have, f"{count} of {what} ended", SOON_S * 3)


@on_one_server
async def test_cancelling_reaches_what_is_at_work(client: Client) -> None:
    """1: in pygls a cancelled command runs on to its end. 2: its thread handlers can't be cancelled at all.
    3: they take the thread that reads. 12: handlers that are no coroutines see a cancel too late."""
    command = client.start("workspace/executeCommand", {"command": "test.sleeps"})
    await client.request("test/echo", {})
    client.cancel(command[0])
    with pytest.raises(ServerError) as raised:
        await command[1]
    assert raised.value.code == CANCELLED
    await _ended(client, 1, "command")

    blocking = [client.start("test/blocks", {}) for _ in range(BACKGROUND_THREADS)]
    await until(lambda: len(client.notifications("test/began")) >= BACKGROUND_THREADS, "all threads are at work")
    began = time.monotonic()
    await client.request("scholiast/status", {})
    assert time.monotonic() - began < SOON_S, "it hears although all threads are at work"
    for message_id, _ in blocking:
        client.cancel(message_id)
    gathered = await asyncio.gather(*(future for _, future in blocking), return_exceptions=True)
    assert {getattr(error, "code", None) for error in gathered} == {CANCELLED}
    await _ended(client, BACKGROUND_THREADS, "thread")

    message_id, answer = client.start("test/blocks", {})
    client.cancel(message_id)  # both are in the pipe before the first one is acted on
    with pytest.raises(ServerError) as raised:
        await answer
    assert raised.value.code == CANCELLED
    assert len(client.answers(message_id)) == 1


def test_every_handler_that_may_wait_is_a_coroutine() -> None:
    """12: a handler that is none holds up the event loop. Those of documents are done at once, in order."""
    server = Server()
    register(server)
    done_at_once = {name for name in server.protocol.fm.features if name.startswith("textDocument/did")}
    waiting = {
        name: handler
        for name, handler in server.protocol.fm.features.items()
        if name not in done_at_once | {"initialize"}
    }
    assert len(done_at_once) == 4
    assert [name for name, handler in waiting.items() if not inspect.iscoroutinefunction(handler)] == []
    assert all(inspect.iscoroutinefunction(command) for command in server.protocol.commands.values())


@on_one_server
async def test_a_reply_that_nobody_waits_for_is_dropped(client: Client) -> None:
    """4: pygls shows the user an error when a late reply meets a future that was cancelled."""
    del client.replies["window/showDocument"]
    message_id, answer = client.start("test/asks", {})
    question = await client.until(lambda message: message.get("method") == "window/showDocument")
    client.cancel(message_id)
    with pytest.raises(ServerError):
        await answer
    client.send({"jsonrpc": "2.0", "id": question["id"], "result": {"success": True}})
    client.send({"jsonrpc": "2.0", "id": question["id"], "error": {"code": 1, "message": "twice"}})
    client.send({"jsonrpc": "2.0", "id": "never asked", "result": 1})

    own_id, own = client.start("test/blocks", {})
    client.send({"jsonrpc": "2.0", "id": own_id, "result": "an answer to the client's own request"})
    await client.request("test/echo", {})
    client.cancel(own_id)
    with pytest.raises(ServerError) as raised:
        await own
    assert raised.value.code == CANCELLED, "it was still at work"
    assert client.shown() == []


@on_one_server
async def test_all_params_are_answered(client: Client) -> None:
    """5: in pygls a "jsonrpc" key inside params, and 6: params that do not fit, leave a request without an answer.
    7: params of custom methods become named tuples, in which `class` is `_0`."""
    odd = {"jsonrpc": "2.0", "class": 1, "_0": 2, "id": 7, "method": "x", "deep": [{"jsonrpc": "1.0", "def": {}}]}
    assert await client.request("test/echo", odd) == odd
    for params in ([1, 2], "text", 3, None):
        assert await client.request("test/echo", params) == params
    assert await client.request("scholiast/search", {"query": "x", "jsonrpc": "2.0"}) == {"query": "x", "hits": []}

    for method, wrong in (
        ("textDocument/hover", {"x": 1}),
        ("textDocument/hover", []),
        ("textDocument/hover", {"textDocument": {"uri": 3}, "position": {"line": "a", "character": 0}}),
        ("workspace/executeCommand", {"command": ["test.sleeps"]}),
        ("workspace/executeCommand", {"command": "no such command"}),
        ("scholiast/search", {"query": 3}),
        ("scholiast/search", None),
        ("scholiast/status", [1]),
    ):
        assert await _code_of(client, method, wrong) in (INVALID_PARAMS, METHOD_NOT_FOUND), (method, wrong)
    assert await _code_of(client, "test/unwritable", {}) == INTERNAL_ERROR
    assert client.shown() == []


@on_one_server
async def test_what_fails_is_logged_and_not_shown(client: Client, home: Path) -> None:
    """8: pygls shows the user whatever a handler raises. 9: what is printed breaks its conversation."""
    client.notify("test/fails", {})
    assert await _code_of(client, "test/fails", {}) == INTERNAL_ERROR
    client.notify("textDocument/didChange", {"textDocument": 3})
    client.notify("no/such/notification", {})
    assert await client.request("test/prints", {"a": 1}) == "printed"
    assert await client.request("test/echo", [1]) == [1]
    assert client.shown() == []
    told = (home / "stderr").read_text()
    for line in ("a defect of ours", "printed {'a': 1}", "written to the stream", "written to the descriptor"):
        assert line in told
    assert "by a child" in told


@on_one_server
async def test_nothing_is_kept_of_what_has_run(client: Client) -> None:
    """15, beyond the list: pygls keeps the future of each notification whose handler is a coroutine."""
    for _ in range(50):
        client.notify("test/echo", {})
        client.notify("workspace/didChangeWatchedFiles", {"changes": []})

    async def is_forgotten() -> bool:
        return bool(await client.request("test/requests", {}) <= 1)  # itself

    await eventually(is_forgotten, "all but the request itself is forgotten", SOON_S * 3)


class Sent:
    """Takes what the server writes."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(
    ("offered", "chosen", "units"),
    [
        (NEOVIM["general"]["positionEncodings"], "utf-8", 10),
        (VSCODE["general"]["positionEncodings"], "utf-16", 5),
        (["utf-32"], "utf-32", 3),
        (["klingon"], "utf-16", 5),
        (None, "utf-16", 5),
    ],
)
async def test_positions_count_in_what_was_negotiated(offered: list[str] | None, chosen: str, units: int) -> None:
    """10: pygls has a string for what was negotiated and an enumeration for the default."""
    server, sent = Server(), Sent()
    register(server)
    server.protocol.set_writer(sent)
    server.started()
    general = {} if offered is None else {"general": {"positionEncodings": offered}}
    params = {"processId": None, "rootUri": None, "capabilities": general}
    server.protocol.handle_data({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
    assert f'"positionEncoding":"{chosen}"'.encode() in sent.data
    document = server.documents.open("file:///a", "text", 1, "x\n😀é𝔘")
    end = document.lines.range_of_lines(1, 2, server.encoding).end
    assert (end.line, end.character) == (1, units)
    await server.close()


@pytest.mark.parametrize(("line", "character"), [(1, 3), (1, 99), (2, 0), (99, 99)])
def test_an_edit_past_the_end_of_a_last_line_is_at_its_end(line: int, character: int) -> None:
    """11: pygls takes such a position, in a last line without a terminator, for one before the end."""
    documents = Documents()
    documents.open("file:///a", "text", 1, "one\ntwo")
    place = types.Position(line, character)
    change = types.TextDocumentContentChangePartial(range=types.Range(place, place), text="!")
    changed = documents.change("file:///a", 2, [change])
    assert changed is not None
    assert changed.text == "one\ntwo!"


@pytest.mark.parametrize("method", ["test/blocks", "test/blocks/deaf"])
async def test_it_ends_with_its_client_whatever_threads_do(method: str, tmp_path: Path) -> None:
    """13: with a thread handler at work, pygls ends only after it."""
    async with Client(EXTENDED, environment=_home(tmp_path)) as client:
        await client.initialize()
        client.start(method, {})
        await client.request("test/echo", {})
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert await asyncio.wait_for(client.process.wait(), SOON_S * 5) == 1


def test_any_thread_may_write() -> None:
    """14: in pygls messages that threads write to a socket at once are mixed up."""
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as source, os.fdopen(write_end, "wb") as sink:
        writer = Writer(sink, lambda: None)
        bodies = [b"x" * (1 + 37 * number % 5_000) for number in range(400)]

        def write() -> None:
            for body in bodies:
                writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

        threads = [threading.Thread(target=write) for _ in range(6)]
        for thread in threads:
            thread.start()
        received = [_required(source) for _ in range(6 * len(bodies))]
        for thread in threads:
            thread.join()
        writer.close()
    assert sorted(received) == sorted(bodies * 6)


def test_a_client_that_reads_no_more_is_given_up() -> None:
    read_end, write_end = os.pipe()
    given_up = threading.Event()
    with os.fdopen(read_end, "rb"), os.fdopen(write_end, "wb", buffering=0) as sink:
        writer = Writer(sink, given_up.set, bytes_max=1_000_000)
        for _ in range(200):
            writer.write(b"x" * 10_000)
        assert given_up.is_set()
        os.set_blocking(write_end, False)


def _required(source: IO[bytes]) -> bytes:
    body = read_message(source)  # type: ignore[arg-type]  # a pipe is one
    assert body is not None
    return body


def test_requests_that_are_forgotten_while_all_are_cancelled_do_not_hold_up_the_end() -> None:
    """pygls goes through its dictionary at `shutdown` while cancelling changes it."""
    server = Server()
    pending: dict[Any, Any] = server.protocol._request_futures
    pending.update({number: object() for number in range(5)})
    for number, _ in pending.items():  # as pygls does it
        pending.pop(number)
        pending[f"another {number}"] = object()
    assert len(pending) == 5
