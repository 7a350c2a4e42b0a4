"""What a server answers, well or badly, and what comes of it: text, vectors, or one fault with a reason."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest
import tests.server.models.endpoint.needed  # noqa: F401  (skips)
from tests.server.models.endpoint.conftest import NAME_OF_KEY, QUICK, MakeClient
from tests.server.models.endpoint.scripted import (
    CHAT,
    EMBED,
    KEY,
    MODELS,
    Cut,
    Endless,
    Reply,
    ScriptedServer,
    Silent,
    Stream,
    delta,
    error,
    event,
    forever,
    good,
    head,
    listing,
    status,
)

from scholiast_server.models.endpoint import exchange, limits
from scholiast_server.models.endpoint.client import Client
from scholiast_server.models.endpoint.exchange import Stopped
from scholiast_server.models.endpoint.faults import Fault
from scholiast_server.models.endpoint.retry import ONCE, Patience
from scholiast_server.models.endpoint.wire import ServedModel, chat_body

CANCEL_MAX_S = 1.0
"""Ten times what a cancel may take on a machine at rest."""
BODY = chat_body("coder", [("user", "Where is it?")], max_tokens=64, temperature=0.0, seed=7)


def text_of(client: Client, body: Any = BODY) -> str:
    return "".join(piece.text for piece in client.chat(body))


def until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline_s
        threading.Event().wait(0.005)


def fault_of(client: Client) -> Fault:
    with pytest.raises(Fault) as raised:
        text_of(client)
    return raised.value


def message_of(client: Client, model: str = "coder") -> str:
    """What the user is told."""
    return client.explained(fault_of(client), model)


# -- well -------------------------------------------------------------------------------------------------------------


def test_an_answer_comes_piece_by_piece_with_its_end_and_its_tokens(client: Client, server: ScriptedServer) -> None:
    server.on(CHAT, good("It is ", "here ✓", " [1]."))
    pieces = list(client.chat(BODY))
    assert [piece.text for piece in pieces if piece.text] == ["It is ", "here ✓", " [1]."]
    assert [piece.ending for piece in pieces if piece.ending] == ["stop"]
    [usage] = [piece.usage for piece in pieces if piece.usage]
    assert (usage.prompt_tokens, usage.generated_tokens, usage.reused_tokens) == (40, 3, None)
    [asked] = server.asked
    assert asked.body == {
        "model": "coder", "messages": [{"role": "user", "content": "Where is it?"}], "max_tokens": 64,
        "temperature": 0.0, "seed": 7, "stream": True, "stream_options": {"include_usage": True},
    }  # fmt: skip


def test_a_piece_is_there_before_the_next_one_is_sent(client: Client, server: ScriptedServer) -> None:
    server.on(CHAT, Stream("first", forever))
    pieces = client.chat(BODY)
    assert next(pieces).text == "first"
    pieces.close()


def test_vectors_come_in_the_order_of_the_texts(client: Client, server: ScriptedServer) -> None:
    rows = [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [1, 0]}]
    server.on(EMBED, status(200, {"data": rows}))
    found = client.embed("embedder", ["a", "b\ud800"])
    assert found.dtype == np.float32 and found.tolist() == [[1, 0], [0, 2]]
    assert server.asked[0].body == {"model": "embedder", "input": ["a", "b?"], "encoding_format": "float"}


def test_models_are_listed_with_their_contexts_and_adapters(client: Client, server: ScriptedServer) -> None:
    entries = [{"id": "coder", "max_model_len": 4096}, {"id": "style", "parent": "coder"}, {"id": "plain"}]
    server.on(MODELS, status(200, {"data": entries}))
    assert client.models() == (
        ServedModel("coder", 4096),
        ServedModel("style", None, is_adapter=True),
        ServedModel("plain"),
    )


def test_several_requests_run_at_once(client: Client, server: ScriptedServer) -> None:
    """The first one waits for ever; the second one does not wait for it."""
    server.on(CHAT, Stream("first", forever), good("second"))
    waiting = client.chat(BODY)
    next(waiting)
    assert text_of(client) == "second"
    waiting.close()


def test_a_closed_client_opens_again(client: Client, server: ScriptedServer) -> None:
    server.on(CHAT, good("once"))
    assert text_of(client) == "once"
    client.close()
    assert text_of(client) == "once"


# -- what is sent, and what is not ------------------------------------------------------------------------------------


def test_nothing_of_the_environment_is_used_or_sent(
    make_client: MakeClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as other:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://{other.host}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {
            "OPENAI_API_KEY": "sk-of-somebody", "OPENAI_BASE_URL": other.url, "OPENAI_ORG_ID": "org",
            "OPENAI_PROJECT_ID": "project", "OPENAI_LOG": "debug", "OPENAI_CUSTOM_HEADERS": "X-Spy: yes",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        server.on(CHAT, good("fine"))
        assert text_of(make_client()) == "fine"
        assert not other.asked
    [asked] = server.asked
    assert set(asked.headers) <= {
        "host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent",
    }  # fmt: skip
    assert asked.headers["user-agent"] == "scholiast"
    assert "sk-of-somebody" not in repr(asked)


def test_the_key_is_sent_and_shown_nowhere(
    make_client: MakeClient, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client(environment={NAME_OF_KEY: f" {KEY}\n"})
    echo = f"Incorrect API key provided: {KEY}."
    server.on(CHAT, error(500, echo), error(401, echo))
    with caplog.at_level(logging.DEBUG):
        fault = fault_of(client)
    assert server.asked[-1].headers["authorization"] == f"Bearer {KEY}"
    told = client.explained(fault)
    assert told.startswith(f"{server.host} refuses the key from the environment variable {NAME_OF_KEY} (status 401")
    for shown in (told, repr(fault), str(fault), repr(vars(client._connection)), caplog.text):
        assert KEY not in shown
    assert "Where is it?" not in caplog.text, "nor code"


def test_a_key_that_was_replaced_is_read_anew(make_client: MakeClient, server: ScriptedServer) -> None:
    environment = {NAME_OF_KEY: "old"}
    client = make_client(environment=environment)
    server.on(CHAT, error(401, "no"), good("yes"))
    fault_of(client)
    environment[NAME_OF_KEY] = "new"
    assert text_of(client) == "yes"
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer old", "Bearer new"]


def test_without_a_key_the_user_is_told_where_to_put_it(make_client: MakeClient, server: ScriptedServer) -> None:
    server.on(CHAT, error(401, "missing bearer"))
    told = message_of(make_client())
    assert told == (
        f"{server.host} wants a key (status 401: missing bearer); there is none.\n"
        f"  Put it where it is looked for: the environment variable {NAME_OF_KEY}."
    )


def test_offline_nothing_is_even_looked_up(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened, or a command run")

    client = make_client(offline=True, key_command="false", url="http://nowhere.invalid/v1")
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("subprocess.Popen", refuse)
    client.start()
    for ask in (lambda: text_of(client), client.models, lambda: client.embed("m", ["x"])):
        with pytest.raises(Fault, match="offline") as raised:
            ask()
    assert client.explained(raised.value).startswith("nowhere.invalid was not asked: endpoint.offline is set")


def test_a_redirect_is_not_followed(client: Client, server: ScriptedServer) -> None:
    with ScriptedServer() as elsewhere:
        for code in (301, 302, 307, 308):
            server.on(CHAT, status(code, b"", {"Location": f"http://user:pass@{elsewhere.host}/v1{CHAT}"}))
            told = message_of(client)
            assert told.startswith(f"{server.host} sends elsewhere ({elsewhere.host}), which is not followed")
        assert not elsewhere.asked


# -- badly ------------------------------------------------------------------------------------------------------------

HTML = b"<!doctype html><html><body>It works!</body></html>"
NO_VECTORS = "sent what is no answer in OpenAI's protocol"

BAD: dict[str, tuple[Reply, str, str]] = {
    "no model": (error(404, "model 'coder' not found"), "missing", "has no model coder.\n  It has: a, b."),
    "no such path": (status(404, HTML, {"Content-Type": "text/html"}), "missing", "Set endpoint.model"),
    "html": (status(200, HTML, {"Content-Type": "text/html"}), "garbled", "text/html instead of a stream"),
    "json": (status(200, {"choices": []}), "garbled", "application/json instead of a stream"),
    "no json": (Stream(event("{nonsense")), "garbled", "no JSON"),
    "nested": (Stream(event("[" * 100_000)), "garbled", "no JSON"),
    "another shape": (Stream(event({"choices": "none"})), "garbled", "Expected `array"),
    "a list": (Stream(event([1, 2])), "garbled", "Expected `object"),
    "text that is none": (Stream(event({"choices": [{"delta": {"content": 7}}]})), "garbled", "Expected `str"),
    "compressed": (status(200, b"\x1f\x8b", {"Content-Encoding": "gzip"}), "garbled", "compressed"),
    "no HTTP": (Endless(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b""), "unreachable", "can't be reached"),
    "an error amid": (Stream("It", event({"error": {"message": "CUDA: out of memory"}})), "failed", "CUDA: out of"),
    "too long amid": (
        Stream(event({"error": {"code": 400, "message": "the request exceeds the available context size"}})),
        "too_long",
        "finds the text longer than its model takes",
    ),
    "too long": (error(400, "This model's maximum context length is 4096 tokens."), "too_long", "context_tokens"),
    "too long by another": (
        error(500, "input is too large to process. increase the physical batch size"), "too_long", "physical batch",
    ),
    "rejected": (error(400, "top_k is too small\nsee \x1b[31mit"), "rejected", "top_k is too small see [31mit"),
    "forbidden": (error(403, "not for you"), "key", "wants a key (status 403: not for you)"),
    "not implemented": (error(501, "no streams"), "rejected", "does not take the request (status 501): no streams"),
    "a head for ever": (Endless(head(200, {})[:-2], b"X-More: and more\r\n"), "cut", "can't be reached"),
}  # fmt: skip


@pytest.mark.parametrize(("reply", "kind", "told"), BAD.values(), ids=BAD)
def test_what_is_no_answer_is_told_in_words(
    make_client: MakeClient, server: ScriptedServer, reply: Reply, kind: str, told: str
) -> None:
    client = make_client(patience=ONCE)
    server.on(CHAT, reply)
    server.on(MODELS, listing("a", "b"))
    fault = fault_of(client)
    message = client.explained(fault, "coder")
    if kind not in {"unreachable", "cut"}:
        assert fault.kind == kind and told in message, message
    assert server.host in message and all(line.isprintable() for line in message.split("\n"))
    server.on(CHAT, good("fine"))
    assert text_of(client) == "fine", "the client lives on"


@pytest.mark.parametrize("length", [3, 0])
def test_vectors_that_are_none_are_told(client: Client, server: ScriptedServer, length: int) -> None:
    rows = [{"embedding": [1.0] * length} for _ in range(length)]
    for data, told in [
        (rows, f"{length} vectors for 2 texts"),
        ([{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}], "no rows of numbers"),
        ([{"embedding": []}, {"embedding": []}], "empty ones"),
        ([{"embedding": [1e999]}, {"embedding": [2.0]}], "not numbers"),
        ([{"embedding": [None]}, {"embedding": [2.0]}], "not numbers"),
        ([{"embedding": ["x"]}, {"embedding": ["y"]}], "no rows of numbers"),
        ([{"embedding": [[1.0], [2.0]]}] * 2, "a vector for each token"),
        ([{"embedding": "AACAPw=="}] * 2, "Expected `array"),
        ("none", "Expected `array"),
    ]:
        server.on(EMBED, status(200, json.dumps({"data": data}).encode()))
        with pytest.raises(Fault, match="garbled") as raised:
            client.embed("m", ["a", "b"])
        assert told in client.explained(raised.value)


def test_a_server_that_is_not_there_is_told(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = make_client(url=f"http://127.0.0.1:{port}")
    told = message_of(client)
    assert told == (
        f"127.0.0.1:{port} can't be reached: Connection refused.\n  Start the server, or check endpoint.url."
    )


def test_a_name_that_nobody_has_is_told(make_client: MakeClient) -> None:
    client = make_client(url="http://scholiast.invalid/v1", patience=ONCE)
    assert message_of(client).startswith("scholiast.invalid can't be reached")


def test_a_server_that_breaks_off_is_told_and_not_asked_again(client: Client, server: ScriptedServer) -> None:
    """What was shown can't be unsaid: another try would begin anew."""
    server.on(CHAT, Cut("It is"))
    pieces = client.chat(BODY)
    assert next(pieces).text == "It is"
    with pytest.raises(Fault) as raised:
        next(pieces)
    assert (raised.value.kind, len(server.asked)) == ("cut", 1)
    assert "broke off in the middle" in client.explained(raised.value)


