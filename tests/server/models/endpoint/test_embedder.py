"""Vectors that a server makes: of any text, of the model they were made of before, none of a server that is away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tests.server.models.endpoint.needed  # noqa: F401  (skips)
from tests.server.models.endpoint.conftest import MakeClient
from tests.server.models.endpoint.scripted import EMBED, Reply, ScriptedServer, Silent, error, status, vectors

from scholiast_indexer.embedding import Embedder, embed, embed_query
from scholiast_indexer.errors import EmbedderError
from scholiast_server.models import resting
from scholiast_server.models.endpoint.embedder import EndpointEmbedder
from scholiast_server.models.endpoint.limits import EMBED_TEXTS_MAX, WINDOW_CHARACTERS
from scholiast_server.models.endpoint.memory import Memory

LETTERS = "abcdefghijklmnopqrstuvwxyz "


def counted(text: str) -> list[float]:
    """How often each letter occurs: texts of the same letters have the same direction."""
    return [float(text.count(letter)) for letter in LETTERS]


def backwards(text: str) -> list[float]:
    """Another model's."""
    return [value * (1 if place % 2 else -1) for place, value in enumerate(counted(text))]


def longest(characters: int, of: Callable[[str], list[float]] = counted) -> Reply:
    """A server that takes so many characters at once."""
    answer = vectors(of)

    async def reply(writer, asked):  # type: ignore[no-untyped-def]  # of a `Reply`
        if max(map(len, asked.body["input"])) > characters:
            await error(400, "input is too large to process")(writer, asked)
        else:
            await answer(writer, asked)

    return reply


MakeEmbedder = Callable[..., EndpointEmbedder]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "cache" / "models.json")


@pytest.fixture
def make_embedder(make_client: MakeClient, memory: Memory) -> MakeEmbedder:
    def make(model: str = "plain-embedder") -> EndpointEmbedder:
        return EndpointEmbedder(make_client(), model, memory)

    return make


def asked_embedder(
    make_embedder: MakeEmbedder, server: ScriptedServer, model: str = "plain-embedder"
) -> EndpointEmbedder:
    embedder = make_embedder(model)
    embedder.ask()
    server.asked.clear()
    return embedder


def test_it_embeds_texts_and_questions(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, vectors(counted))
    embedder = asked_embedder(make_embedder, server)
    assert isinstance(embedder, Embedder) and embedder.dimension == len(LETTERS)
    rows = embed(embedder, ["abc", "", "zz", " \n"], [""] * 4)
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 1, 0]) and np.allclose(rows[2][25], 1)
    assert np.allclose(embed_query(embedder, "cab"), rows[0])
    assert not embed_query(embedder, " ").any()
    assert [asked.body["input"] for asked in server.asked] == [["abc", "zz"], ["cab"]]


def test_what_a_known_model_wants_before_texts_is_put_there(
    make_embedder: MakeEmbedder, server: ScriptedServer
) -> None:
    server.on(EMBED, vectors(counted))
    embedder = asked_embedder(make_embedder, server, "nomic-embed-text-v1.5")
    embedder.documents(["a"])
    embedder.query("b")
    assert [asked.body["input"] for asked in server.asked] == [["search_document: a"], ["search_query: b"]]


def test_many_texts_go_in_several_requests(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, vectors(counted))
    embedder = asked_embedder(make_embedder, server)
    texts = [LETTERS[number % 26] for number in range(2 * EMBED_TEXTS_MAX + 1)]
    rows = embedder.documents(texts)
    assert [int(row.argmax()) for row in rows] == [number % 26 for number in range(len(texts))]
    assert [len(asked.body["input"]) for asked in server.asked] == [EMBED_TEXTS_MAX, EMBED_TEXTS_MAX, 1]


def test_a_long_text_gets_one_vector_of_all_of_it(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, longest(700))
    embedder = asked_embedder(make_embedder, server)
    text = "alpha beta\n" * 300 + "zzzz" * 50
    server.on(EMBED, longest(700), longest(700))
    [row] = embedder.documents([text])
    assert max(len(part) for asked in server.asked for part in asked.body["input"]) <= 700
    assert "".join(part for asked in server.asked for part in asked.body["input"]) == text
    assert row[25] > 0.05 and row[0] > row[25]


