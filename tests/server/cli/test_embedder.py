"""A workspace with an embedding model of the user's: indexed, searched, its state shown, its failures told."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("llama_cpp", reason='runs llama.cpp: pip install "scholiast[llama]"')
pytest.importorskip("gguf", reason="writes model files: pip install gguf")

from tests.server.cli.conftest import Scholiast
from tests.server.models.llama.tiny_embedders import write_embedder

from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_server.cli.refresh import FOLLOWED_AT_ONCE_MAX

BUILT_IN = StaticEmbedder().fingerprint


@pytest.fixture
def modelled(kiln: Scholiast, tmp_path: Path) -> Scholiast:
    """A fresh workspace whose user has set an embedding model."""
    model = write_embedder(tmp_path / "model.gguf", width=32)
    return Scholiast(kiln.folder, {**kiln.environment, "SCHOLIAST_EMBEDDING_PATH": str(model)})


def embedder_of(scholiast: Scholiast) -> str:
    embedder: str = scholiast("status", "--json").document["embedder"]
    return embedder


def test_index_lets_it_embed_all_and_then_it_is_searched_with(modelled: Scholiast) -> None:
    done = modelled("index")
    assert done.code == 0 and "  vectors  tiny-embedder-" in done.out and "all 5 chunks" in done.out
    found = modelled("status", "--json").document
    assert found["embedder"].startswith("tiny-embedder-") and not found["stale"]
    assert found["upcoming"] == {"embedder": found["embedder"], "done": 5, "total": 5, "serves": True}
    assert "(32 d)" in modelled("status").out and "upcoming" not in modelled("status").out
    hits = modelled("search", "sign a session cookie", "--json").document["hits"]
    assert hits and any(hit["why"]["dense"] for hit in hits)


def test_a_few_chunks_are_embedded_before_a_search(modelled: Scholiast) -> None:
    assert modelled("index").code == 0
    modelled.write("src/kiln/fresh.py", "def fresh_thing():\n    return 'brand new'\n")
    hits = modelled("search", "fresh_thing", "--json").document["hits"]
    assert hits[0]["path"] == "src/kiln/fresh.py" and hits[0]["why"]["dense"] > 0


def test_many_are_left_to_index_and_found_by_words(modelled: Scholiast) -> None:
    for number in range(FOLLOWED_AT_ONCE_MAX):
        modelled.write(f"src/many/part{number}.py", f"def part_{number}():\n    return {number}\n")
    hits = modelled("search", "part_7", "--json").document["hits"]
    assert hits[0]["path"] == "src/many/part7.py"
    assert embedder_of(modelled) == BUILT_IN
    shown = modelled("status").out
    assert "upcoming  tiny-embedder-" in shown and f"0 %, 0 of {FOLLOWED_AT_ONCE_MAX + 5} chunks" in shown
    assert modelled("index", "--json").document["embedded"] == 0, "the built-in one has embedded all"
    assert embedder_of(modelled).startswith("tiny-embedder-")


def test_without_the_setting_the_built_in_one_serves_again(modelled: Scholiast, kiln: Scholiast) -> None:
    assert modelled("index").code == 0
    assert embedder_of(kiln) == BUILT_IN
    assert kiln("search", "sign a session cookie").code == 0
    assert embedder_of(modelled).startswith("tiny-embedder-"), "and nothing is lost"


@pytest.mark.parametrize(
    ("content", "told"), [(None, "is not there"), (b"hello", "no GGUF file"), (b"GGUF", "is cut off")]
)
def test_a_file_that_is_no_model_is_told_and_the_search_goes_on(
    kiln: Scholiast, tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "broken.gguf"
    if content is not None:
        path.write_bytes(content)
    for arguments in (["index"], ["search", "register_route"], ["status"]):
        done = kiln(*arguments, extra={"SCHOLIAST_EMBEDDING_PATH": str(path)})
        assert done.code == 0 and "searching goes on with the built-in embedder" in done.err and told in done.err


def test_a_model_that_can_not_be_loaded_is_told_and_the_search_goes_on(modelled: Scholiast) -> None:
    model = Path(modelled.environment["SCHOLIAST_EMBEDDING_PATH"])
    model.write_bytes(model.read_bytes()[:-5_000])
    done = modelled("index")
    assert done.code == 0 and f"searching goes on with {BUILT_IN}: the embedding model Tiny Embedder failed" in done.err
    done = modelled("search", "register_route")
    assert done.code == 0 and "routes.py" in done.out