def test_silence_ends_at_the_timeout(make_client: MakeClient, server: ScriptedServer) -> None:
    client = make_client(timeout_s=0.1)
    for reply in (Silent(), Stream("It is", forever), Stream(event(delta()), forever)):
        server.on(CHAT, reply)
        fault = fault_of(client)
        assert fault.kind == "silent"
        assert client.explained(fault).startswith(f"{server.host} gave no word within 0.1 s.")


def test_a_sign_of_life_is_a_word(make_client: MakeClient, server: ScriptedServer) -> None:
    """A server that works on a long prompt sends comments meanwhile."""

    async def a_while() -> None:
        await asyncio.sleep(0.15)

    client = make_client(timeout_s=0.4)
    parts: list[bytes | Callable[[], Awaitable[None]]] = [b": ping\n\n", a_while]
    server.on(CHAT, Stream(*parts * 6, "done", event(delta(None, "stop"))))
    assert text_of(client) == "done"


def test_one_that_is_alive_for_ever_is_ended(
    client: Client, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "REQUEST_S_MAX", 0.2)
    server.on(CHAT, Endless(head(200, {"Content-Type": "text/event-stream"}), b": ping\n\n"))
    fault = fault_of(client)
    assert fault.kind == "endless" and "was not done within" in client.explained(fault)