def test_how_much_is_taken_at_once_is_found_out_once(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, longest(WINDOW_CHARACTERS // 4))
    embedder = make_embedder()
    embedder.ask()
    assert [len(asked.body["input"][0]) for asked in server.asked[1:]] == [
        WINDOW_CHARACTERS,
        WINDOW_CHARACTERS // 2,
        WINDOW_CHARACTERS // 4,
    ]
    server.asked.clear()
    embedder.documents(["word " * 1_000])
    assert all(len(part) <= WINDOW_CHARACTERS // 4 for asked in server.asked for part in asked.body["input"])


def test_a_text_that_is_too_long_all_the_same_is_sent_in_halves(
    make_embedder: MakeEmbedder, server: ScriptedServer
) -> None:
    """Of texts with few characters a token a server takes fewer."""
    server.on(EMBED, vectors(counted))
    embedder = asked_embedder(make_embedder, server)
    whole = embedder.documents(["ab" * 100, "c" * 50])
    server.on(EMBED, longest(60))
    assert np.allclose(embedder.documents(["ab" * 100, "c" * 50]), whole)


def test_one_that_takes_next_to_nothing_is_told(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, longest(10))
    with pytest.raises(EmbedderError, match="longer than its model takes"):
        make_embedder().ask()


# -- what it is -------------------------------------------------------------------------------------------------------


def test_what_it_is_is_asked_once_and_remembered(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, vectors(counted))
    first = make_embedder()
    assert not first.is_known
    with pytest.raises(EmbedderError, match="not asked yet"):
        _ = first.fingerprint
    assert not server.asked
    first.ask()
    count = len(server.asked)
    first.ask()
    assert len(server.asked) == count
    second = make_embedder()
    assert second.is_known and len(server.asked) == count
    assert (second.fingerprint, second.dimension) == (first.fingerprint, first.dimension)
    assert first.fingerprint.startswith("plain-embedder-endpoint-")


def test_a_fingerprint_goes_by_what_makes_vectors_others(
    make_embedder: MakeEmbedder, make_client: MakeClient, server: ScriptedServer
) -> None:
    seen = set()
    for name, of, room in (
        ("one", counted, 9_999), ("two", counted, 9_999), ("one", backwards, 9_999), ("one", counted, 1_600),
        ("one", lambda text: counted(text)[:20], 9_999),
    ):  # fmt: skip
        server.on(EMBED, longest(room, of))
        embedder = EndpointEmbedder(make_client(), name, Memory(None))
        embedder.ask()
        seen.add(embedder.fingerprint)
        again = EndpointEmbedder(make_client(), name, Memory(None), query_prefix="other: ")
        again.ask()
        assert again.fingerprint == embedder.fingerprint
    assert len(seen) == 5


@pytest.mark.parametrize("other", [backwards, lambda text: counted(text)[:20]], ids=["directions", "length"])
def test_another_model_behind_the_same_name_is_found_out(
    make_embedder: MakeEmbedder, server: ScriptedServer, other: Callable[[str], list[float]]
) -> None:
    server.on(EMBED, vectors(counted))
    make_embedder().ask()
    server.on(EMBED, vectors(other))
    embedder = make_embedder()
    for ask in (lambda: embedder.query("where"), embedder.ask, lambda: embedder.query("where")):
        with pytest.raises(EmbedderError, match="another model answers than before as plain-embedder at 127"):
            ask()
    fresh = make_embedder()
    assert not fresh.is_known
    fresh.ask()
    assert fresh.query("where").shape == (fresh.dimension,)


def test_after_a_failure_it_makes_sure_that_it_is_the_same_model(
    make_embedder: MakeEmbedder, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "REST_S", 0.0)
    server.on(EMBED, vectors(counted))
    embedder = asked_embedder(make_embedder, server)
    server.on(EMBED, error(500, "restarting"), vectors(backwards))
    with pytest.raises(EmbedderError, match="restarting"):
        embedder.query("where")
    with pytest.raises(EmbedderError, match="another model"):
        embedder.query("where")


def test_a_question_is_not_embedded_by_a_model_nobody_checked(
    make_embedder: MakeEmbedder, server: ScriptedServer
) -> None:
    server.on(EMBED, vectors(counted))
    make_embedder().ask()
    server.asked.clear()
    make_embedder().query("where")
    assert len(server.asked) == 2, "one to see that it is the same model"


# -- failures ---------------------------------------------------------------------------------------------------------


def test_a_question_waits_for_a_failure_only_once(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, vectors(counted))
    embedder = asked_embedder(make_embedder, server)
    server.on(EMBED, error(500, "out of memory"))
    for _ in range(3):
        with pytest.raises(EmbedderError, match=r"plain-embedder at 127.*out of memory"):
            embedder.query("where")
    assert len(server.asked) == 1


def test_texts_are_tried_again(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, vectors(counted))
    embedder = asked_embedder(make_embedder, server)
    server.on(EMBED, error(503, "busy"), vectors(counted))
    assert embedder.documents(["a"]).any() and len(server.asked) == 2


def test_vectors_of_another_length_are_told(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, vectors(counted))
    embedder = asked_embedder(make_embedder, server)
    server.on(EMBED, vectors(lambda _: [1.0, 2.0]))
    with pytest.raises(EmbedderError, match="gives 2 numbers a vector; it gave 27"):
        embedder.documents(["a"])


def test_a_silent_server_costs_a_question_little(
    make_client: MakeClient, memory: Memory, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scholiast_server.models.endpoint.client.QUERY_S_MAX", 0.1)
    server.on(EMBED, Silent())
    embedder = EndpointEmbedder(make_client(timeout_s=60), "m", memory)
    with pytest.raises(EmbedderError, match=r"gave no word within 0\.1 s"):
        embedder.query("where")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"x": {"window_characters": 1}}', None])
def test_a_memory_that_can_not_be_read_is_none(
    make_client: MakeClient, server: ScriptedServer, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "memory.json"
    path.mkdir() if content is None else path.write_bytes(content)
    server.on(EMBED, vectors(counted))
    embedder = EndpointEmbedder(make_client(), "m", Memory(path))
    embedder.ask()
    assert embedder.is_known
    assert content is None or list(json.loads(path.read_bytes())) == [f"{server.host} m"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["memory.json"]


def test_a_server_that_does_not_embed_is_told(make_embedder: MakeEmbedder, server: ScriptedServer) -> None:
    server.on(EMBED, status(501, {"error": {"message": "This server does not support embeddings."}}))
    with pytest.raises(EmbedderError, match="does not support embeddings"):
        make_embedder().ask()
