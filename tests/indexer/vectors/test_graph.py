"""The graph's discipline: what it is asked to hold it holds, whatever came and went before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.indexer.vectors.test_matrix import DIMENSION, packed_pairs, pairs_of, unit

from scholiast_indexer.vectors.graph import RECALL_MIN, Graph
from scholiast_indexer.vectors.matrix import VectorMatrix, Vectors


def clustered(count: int, seed: int = 0) -> Vectors:
    """Vectors as text gives them: around some topics."""
    topics = unit(max(2, count // 50), seed)
    made = topics[np.arange(count) % len(topics)] + np.float32(0.6) * unit(count, seed + 1)
    scaled: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return scaled


def matrix_of(labels: set[int], vectors: Vectors) -> VectorMatrix:
    return VectorMatrix.from_packed(pairs_of(sorted(labels), vectors), DIMENSION)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.integers(0, 59), max_size=60), max_size=12))
def test_a_graph_holds_what_the_matrix_holds(states: list[set[int]]) -> None:
    """Labels that come back, after their deletion, name the same vector as before."""
    vectors = unit(60)
    graph = Graph.empty(DIMENSION, 0)
    for state in states:
        matrix = matrix_of(state, vectors)
        if not graph.change(*graph.difference(matrix)):
            graph = Graph.empty(DIMENSION, len(state))
            assert graph.change((), matrix)
        assert len(graph) == len(state)
        for label in state:
            found = graph.nearest(vectors[label], 1)
            assert found is None or found[0].tolist() == [label]
        everything = graph.nearest(unit(1)[0], 100)
        assert everything is None or set(everything[0].tolist()) <= state


def test_too_many_deletions_ask_for_a_fresh_graph_and_change_nothing() -> None:
    vectors = unit(100)
    graph = Graph.empty(DIMENSION, 100)
    graph.change((), matrix_of(set(range(100)), vectors))
    assert graph.change(range(20), VectorMatrix.empty(DIMENSION))
    assert not graph.change(range(20, 60), VectorMatrix.empty(DIMENSION))
    assert len(graph) == 80
    assert graph.nearest(vectors[30], 1) is not None


def test_a_full_graph_asks_for_a_fresh_one() -> None:
    graph = Graph.empty(DIMENSION, 0)  # room for 1,000
    assert graph.change((), VectorMatrix.from_packed(packed_pairs(unit(1000)), DIMENSION))
    assert not graph.change((), VectorMatrix.from_packed(packed_pairs(unit(1), 2000), DIMENSION))
    assert len(graph) == 1000


def test_changes_that_say_nothing_new_are_no_changes() -> None:
    vectors = unit(10)
    graph = Graph.build(np.arange(10), vectors)
    assert graph.change([77, 78], matrix_of({1, 2, 3}, vectors))
    assert graph.change([4], matrix_of({4}, vectors))
    assert len(graph) == 10


def test_recall_on_clustered_vectors_is_kept_by_a_low_effort() -> None:
    vectors = clustered(5000)
    graph = Graph.build(np.arange(5000), vectors, threads=2)
    matrix = VectorMatrix.from_packed(packed_pairs(vectors, 0), DIMENSION)
    assert graph.settle_recall(matrix) >= RECALL_MIN


@pytest.mark.parametrize("count", [0, 1, 2, 11])
def test_more_is_asked_for_than_there_is(count: int) -> None:
    graph = Graph.build(np.arange(count), unit(count))
    found = graph.nearest(unit(1, 5)[0], 50)
    assert found is not None
    assert sorted(found[0].tolist()) == list(range(count))
    assert graph.nearest(unit(1, 5)[0], 0) is not None


def test_a_saved_graph_is_the_same_when_it_is_loaded(tmp_path: Path) -> None:
    vectors = clustered(300)
    graph = Graph.build(np.arange(300), vectors)
    graph.change([1, 2, 3], VectorMatrix.empty(DIMENSION))
    loaded = Graph.load(tmp_path / "graph", graph.save(tmp_path / "graph"), DIMENSION)
    for query in unit(20, 9):
        assert [x.tolist() for x in loaded.nearest(query, 10) or ()] == [
            x.tolist() for x in graph.nearest(query, 10) or ()
        ]
    assert loaded.change([4], matrix_of({1, 2}, vectors))  # two that were deleted before it was saved
    assert len(loaded) == 298
    found = loaded.nearest(vectors[1], 1)
    assert found is not None
    assert found[0].tolist() == [1]