@pytest.mark.parametrize(
    ("before", "again"),
    [(b"data: ", b"x" * 50_000), (b"", event(delta()) * 100), (b"", b": comment\n" * 100)],
    ids=["a line", "empty pieces", "comments"],
)
def test_one_that_sends_without_end_is_cut_off(
    client: Client, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, before: bytes, again: bytes
) -> None:
    monkeypatch.setattr(exchange, "RESPONSE_BYTES_MAX", 300_000)
    server.on(CHAT, Endless(head(200, {"Content-Type": "text/event-stream"}) + before, again))
    fault = fault_of(client)
    assert fault.kind == "too_large" and "more than anybody can want" in client.explained(fault)


def test_one_that_announces_too_much_is_not_read(client: Client, server: ScriptedServer) -> None:
    server.on(EMBED, Endless(head(200, {"Content-Length": str(limits.RESPONSE_BYTES_MAX + 1)}), b"[" * 10_000))
    with pytest.raises(Fault, match="too_large"):
        client.embed("m", ["x"])


# -- again ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [error(500, "oops"), error(503, "Loading model"), error(429, "slow down"), error(502, "bad gateway"), Cut()],
    ids=["500", "503", "429", "502", "cut"],
)
def test_what_may_pass_is_tried_again(client: Client, server: ScriptedServer, first: Reply) -> None:
    server.on(CHAT, first, first, good("fine"))
    assert text_of(client) == "fine" and len(server.asked) == 3


