"""The command with a server of the user's that speaks OpenAI's protocol: asked when it should be, told in words."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import tests.server.models.endpoint.needed  # noqa: F401  (skips)
from tests.server.cli.conftest import Scholiast
from tests.server.models.endpoint.scripted import (
    CHAT,
    EMBED,
    KEY,
    MODELS,
    Cut,
    ScriptedServer,
    Stream,
    error,
    forever,
    good,
    listing,
    status,
    vectors,
)

from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_server.errors import SettingsError
from scholiast_server.settings import all_settings, load_settings

QUESTION = "how is a session cookie signed?"


def letters(text: str) -> list[float]:
    return [float(text.count(letter)) + 0.1 for letter in "abcdefghijklmnopqrstuvwxyz_"]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        server.on(CHAT, good("`CookieSigner.sign` signs it ", "[1]."))
        server.on(EMBED, vectors(letters))
        server.on(MODELS, listing("coder"))
        yield server


@pytest.fixture
def set_up(kiln: Scholiast, server: ScriptedServer, tmp_path: Path) -> Scholiast:
    """A workspace whose user has set a server that answers."""
    more = {"SCHOLIAST_ENDPOINT_URL": server.url, "SCHOLIAST_ENDPOINT_MODEL": "coder", "HOME": str(tmp_path / "home")}
    return Scholiast(kiln.folder, {**kiln.environment, **more})


@pytest.fixture
def embedding(set_up: Scholiast) -> Scholiast:
    """One whose user has set a server that embeds as well."""
    return Scholiast(set_up.folder, {**set_up.environment, "SCHOLIAST_ENDPOINT_EMBEDDING_MODEL": "embedder"})


def test_it_answers_from_evidence_and_the_answer_names_it(set_up: Scholiast, server: ScriptedServer) -> None:
    done = set_up("ask", QUESTION, "--json", extra={"SCHOLIAST_ENDPOINT_KEY": KEY})
    assert done.code == 0, done.err
    answer = done.document
    assert answer["answer"] == "`CookieSigner.sign` signs it [1]." and answer["engine"] == "endpoint"
    assert answer["citations"][0]["status"] == "verified"
    provenance = answer["provenance"]
    assert (provenance["model"], provenance["host"], provenance["prompt_tokens"]) == ("coder", server.host, 40)
    [asked] = server.asked
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert "def sign(self, payload: bytes)" in asked.body["messages"][-1]["content"]
    assert asked.body["max_tokens"] == 512 and asked.body["temperature"] == 0
    assert KEY not in done.out + done.err


def test_nothing_is_contacted_but_to_answer_or_to_embed(embedding: Scholiast, server: ScriptedServer) -> None:
    plain = Scholiast(embedding.folder, {**embedding.environment, "SCHOLIAST_ENDPOINT_EMBEDDING_MODEL": ""})
    for arguments in (("index",), ("search", "register_route"), ("status",), ("doctor",), ("reset", "--yes")):
        assert plain(*arguments).code == 0
    assert not server.asked
    assert plain("index").code == 0
    done = embedding("status")
    assert f"engine    endpoint, coder at {server.host}" in done.out
    assert f"upcoming  embedder at {server.host}: not asked yet" in done.out
    found = embedding("status", "--json").document
    assert (found["engine"], found["model"], found["host"]) == ("endpoint", "coder", server.host)
    done = embedding("doctor", extra={"SCHOLIAST_ENDPOINT_KEY": KEY})
    assert (
        done.code == 0
        and (
            f"endpoint: {server.host}, answers by coder and vectors by embedder, "
            "with a key from the environment variable SCHOLIAST_ENDPOINT_KEY"
        )
        in done.out
    )
    assert KEY not in done.out
    assert not server.asked
    assert embedding("ask", "which payment providers are supported?", "--no-refresh").code == 1
    assert not server.asked_for(CHAT), "with weak evidence nobody is asked"


def test_it_embeds_and_is_searched_with(embedding: Scholiast, server: ScriptedServer) -> None:
    done = embedding("index")
    assert done.code == 0 and "  vectors  embedder-endpoint-" in done.out and "all 5 chunks" in done.out, done.err
    assert embedding("status", "--json").document["embedder"].startswith("embedder-endpoint-")
    hits = embedding("search", "sign a session cookie", "--json").document["hits"]
    assert hits and any(hit["why"]["dense"] for hit in hits)
    server.on(EMBED, error(500, "out of memory"))
    done = embedding("search", "sign a session cookie")
    assert done.code == 0 and "sessions.py" in done.out, "words find something too"


def test_a_server_that_is_away_costs_no_search(embedding: Scholiast, server: ScriptedServer) -> None:
    away = {"SCHOLIAST_ENDPOINT_URL": "http://127.0.0.1:9"}
    done = embedding("index", extra=away)
    told = f"searching goes on with {StaticEmbedder().fingerprint}: the embedding model embedder at 127.0.0.1:9"
    assert done.code == 0 and told in done.err
    done = embedding("search", "register_route", extra=away)
    assert done.code == 0 and "routes.py" in done.out


def test_offline_nothing_is_attempted(embedding: Scholiast, server: ScriptedServer) -> None:
    done = embedding("ask", QUESTION, "--offline")
    assert (done.code, done.out) == (2, "")
    assert f"scholiast: {server.host} was not asked: endpoint.offline is set." in done.err
    for arguments in (("index", "--offline"), ("search", "register_route", "--offline")):
        done = embedding(*arguments)
        assert done.code == 0 and f"but {server.host} is not asked: endpoint.offline is on" in done.err
    assert embedding("ask", QUESTION, extra={"SCHOLIAST_ENDPOINT_OFFLINE": "true"}).code == 2
    assert embedding("ask", QUESTION, "--offline", extra={"SCHOLIAST_ENDPOINT_OFFLINE": "false"}).code == 2
    assert not server.asked


USERS_OWN = (
    *(setting.key for setting in all_settings() if setting.section == "endpoint"),
    "answer.engine", "embedding.path", "model.path",
)  # fmt: skip


@pytest.mark.parametrize("key", USERS_OWN)
def test_a_workspaces_own_file_sets_none_of_it(tmp_path: Path, key: str) -> None:
    section, _, name = key.partition(".")
    value = {"engine": "'endpoint'", "context_tokens": "4096", "timeout_s": "5", "offline": "false"}.get(name, "'X'")
    (tmp_path / ".scholiast.toml").write_text(f"[{section}]\n{name} = {value}\n")
    with pytest.raises(SettingsError, match=f"{key} is yours to set, not a workspace's"):
        load_settings(tmp_path, {})


def test_a_workspace_that_names_a_server_has_nobody_contacted(kiln: Scholiast, server: ScriptedServer) -> None:
    kiln.write(".scholiast.toml", f"[endpoint]\nurl = '{server.url}'\nkey_command = 'touch {kiln.folder}/run'\n")
    done = kiln("ask", QUESTION)
    assert done.code == 2 and "endpoint.url is yours to set, not a workspace's" in done.err
    assert not server.asked and not (kiln.folder / "run").exists()


FAILURES = {
    "cut": ([Cut("`CookieSigner")], "broke off in the middle"),
    "key": ([error(401, "no key")], "wants a key (status 401: no key); there is none."),
    "missing": ([error(404, "no such model")], "has no model coder.\n  It has: coder."),
    "html": ([status(200, b"<html>", {"Content-Type": "text/html"})], "Check endpoint.url: it usually ends in /v1."),
    "too long": ([error(400, "maximum context length is 16 tokens")], "endpoint.context_tokens"),
}


@pytest.mark.parametrize(("replies", "told"), FAILURES.values(), ids=FAILURES)
def test_what_goes_wrong_is_one_message(set_up: Scholiast, server: ScriptedServer, replies: list, told: str) -> None:  # type: ignore[type-arg]
    server.on(CHAT, *replies)
    done = set_up("ask", QUESTION, "-q")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"scholiast: {server.host} ") and told in done.err and "Traceback" not in done.err


def test_without_the_library_the_user_is_told_how_to_get_it(
    set_up: Scholiast, server: ScriptedServer, tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "openai.py").write_text("raise ImportError('not installed')\n")
    done = set_up("ask", QUESTION, extra={"PYTHONPATH": str(hidden)})
    assert done.code == 2 and 'pip install "scholiast[endpoint]"' in done.err and not server.asked


def test_what_is_no_address_is_told_by_every_verb_that_needs_it(set_up: Scholiast) -> None:
    bad = {"SCHOLIAST_ENDPOINT_URL": f"http://user:{KEY}@example.org/"}
    done = set_up("ask", QUESTION, extra=bad)
    assert done.code == 2 and "endpoint.url holds a user name or a password" in done.err
    checked = set_up("doctor", extra=bad)
    assert checked.code == 1 and "endpoint.url holds a user name" in checked.out
    shown = set_up("status", extra=bad)
    assert all(KEY not in text for text in (done.err, checked.out, shown.out, shown.err))


def test_a_server_named_as_engine_needs_an_address(kiln: Scholiast) -> None:
    done = kiln("ask", QUESTION, extra={"SCHOLIAST_ANSWER_ENGINE": "endpoint"})
    assert done.code == 2 and "Set endpoint.url, such as http://127.0.0.1:8080/v1." in done.err
    checked = kiln("doctor", extra={"SCHOLIAST_ANSWER_ENGINE": "endpoint"})
    assert checked.code == 1 and "endpoint: a model of a server is set, but no server" in checked.out


def test_ctrl_c_ends_a_request_at_once_and_the_server_is_told(set_up: Scholiast, server: ScriptedServer) -> None:
    assert set_up("index").code == 0
    server.on(CHAT, Stream("`CookieSigner", forever))
    running = set_up.start("ask", QUESTION)
    assert server.came.wait(60)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "") and "Traceback" not in err
