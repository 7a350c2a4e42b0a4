"""The graph's discipline: what it is asked to hold it holds, whatever came and went before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.indexer.vectors.test_matrix import DIMENSION, packed_pairs, pairs_of, unit

from scholiast_indexer.vectors.graph import RECALL_WANTED, Graph
from scholiast_indexer.vectors.matrix import VectorMatrix
from scholiast_indexer.vectors.packing import Vectors
from scholiast_indexer.vectors.projection import identity, main_directions, projected


def clustered(count: int, seed: int = 0) -> Vectors:
    """Vectors as text gives them: around some topics."""
    topics = unit(max(2, count // 50), seed)
    made = topics[np.arange(count) % len(topics)] + np.float32(0.6) * unit(count, seed + 1)
    scaled: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return scaled


def matrix_of(labels: set[int], vectors: Vectors) -> VectorMatrix:
    return VectorMatrix.from_packed(pairs_of(sorted(labels), vectors), DIMENSION)


def built(matrix: VectorMatrix) -> Graph:
    graph = Graph.empty(main_directions(matrix), len(matrix))
    assert graph.change((), matrix, threads=2)
    return graph


def flat(count: int, kept: int, seed: int = 0) -> Vectors:
    """Clustered vectors that lie almost wholly in so many directions, which are none of the axes."""
    turn = np.linalg.qr(unit(DIMENSION, seed + 9))[0]
    strength = np.where(np.arange(DIMENSION) < kept, 1.0, 0.02).astype(np.float32)
    made = (clustered(count, seed) * strength) @ turn
    scaled: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return scaled


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.integers(0, 59), max_size=60), max_size=12))
def test_a_graph_holds_what_the_matrix_holds(states: list[set[int]]) -> None:
    """Labels that come back, after their deletion, name the same vector as before."""
    vectors = unit(60)
    graph = Graph.empty(identity(DIMENSION), 0)
    for state in states:
        matrix = matrix_of(state, vectors)
        if not graph.change(*graph.difference(matrix)):
            graph = Graph.empty(identity(DIMENSION), len(state))
            assert graph.change((), matrix)
        assert len(graph) == len(state)
        for label in state:
            found = graph.nearest(vectors[label], 1, matrix)
            assert found is None or found[0].tolist() == [label]
        everything = graph.nearest(unit(1)[0], 100, matrix)
        assert everything is None or set(everything[0].tolist()) <= state


def test_too_many_deletions_ask_for_a_fresh_graph_and_change_nothing() -> None:
    vectors = unit(100)
    matrix = matrix_of(set(range(100)), vectors)
    graph = built(matrix)
    assert graph.change(range(20), VectorMatrix.empty(DIMENSION))
    assert not graph.change(range(20, 60), VectorMatrix.empty(DIMENSION))
    assert len(graph) == 80
    assert graph.nearest(vectors[30], 1, matrix) is not None


def test_a_full_graph_asks_for_a_fresh_one() -> None:
    graph = Graph.empty(identity(DIMENSION), 0)  # room for 1,000
    assert graph.change((), VectorMatrix.from_packed(packed_pairs(unit(1000)), DIMENSION))
    assert not graph.change((), VectorMatrix.from_packed(packed_pairs(unit(1), 2000), DIMENSION))
    assert len(graph) == 1000


def test_changes_that_say_nothing_new_are_no_changes() -> None:
    vectors = unit(10)
    graph = built(matrix_of(set(range(10)), vectors))
    assert graph.change([77, 78], matrix_of({1, 2, 3}, vectors))
    assert graph.change([4], matrix_of({4}, vectors))
    assert len(graph) == 10


def test_recall_on_clustered_vectors_is_kept_by_a_low_effort() -> None:
    vectors = clustered(5000)
    matrix = VectorMatrix.from_packed(packed_pairs(vectors, 0), DIMENSION)
    assert built(matrix).settle_recall(matrix) >= RECALL_WANTED


@pytest.mark.parametrize("count", [0, 1, 2, 11])
def test_more_is_asked_for_than_there_is(count: int) -> None:
    matrix = matrix_of(set(range(count)), unit(count))
    graph = built(matrix)
    found = graph.nearest(unit(1, 5)[0], 50, matrix)
    assert found is not None
    assert sorted(found[0].tolist()) == list(range(count))
    assert graph.nearest(unit(1, 5)[0], 0, matrix) is not None


def test_a_saved_graph_is_the_same_when_it_is_loaded(tmp_path: Path) -> None:
    vectors = clustered(300)
    matrix = matrix_of(set(range(300)), vectors)
    graph = built(matrix)
    graph.change([1, 2, 3], VectorMatrix.empty(DIMENSION))
    loaded = Graph.load(tmp_path / "graph", graph.save(tmp_path / "graph"), DIMENSION)
    for query in unit(20, 9):
        assert [x.tolist() for x in loaded.nearest(query, 10, matrix) or ()] == [
            x.tolist() for x in graph.nearest(query, 10, matrix) or ()
        ]
    assert loaded.change([4], matrix_of({1, 2}, vectors))  # two that were deleted before it was saved
    assert len(loaded) == 298
    found = loaded.nearest(vectors[1], 1, matrix)
    assert found is not None
    assert found[0].tolist() == [1]


def test_directions_that_say_little_are_left_out_and_what_is_found_stays_exact() -> None:
    matrix = matrix_of(set(range(3000)), flat(3000, kept=16))
    graph = built(matrix)
    assert main_directions(matrix).shape == (DIMENSION, 16)
    assert graph.settle_recall(matrix) >= RECALL_WANTED
    for query in flat(20, kept=16, seed=3):
        found = graph.nearest(query, 5, matrix)
        assert found is not None
        assert np.allclose(found[1], matrix.nearest_among(query, found[0], 5)[1])


@pytest.mark.parametrize("count", [0, 1, 40, 3000])
def test_vectors_that_differ_in_all_directions_keep_them_all(count: int) -> None:
    vectors = unit(count) if count else np.empty((0, DIMENSION), np.float32)
    directions = main_directions(matrix_of(set(range(count)), vectors))
    kept = projected(vectors, directions)
    assert np.allclose(directions.T @ directions, np.eye(directions.shape[1]), atol=1e-4)
    assert (kept**2).sum() >= 0.89 * count
