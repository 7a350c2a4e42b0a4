"""llama-cpp-python's own server with small models: asked, streamed, cancelled, embedded with, killed in mid-stream."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import tests.server.models.endpoint.needed
import tests.server.models.llama.needed  # noqa: F401  (both skip)
from tests.server.cli.conftest import Scholiast, make_workspace
from tests.server.lsp.client import Client as Editor
from tests.server.lsp.client import ServerError
from tests.server.models.endpoint.real_server import RealServer, real_server
from tests.server.models.endpoint.test_engine import REQUEST, WIDE, written
from tests.server.models.llama.tiny_embedders import write_embedder
from tests.server.models.llama.tiny_models import write_model

from scholiast_indexer.embedding import embed
from scholiast_server.errors import ModelError
from scholiast_server.models.endpoint.address import Access
from scholiast_server.models.endpoint.client import Client
from scholiast_server.models.endpoint.embedder import EndpointEmbedder
from scholiast_server.models.endpoint.engine import EndpointEngine
from scholiast_server.models.endpoint.memory import Memory
from scholiast_server.models.endpoint.wire import ServedModel
from scholiast_server.models.protocol import Outcome, Request

if find_spec("fastapi") is None:
    pytest.skip('runs a server: pip install "llama-cpp-python[server]"', allow_module_level=True)

QUESTION = "how is a session cookie signed?"
CONTEXT = 2_560
"""That is set; each byte is a token to the small model, which takes 8,192 of them."""
CANCEL_MAX_S = 1.0
"""Ten times what it may take on a machine at rest."""


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    model = write_model(tmp_path_factory.mktemp("served") / "tiny.gguf", context=8_192, width=128, layers=4)
    with real_server(model, "tiny", "--n_ctx", "8192") as server:
        yield server


@pytest.fixture(scope="module")
def embedding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    model = write_embedder(tmp_path_factory.mktemp("served") / "embedder.gguf", window=512)
    with real_server(model, "tiny-embedder", "--n_ctx", "512", "--embedding", "true") as server:
        yield server


@pytest.fixture
def client(writing: RealServer) -> Iterator[Client]:
    client = Client(Access(writing.url))
    yield client
    client.close()


@pytest.fixture
def kiln(tmp_path: Path, environment_of: Mapping[str, str]) -> Scholiast:
    return make_workspace(tmp_path / "kiln", environment_of)


@pytest.fixture
def environment_of(writing: RealServer, tmp_path: Path) -> dict[str, str]:
    """Of a user who has set the server."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
        "SCHOLIAST_ENDPOINT_URL": writing.url,
        "SCHOLIAST_ENDPOINT_CONTEXT_TOKENS": str(CONTEXT),
    }


def test_it_lists_its_model(client: Client) -> None:
    assert client.models() == (ServedModel("tiny"),)


def test_the_same_question_streams_the_same_answer(client: Client) -> None:
    engine = EndpointEngine(client, context_tokens=CONTEXT)
    pieces = [piece for piece in engine.answer(REQUEST) if isinstance(piece, str)]
    assert len(pieces) > 10 and engine.model == "tiny"
    text, outcome = written(engine)
    assert text == "".join(pieces) and (outcome.reason, outcome.host) == ("length", engine.host)


def test_a_smaller_context_than_was_set_is_found_out(client: Client) -> None:
    engine = EndpointEngine(client, model="tiny", context_tokens=8_192)
    text, outcome = written(engine, WIDE)
    assert text and len(outcome.left_out) > 1
    with pytest.raises(ModelError, match=r"before anything came of it(.|\n)*endpoint\.context_tokens"):
        written(engine, Request("why? " * 3_000, REQUEST.evidence))


def test_cancelling_ends_it_at_once_and_frees_the_server(client: Client) -> None:
    engine = EndpointEngine(client, model="tiny", context_tokens=CONTEXT)
    found: list[str | Outcome] = []
    told_s = 0.0

    def cancelled() -> bool:
        nonlocal told_s
        told_s = told_s or (time.monotonic() if found else 0.0)
        return bool(found)

    for piece in engine.answer(Request(REQUEST.question, REQUEST.evidence, max_tokens=1_200), cancelled):
        found.append(piece)
    assert time.monotonic() - told_s < CANCEL_MAX_S
    assert isinstance(found[-1], Outcome) and found[-1].reason == "cancelled"
    assert written(engine)[0]


def test_it_embeds_as_the_model_does(embedding: RealServer) -> None:
    client = Client(Access(embedding.url))
    embedder = EndpointEmbedder(client, "tiny-embedder", Memory(None))
    embedder.ask()
    texts = ["def sign(payload):", "", "x" * 2_000, "close the session"]
    rows = embed(embedder, texts, [""] * 4)
    assert rows.shape == (4, 32) and np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 1, 1], atol=1e-3)
    again = embed(embedder, list(reversed(texts)), [""] * 4)
    assert np.allclose(again[::-1], rows, atol=1e-3)
    assert np.allclose(embedder.query(texts[0]), rows[0], atol=1e-3)
    client.close()


def test_a_question_on_the_command_line_is_answered_by_it(kiln: Scholiast, writing: RealServer) -> None:
    done = kiln("ask", QUESTION, "--json", extra={"SCHOLIAST_ANSWER_MAX_TOKENS": "64"})
    assert done.code == 0, done.err
    answer = done.document
    assert answer["answer"] and answer["engine"] == "endpoint"
    assert (answer["provenance"]["model"], answer["provenance"]["host"]) == ("tiny", writing.host)


def test_the_command_line_embeds_with_one(kiln: Scholiast, embedding: RealServer) -> None:
    extra = {"SCHOLIAST_ENDPOINT_URL": embedding.url, "SCHOLIAST_ENDPOINT_EMBEDDING_MODEL": "tiny-embedder"}
    done = kiln("index", extra=extra)
    assert done.code == 0 and "vectors  tiny-embedder-endpoint-" in done.out, done.err
    assert kiln("status", "--json", extra=extra).document["embedder"].startswith("tiny-embedder-endpoint-")
    assert kiln("search", QUESTION, extra=extra).code == 0


async def test_in_an_editor_it_streams_is_cancelled_and_may_be_killed(
    kiln: Scholiast, writing: RealServer, environment_of: dict[str, str]
) -> None:
    """The last test: it kills the server."""
    environment = {**environment_of, "SCHOLIAST_ANSWER_MAX_TOKENS": "1200"}
    asked = {"question": QUESTION, "id": "mine"}
    async with Editor(environment=environment) as editor:
        await editor.initialize(kiln.folder)
        await editor.until_ready()
        number, future = editor.start("scholiast/ask", asked)
        await editor.until(lambda message: message.get("method") == "scholiast/answerDelta")
        began_s = time.monotonic()
        editor.cancel(number)
        with pytest.raises(ServerError):
            await future
        assert time.monotonic() - began_s < CANCEL_MAX_S

        start = len(editor.received)
        _, future = editor.start("scholiast/ask", asked)
        await editor.until(lambda message: message.get("method") == "scholiast/answerDelta", start=start)
        writing.process.kill()
        with pytest.raises(ServerError, match=f"{writing.host} broke off in the middle"):
            await future
        with pytest.raises(ServerError, match="can't be reached: Connection refused"):
            await editor.request("scholiast/ask", asked)
        assert await editor.search("register_route")