def test_what_does_not_pass_is_told_in_the_end(client: Client, server: ScriptedServer) -> None:
    server.on(CHAT, error(503, "Loading model"))
    told = message_of(client)
    assert told == f"{server.host} failed with status 503: Loading model.\n  Look at the server's log."
    assert len(server.asked) == QUICK.attempts


@pytest.mark.parametrize("code", [400, 401, 403, 404, 422])
def test_what_would_not_help_is_not_tried_again(client: Client, server: ScriptedServer, code: int) -> None:
    server.on(CHAT, error(code, "no"))
    fault_of(client)
    assert len(server.asked_for(CHAT)) == 1


def test_a_server_that_asks_to_wait_is_waited_for(client: Client, server: ScriptedServer) -> None:
    server.on(CHAT, error(429, "slow down", {"Retry-After": "0"}), good("fine"))
    assert text_of(client) == "fine"


def test_one_that_asks_for_long_is_not_waited_for(client: Client, server: ScriptedServer) -> None:
    server.on(CHAT, error(429, "quota exceeded", {"Retry-After": "3600"}))
    told = message_of(client)
    assert told == (
        f"{server.host} has too much to do (status 429) and asks to wait 3,600 s: quota exceeded.\n  Ask again later."
    )
    assert len(server.asked) == 1


def test_what_a_server_does_not_take_is_left_out_from_then_on(client: Client, server: ScriptedServer) -> None:
    complaints = (
        error(
            400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
        ),
        status(422, {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}),
        error(400, "Unrecognized request argument supplied: seed"),
    )
    server.on(CHAT, *complaints, good("fine"))
    assert text_of(client) == "fine" and text_of(client) == "fine"
    assert len(server.asked) == 5
    for asked in server.asked[-2:]:
        assert set(asked.body) == {"model", "messages", "max_completion_tokens", "temperature", "stream"}


# -- not any more -----------------------------------------------------------------------------------------------------


def ended_when_told(client: Client, server: ScriptedServer) -> Iterator[str]:
    """Ask until the server has the request, then cancel; gives the pieces."""
    stop = threading.Event()
    told_s: list[float] = []

    def tell() -> None:
        server.came.wait(20)
        told_s.append(time.monotonic())
        stop.set()

    threading.Thread(target=tell).start()
    try:
        for piece in client.chat(BODY, stop.is_set):
            yield piece.text
        raise AssertionError("it was not cancelled")
    except Stopped:
        assert time.monotonic() - told_s[0] < CANCEL_MAX_S


@pytest.mark.parametrize(
    "reply",
    [Silent(), Stream("It", forever), error(429, "wait", {"Retry-After": "0.4"}), Stream(*["word "] * 5_000, forever)],
    ids=["silent", "between pieces", "waiting to try again", "amid many"],
)
def test_cancelling_ends_it_at_once_wherever_it_is(
    make_client: MakeClient, server: ScriptedServer, reply: Reply
) -> None:
    client = make_client(patience=Patience(attempts=50, first_s=10, longest_s=20))
    server.on(CHAT, reply)
    list(ended_when_told(client, server))
    if isinstance(reply, Silent | Stream):
        until(lambda: not server.open)  # the server is told as well: it need not go on writing


def test_closing_ends_what_is_under_way(client: Client, server: ScriptedServer) -> None:
    server.on(CHAT, Stream("It", forever))
    pieces = client.chat(BODY)
    next(pieces)
    client.close()
    with pytest.raises(Fault, match="cut"):
        list(pieces)
