"""A language server whose user has set a server that writes: streamed, cancelled, killed in the middle, offline."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tests.server.models.endpoint.needed  # noqa: F401  (skips)
from tests.server.lsp.client import Client, ServerError, until
from tests.server.lsp.conftest import Connect
from tests.server.models.endpoint.scripted import (
    CHAT,
    EMBED,
    KEY,
    Cut,
    ScriptedServer,
    Stream,
    error,
    forever,
    good,
    vectors,
)

CANCELLED, REQUEST_FAILED = -32800, -32803
CANCEL_MAX_S = 1.0
"""Ten times what it takes on a machine at rest."""
ASKED = {"question": "how is a session cookie signed?", "id": "mine"}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        server.on(CHAT, good("`CookieSigner` signs ", "it ", "[1]."))
        yield server


def variables(server: ScriptedServer, **more: str) -> dict[str, str]:
    told = {"URL": server.url, "MODEL": "coder", "KEY": KEY, **more}
    return {f"SCHOLIAST_ENDPOINT_{name}": value for name, value in told.items()}


def texts(client: Client) -> list[str]:
    return [delta["text"] for delta in client.notifications("scholiast/answerDelta") if delta["id"] == "mine"]


async def test_an_answer_streams_and_names_its_server(
    workspace: Path, connect: Connect, server: ScriptedServer
) -> None:
    async with connect(workspace, variables=variables(server)) as client:
        assert (await client.request("scholiast/status", {}))["engine"] == "endpoint"
        assert not server.asked
        answer = await client.request("scholiast/ask", ASKED)
        assert texts(client) == ["`CookieSigner` signs ", "it ", "[1]."]
        assert answer["engine"] == "endpoint" and answer["citations"][0]["status"] == "verified"
        assert (answer["provenance"]["model"], answer["provenance"]["host"]) == ("coder", server.host)
        assert KEY not in repr(client.received)


async def test_a_cancelled_question_ends_the_request_at_once(
    workspace: Path, connect: Connect, server: ScriptedServer
) -> None:
    server.on(CHAT, Stream("`CookieSigner`", forever))
    async with connect(workspace, variables=variables(server)) as client:
        number, future = client.start("scholiast/ask", ASKED)
        await client.until(lambda message: message.get("method") == "scholiast/answerDelta")
        began_s = time.perf_counter()
        client.cancel(number)
        with pytest.raises(ServerError) as raised:
            await future
        assert raised.value.code == CANCELLED
        await until(lambda: not server.open, "the end of the connection")
        assert time.perf_counter() - began_s < CANCEL_MAX_S
        server.on(CHAT, good("Here [1]."))
        assert (await client.request("scholiast/ask", ASKED))["text"] == "Here [1]."


async def test_what_goes_wrong_is_one_line_and_the_next_question_is_answered(
    workspace: Path, connect: Connect, server: ScriptedServer
) -> None:
    async with connect(workspace, variables=variables(server)) as client:
        for reply, told in (
            (Cut("`Cookie"), "broke off in the middle"),
            (error(401, f"bad key {KEY}"), "refuses the key from the environment variable SCHOLIAST_ENDPOINT_KEY"),
            (error(400, "no"), "does not take the request (status 400): no."),
        ):
            server.on(CHAT, reply)
            with pytest.raises(ServerError) as raised:
                await client.request("scholiast/ask", ASKED)
            message = str(raised.value)
            assert raised.value.code == REQUEST_FAILED and told in message and "\n" not in message
            assert server.host in message and KEY not in message
        server.on(CHAT, good("Here [1]."))
        assert (await client.request("scholiast/ask", ASKED))["found"]
        assert not client.notifications("window/showMessage")


async def test_a_server_that_is_killed_in_mid_stream_is_told(
    workspace: Path, connect: Connect, server: ScriptedServer
) -> None:
    server.on(CHAT, Stream("`CookieSigner`", forever))
    async with connect(workspace, variables=variables(server)) as client:
        _, future = client.start("scholiast/ask", ASKED)
        await client.until(lambda message: message.get("method") == "scholiast/answerDelta")
        server.stop()
        with pytest.raises(ServerError, match="broke off in the middle"):
            await future
        with pytest.raises(ServerError, match="can't be reached: Connection refused"):
            await client.request("scholiast/ask", ASKED)
        assert (await client.search("retry_request"))[0]["path"] == "src/kiln/cookies.py"


async def test_offline_on_the_command_line_no_editor_changes(
    workspace: Path, connect: Connect, server: ScriptedServer
) -> None:
    program = ("-m", "scholiast_server", "serve", "--offline")
    options: dict[str, Any] = {"initializationOptions": {"endpoint": {"offline": False}}}
    async with connect(workspace, variables=variables(server), program=program, **options) as client:
        with pytest.raises(ServerError, match=r"was not asked: endpoint\.offline is set"):
            await client.request("scholiast/ask", ASKED)
    assert not server.asked


async def test_vectors_of_a_server_are_searched_with_until_it_is_away(
    own_workspace: Path, connect: Connect, server: ScriptedServer
) -> None:
    server.on(EMBED, vectors(lambda text: [float(text.count(letter)) + 0.1 for letter in "abcdefghijklmnop"]))
    async with connect(own_workspace, variables=variables(server, EMBEDDING_MODEL="embedder")) as client:
        question = "send a request again"
        await client.until_found(
            question, lambda _: any(question in asked.body["input"] for asked in server.asked_for(EMBED))
        )
        server.on(EMBED, error(500, "out of memory"))
        assert (await client.search("retry_request"))[0]["path"] == "src/kiln/cookies.py"
