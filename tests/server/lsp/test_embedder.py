"""A server whose user has set an embedding model: it embeds in the background, then is searched with, and may die."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("llama_cpp", reason='runs llama.cpp: pip install "scholiast[llama]"')
pytest.importorskip("gguf", reason="writes model files: pip install gguf")

from tests.server.lsp.client import Client, until
from tests.server.lsp.conftest import Connect
from tests.server.lsp.processes import children_of, is_running
from tests.server.models.llama.tiny_embedders import write_embedder

from scholiast_indexer.index import Index
from scholiast_server.engines import Models
from scholiast_server.settings import EmbeddingSettings, Settings


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_embedder(tmp_path / "model.gguf")


def variables(model: Path) -> dict[str, str]:
    return {"SCHOLIAST_EMBEDDING_PATH": str(model)}


def is_complete(folder: Path, model: Path) -> bool:
    """Whether the model has embedded all of a workspace, as another process sees it."""
    embedder = Models().embedder(Settings(embedding=EmbeddingSettings(path=str(model))))
    with Index.open(folder, upcoming=embedder) as index:
        upcoming = index.status().upcoming
        return upcoming is not None and upcoming.serves and upcoming.done == upcoming.total


def dense(hits: list[dict[str, Any]]) -> float:
    return max((hit["why"]["dense"] for hit in hits), default=0.0)


async def test_it_embeds_in_the_background_and_says_so(connect: Connect, own_workspace: Path, model: Path) -> None:
    async with connect(own_workspace, variables=variables(model)) as client:
        await until(lambda: is_complete(own_workspace, model), "vectors of all chunks")
        assert dense(await client.search("send a request again")) > 0
        states = client.notifications("scholiast/statusChanged")
        assert all(state["state"] == "ready" for state in states if "a model embeds" in state["message"])
        uri = client.open(own_workspace / "src/kiln/fresh.py", "def fresh_thing():\n    return 'brand new'\n")
        hits = await client.until_found("fresh_thing", lambda hits: bool(hits) and "fresh" in hits[0]["path"])
        assert hits[0]["why"]["dense"] > 0 and uri


async def test_what_is_saved_gets_its_vectors(connect: Connect, own_workspace: Path, model: Path) -> None:
    async with connect(own_workspace, variables=variables(model)) as client:
        await until(lambda: is_complete(own_workspace, model), "vectors of all chunks")
        (own_workspace / "src/kiln/later.py").write_text("def later_thing():\n    return 'afterwards'\n")
        client.notify(
            "workspace/didChangeWatchedFiles",
            {"changes": [{"uri": (own_workspace / "src/kiln/later.py").as_uri(), "type": 1}]},
        )
        await client.until_found(
            "later_thing", lambda hits: bool(hits) and "later" in hits[0]["path"] and hits[0]["why"]["dense"] > 0
        )


async def test_a_worker_that_is_killed_costs_no_search(connect: Connect, own_workspace: Path, model: Path) -> None:
    async with connect(own_workspace, variables=variables(model)) as client:
        await until(lambda: is_complete(own_workspace, model), "vectors of all chunks")
        assert dense(await client.search("send a request again")) > 0
        for _ in range(2):
            for worker in _model_workers(client):
                os.kill(worker, signal.SIGKILL)
            assert (await client.search("retry_request"))[0]["path"] == "src/kiln/cookies.py"
        assert dense(await client.search("send a request again")) > 0
        workers = _model_workers(client)
    await until(lambda: not any(map(is_running, workers)), "the end of the model's processes")


async def test_a_model_that_is_none_costs_no_search(connect: Connect, own_workspace: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"hello")
    async with connect(own_workspace, variables=variables(broken)) as client:
        assert (await client.search("retry_request"))[0]["path"] == "src/kiln/cookies.py"


def _model_workers(client: Client) -> list[int]:
    return [
        process
        for process in children_of(client.process.pid)
        if "llama.worker" in Path(f"/proc/{process}/cmdline").read_text(errors="replace")
    ]
