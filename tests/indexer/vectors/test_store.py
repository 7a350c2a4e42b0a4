"""The store: level with a catalog, exact or by graph, from caches that are only used when they hold."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from tests.indexer.vectors.test_graph import clustered
from tests.indexer.vectors.test_matrix import DIMENSION, pairs_of, unit

from scholiast_indexer.errors import EmbedderError, StorageError
from scholiast_indexer.vectors import VectorStore, graph
from scholiast_indexer.vectors.graph import Graph
from scholiast_indexer.vectors.matrix import Ids, VectorMatrix
from scholiast_indexer.vectors.packing import Vectors
from scholiast_indexer.vectors.store import Live, VectorMode


class Source:
    """Stands for the catalog: vectors by id, a generation, and how often each was asked for."""

    def __init__(self, vectors: Vectors, labels: Iterable[int] | None = None, generation: int = 1) -> None:
        self.vectors = vectors
        self.labels: set[int] = set(range(len(vectors)) if labels is None else labels)
        self.generation = generation
        self.fetched: list[int] = []

    def pairs(self, labels: Iterable[int]) -> list[tuple[int, bytes]]:
        return pairs_of(labels, self.vectors)

    def read(self) -> Live:
        def fetch(wanted: Ids) -> list[tuple[int, bytes]]:
            self.fetched.extend(wanted.tolist())
            return self.pairs(wanted.tolist())

        return Live(self.generation, np.array(sorted(self.labels), dtype=np.int64), fetch)


def opened(directory: Path, source: Source, mode: VectorMode = "auto", fingerprint: str = "model") -> VectorStore:
    store = VectorStore(directory, "catalog", fingerprint, DIMENSION, mode)
    store.follow(source.read)
    return store


def found(store: VectorStore, query: Vectors, limit: int = 5) -> list[int]:
    return [int(label) for label in store.nearest(query, limit)[0]]


@pytest.mark.parametrize("mode", ["exact", "hnsw"])
def test_it_follows_the_catalog(tmp_path: Path, mode: VectorMode) -> None:
    source = Source(clustered(300), range(100))
    store = opened(tmp_path, source, mode)
    store.warm()
    assert store.searched_by == mode
    states: list[range] = [range(50, 150), range(300), range(200, 300), range(0), range(10)]
    for labels in states:
        source.labels = set(labels)
        store.follow(source.read)
        store.warm()
        assert set(found(store, source.vectors[5], 300)) == source.labels


def test_what_is_applied_need_not_be_fetched(tmp_path: Path) -> None:
    source = Source(clustered(100), range(50))
    store = opened(tmp_path, source)
    source.fetched.clear()
    store.apply(range(10), source.pairs(range(50, 60)), 2)
    source.labels = set(range(10, 60))
    store.follow(source.read)
    assert source.fetched == []
    assert set(found(store, source.vectors[0], 100)) == source.labels


@pytest.mark.parametrize("mode", ["exact", "hnsw"])
def test_a_saved_cache_is_used_and_only_the_difference_fetched(tmp_path: Path, mode: VectorMode) -> None:
    source = Source(clustered(400), range(300))
    first = opened(tmp_path, source, mode)
    first.warm()
    first.save()
    source.labels, source.generation = set(range(20, 330)), 5
    source.fetched.clear()
    again = opened(tmp_path, source, mode)
    again.warm()
    assert again.searched_by == mode
    assert again.notes == []
    assert sorted(source.fetched) == list(range(300, 330))
    assert set(found(again, source.vectors[25], 400)) == source.labels


def test_a_saved_graph_that_too_much_has_changed_since_is_built_again(tmp_path: Path) -> None:
    source = Source(clustered(300), range(150))
    store = opened(tmp_path, source, "hnsw")
    store.warm()
    store.save()
    source.labels, source.generation = set(range(150, 300)), 2
    again = opened(tmp_path, source, "hnsw")
    again.warm()
    assert again.searched_by == "hnsw"
    assert found(again, source.vectors[200], 1) == [200]
    again.save()
    third = opened(tmp_path, source, "hnsw")
    third.warm()
    assert third.searched_by == "hnsw"


def test_a_small_drift_is_not_saved_and_a_large_one_is(tmp_path: Path) -> None:
    source = Source(clustered(400), range(300))
    store = opened(tmp_path, source)
    store.save()
    written = (tmp_path / "vectors.bin").read_bytes()
    store.apply([1, 2], source.pairs([301]), 2)
    store.save()
    assert (tmp_path / "vectors.bin").read_bytes() == written
    store.apply([], source.pairs(range(310, 330)), 3)
    store.save()
    assert (tmp_path / "vectors.bin").read_bytes() != written


@pytest.mark.parametrize("mode", ["exact", "hnsw"])
@pytest.mark.parametrize("change", ["another model", "an earlier generation", "another catalog"])
def test_caches_of_something_else_are_not_used(tmp_path: Path, mode: VectorMode, change: str) -> None:
    source = Source(clustered(100), generation=7)
    first = opened(tmp_path, source, mode)
    first.warm()
    first.save()
    source.fetched.clear()
    source.generation = 3 if change == "an earlier generation" else 8
    other = VectorStore(
        tmp_path,
        "other" if change == "another catalog" else "catalog",
        "other" if change == "another model" else "model",
        DIMENSION,
        mode,
    )
    other.follow(source.read)
    assert len(source.fetched) == 100
    assert not (tmp_path / "vectors.bin").exists(), "ids in it will be given again"
    other.warm()
    assert found(other, source.vectors[3], 1) == [3]


def test_a_set_without_structure_is_compared_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random directions: no effort that pays finds their neighbours. (At this size one has to ask for more.)"""
    monkeypatch.setattr(graph, "_EF_TRIED", (10,))
    monkeypatch.setattr(graph, "_COMPARED_MIN", 10)
    monkeypatch.setattr("scholiast_indexer.vectors.store.RECALL_MIN", 0.98)
    vectors = unit(3000, dimension=256)
    store = VectorStore(tmp_path, "catalog", "model", 256, "hnsw")
    store.follow(Source(vectors).read)
    store.warm()
    assert store.searched_by == "exact"
    assert "comparing all instead" in store.notes[0]
    assert found(store, vectors[17], 1) == [17]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 1.0])
