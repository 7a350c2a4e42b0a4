"""Any embedder may be passed in; one that fails costs nothing that was done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.indexer.index.conftest import CountingEmbedder, Vectors, World, content_of

from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.index import Index


class Broken(CountingEmbedder):
    """Gives good vectors for some batches, then something else."""

    def __init__(self, failure: str, good_batches: int = 0) -> None:
        super().__init__()
        self.failure = failure
        self.good_batches = good_batches

    def documents(self, texts: Sequence[str]) -> Vectors:
        if self.good_batches > 0:
            self.good_batches -= 1
            return super().documents(texts)
        made = super().documents(texts)
        if self.failure == "raises":
            raise RuntimeError("no more memory")
        return {
            "too few": made[:-1],
            "too narrow": made[:, :5],
            "flat": made.reshape(-1),
            "not a number": np.full_like(made, np.nan),
            "infinite": made * np.float32(np.inf) if made.any() else made,
        }[self.failure]


FAILURES = {
    "raises": "the embedder counting-256 failed: RuntimeError: no more memory",
    "too few": "the embedder gave vectors of shape",
    "too narrow": "the embedder gave vectors of shape",
    "flat": "the embedder gave vectors of shape",
    "not a number": "values that are not numbers",
    "infinite": "values that are not numbers",
}


@pytest.mark.filterwarnings("ignore:invalid value")  # zero times infinity, which this embedder computes on purpose
@pytest.mark.parametrize("failure", FAILURES)
def test_an_embedder_that_fails_leaves_a_usable_index(world: World, tmp_path: Path, failure: str) -> None:
    with Index.open(world.root, Broken(failure)) as index:
        with pytest.raises(EmbedderError, match=FAILURES[failure]):
            index.update()
        assert index.search("retry_request")[0].path == "src/retry.py"
        assert index.check() is None
    with Index.open(world.root, CountingEmbedder()) as index:
        report = index.update()
        assert report.embedded == report.chunks
        with Index.open(world.root, CountingEmbedder(), directory=tmp_path / "clean") as clean:
            clean.update()
            assert content_of(index) == content_of(clean)


def test_batches_before_the_failure_stay(tmp_path: Path) -> None:
    world = World(tmp_path / "work", {f"f{n}.py": f"def function_{n}():\n    return {n}\n" for n in range(150)})
    with Index.open(world.root, Broken("raises", good_batches=2)) as index, pytest.raises(EmbedderError):
        index.update()
    embedder = CountingEmbedder()
    with Index.open(world.root, embedder) as index:
        assert index.update().embedded == 150 - 2 * 64
    assert len(embedder.texts) == 150 - 2 * 64


def test_texts_are_embedded_in_batches_in_this_process(tmp_path: Path) -> None:
    sizes: list[int] = []

    class Sizes(CountingEmbedder):
        def documents(self, texts: Sequence[str]) -> Vectors:
            sizes.append(len(texts))
            return super().documents(texts)

    world = World(tmp_path / "work", {f"f{n}.py": f"def function_{n}():\n    return {n}\n" for n in range(150)})
    with Index.open(world.root, Sizes()) as index:
        index.update()
    assert sizes == [64, 64, 22]


@pytest.mark.parametrize(
    "query", [np.zeros(3, np.float32), np.full(256, np.nan, np.float32), np.zeros((2, 256), np.float32)]
)
def test_a_question_s_vector_is_looked_at_too(world: World, query: Vectors) -> None:
    class Odd(CountingEmbedder):
        def query(self, text: str) -> Vectors:
            return query

    with Index.open(world.root, Odd()) as index:
        index.update()
        for _ in range(2):
            hits = index.search("price of the cart")
            assert hits[0].path == "src/cart.py" and not any(hit.why["dense"] for hit in hits)
        assert len(index.notes) == 1 and index.notes[0].startswith("searched by words alone: the embedder gave")


def test_a_question_that_the_embedder_fails_over_is_answered_by_words(world: World) -> None:
    class Dead(CountingEmbedder):
        def query(self, text: str) -> Vectors:
            raise RuntimeError("no more memory")

    with Index.open(world.root, Dead()) as index:
        index.update()
        assert index.search("price of the cart")[0].path == "src/cart.py"
        assert index.notes == [
            "searched by words alone: the embedder counting-256 failed: RuntimeError: no more memory"
        ]


def test_switching_embedders_back_and_forth_embeds_once(world: World) -> None:
    one, two = CountingEmbedder("one"), CountingEmbedder("two", 16)
    for embedder, expected in ((one, True), (two, True), (one, False), (two, False)):
        embedder.texts.clear()
        with Index.open(world.root, embedder) as index:
            assert index.is_stale() == expected or not expected
            report = index.update()
            assert bool(report.embedded) == bool(embedder.texts) == expected
            assert index.search("price of the cart")[0].path == "src/cart.py"
            assert index.status().dimension == embedder.dimension


def test_vectors_that_are_not_of_unit_length_are_scaled(world: World) -> None:
    class Long(CountingEmbedder):
        def documents(self, texts: Sequence[str]) -> Vectors:
            return super().documents(texts) * np.float32(1e6)

    with Index.open(world.root, Long()) as index:
        index.update()
        assert content_of(index).vectors
        assert all(hit.why["dense"] <= 1 for hit in index.search("price of the cart"))