@pytest.mark.parametrize("mode", ["exact", "hnsw"])
def test_a_filter_leaves_the_nearest_of_what_it_allows(tmp_path: Path, mode: VectorMode, share: float) -> None:
    source = Source(clustered(2000))
    store = opened(tmp_path, source, mode)
    store.warm()
    allowed = np.arange(int(2000 * share))
    for query in clustered(10, seed=4):
        ids, scores = store.nearest(query, 5, allowed)
        cosines = source.vectors[allowed] @ query
        assert np.allclose(scores, np.sort(cosines)[::-1][:5], atol=0.01)
        assert set(ids.tolist()) <= set(allowed.tolist())


def test_copies_of_one_vector_are_no_trouble(tmp_path: Path) -> None:
    vectors = clustered(600)
    vectors[100:300] = vectors[100]
    store = opened(tmp_path, Source(vectors), "hnsw")
    store.warm()
    assert store.searched_by == "hnsw"
    assert set(found(store, vectors[100], 10)) <= set(range(100, 300))


def test_a_graph_with_too_little_recall_is_refused_until_the_set_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Graph, "settle_recall", lambda _self, _matrix: 0.5)
    source = Source(clustered(200), range(100))
    store = opened(tmp_path, source, "hnsw")
    store.warm()
    assert store.searched_by == "exact"
    assert store.notes == ["the vector graph finds only 50% of the neighbours; comparing all instead"]
    assert not store.wants_graph
    store.apply([], source.pairs(range(100, 150)), 2)
    assert store.wants_graph


def test_a_stopped_build_leaves_the_exact_search(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    store = opened(tmp_path, Source(clustered(100)), "hnsw")
    store.warm(1, stop)
    assert store.searched_by == "exact"


def test_what_changes_while_a_graph_is_built_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(clustered(300), range(200))
    store = opened(tmp_path, source, "hnsw")
    settle = Graph.settle_recall

    def change_meanwhile(built: Graph, matrix: VectorMatrix) -> float:
        store.apply(range(20), source.pairs(range(200, 230)), 2)
        return settle(built, matrix)

    monkeypatch.setattr(Graph, "settle_recall", change_meanwhile)
    store.warm()
    assert store.searched_by == "hnsw"
    assert set(found(store, source.vectors[1], 300)) == set(range(20, 230))


def test_a_full_disk_is_told_and_leaves_the_old_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(clustered(200), range(100))
    store = opened(tmp_path, source, "hnsw")
    store.warm()
    store.save()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    store.apply([], source.pairs(range(100, 200)), 2)

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(StorageError, match="No space left on device"):
            store.save()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    store.save()
    assert opened(tmp_path, source).notes == []


@pytest.mark.parametrize("query", [np.zeros(3), np.full(DIMENSION, np.nan), np.zeros((1, DIMENSION))])
def test_a_query_that_is_no_vector_of_the_model_is_an_error(tmp_path: Path, query: Vectors) -> None:
    with pytest.raises(EmbedderError):
        opened(tmp_path, Source(clustered(10))).nearest(query, 3)


@pytest.mark.parametrize("mode", ["exact", "hnsw"])
def test_searches_go_on_while_vectors_change(tmp_path: Path, mode: VectorMode) -> None:
    source = Source(clustered(1500), range(500))
    store = opened(tmp_path, source, mode)
    store.warm()
    stop, errors, always = threading.Event(), list[BaseException](), set(range(100, 200))

    def search() -> None:
        try:
            while not stop.is_set():
                assert always <= set(found(store, source.vectors[150], 1500))
                store.warm()
        except BaseException as error:  # noqa: BLE001  looked at below
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(500, 1500, 10):
        store.apply(range(start - 300, start - 290), source.pairs(range(start, start + 10)), start)
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(store) == 500
