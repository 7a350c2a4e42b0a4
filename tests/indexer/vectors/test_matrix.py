"""The exact matrix: ranks as float32 does, and changes give new matrices."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.vectors.matrix import PART_ROWS, VectorMatrix
from scholiast_indexer.vectors.packing import Vectors, packed_again, packed_vectors

DIMENSION = 64


def unit(count: int, seed: int = 0, dimension: int = DIMENSION) -> Vectors:
    made = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    lengths: Vectors = np.linalg.norm(made, axis=1, keepdims=True)
    return made / lengths


def packed_pairs(vectors: Vectors, first: int = 1) -> list[tuple[int, bytes]]:
    return list(enumerate(packed_vectors(vectors), first))


def pairs_of(labels: Iterable[int], vectors: Vectors) -> list[tuple[int, bytes]]:
    """Those of these labels, which are rows of `vectors`."""
    return [(label, packed_vectors(vectors[label : label + 1])[0]) for label in labels]


def test_the_ranking_of_bytes_is_that_of_floats() -> None:
    vectors, queries = unit(20_000), unit(50, seed=1)
    matrix = VectorMatrix.from_packed(packed_pairs(vectors, 0), DIMENSION)
    shares = []
    for query in queries:
        exact = np.argsort(-(vectors @ query))[:10]
        found, scores = matrix.nearest(query, 10)
        shares.append(len(set(exact.tolist()) & set(found.tolist())) / 10)
        assert np.allclose(scores, (vectors @ query)[found], atol=0.02)
        assert list(scores) == sorted(scores, reverse=True)
    assert np.mean(shares) > 0.9  # of vectors that all lie about equally far, the worst case


def test_a_vector_is_nearest_to_itself() -> None:
    vectors = unit(1000)
    matrix = VectorMatrix.from_packed(packed_pairs(vectors), DIMENSION)
    assert all(matrix.nearest(vectors[place], 1)[0][0] == place + 1 for place in range(0, 1000, 37))


def test_equal_scores_go_by_id() -> None:
    same = np.repeat(unit(1), 5, axis=0)
    matrix = VectorMatrix.from_packed(reversed(packed_pairs(same)), DIMENSION)
    assert matrix.nearest(same[0], 3)[0].tolist()[:1] == [1] or len(set(matrix.nearest(same[0], 5)[0].tolist())) == 5
    assert matrix.nearest(same[0], 5)[0].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("limit", [-1, 0, 1, 3, 100])
def test_a_limit_is_a_limit(limit: int) -> None:
    matrix = VectorMatrix.from_packed(packed_pairs(unit(3)), DIMENSION)
    assert len(matrix.nearest(unit(1)[0], limit)[0]) == max(0, min(limit, 3))
    assert len(matrix.nearest_among(unit(1)[0], np.array([1, 2]), limit)[0]) == max(0, min(limit, 2))
    assert len(VectorMatrix.empty(DIMENSION).nearest(unit(1)[0], limit)[0]) == 0


def test_a_search_among_some_gives_those_of_the_whole() -> None:
    vectors = unit(500)
    matrix = VectorMatrix.from_packed(packed_pairs(vectors), DIMENSION)
    allowed = np.arange(1, 500, 7)
    whole = [label for label in matrix.nearest(vectors[0], 500)[0].tolist() if label in set(allowed.tolist())]
    assert matrix.nearest_among(vectors[0], allowed, 20)[0].tolist() == whole[:20]


def test_vectors_of_another_length_are_left_out() -> None:
    pairs = [*packed_pairs(unit(2)), (7, b""), (8, b"\0" * (DIMENSION * 2 + 2))]
    assert VectorMatrix.from_packed(pairs, DIMENSION).ids.tolist() == [1, 2]


def test_vectors_of_an_old_index_are_packed_and_those_of_another_length_are_none() -> None:
    vectors = unit(5)
    halves = [row.tobytes() for row in vectors.astype("<f2")]
    again = VectorMatrix.from_packed(enumerate(packed_again(half, DIMENSION, 1) for half in halves), DIMENSION)
    assert np.allclose(again.vectors(), vectors, atol=0.005)
    (packed, *_) = packed_vectors(vectors)
    assert packed_again(packed, DIMENSION, 2) == packed
    assert packed_again(packed, DIMENSION, 1) == packed_again(halves[0], DIMENSION, 2) == b""


def test_zeros_stay_zeros() -> None:
    matrix = VectorMatrix.from_packed(packed_pairs(np.zeros((2, DIMENSION), np.float32)), DIMENSION)
    assert matrix.nearest(unit(1)[0], 2)[1].tolist() == [0.0, 0.0]


@given(
    st.lists(st.tuples(st.sets(st.integers(1, 30), max_size=6), st.sets(st.integers(1, 30), max_size=6)), max_size=8)
)
def test_changes_leave_what_a_set_would_hold(changes: list[tuple[set[int], set[int]]]) -> None:
    vectors = unit(31)
    matrix, held = VectorMatrix.empty(DIMENSION), set[int]()
    for removed, added in changes:
        before = matrix.ids.copy()
        new = VectorMatrix.from_packed(pairs_of(sorted(added), vectors), DIMENSION)
        changed = matrix.changed(np.array(sorted(removed), dtype=np.int64), new)
        assert matrix.ids.tolist() == before.tolist()
        matrix, held = changed, (held - removed) | added
        assert sorted(matrix.ids.tolist()) == sorted(held)
        for label in held:
            (score,) = matrix.nearest_among(vectors[label], np.array([label]), 1)[1]
            assert score == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("step", [1, 7, 900, 20_000])
def test_a_matrix_changed_often_holds_what_one_made_at_once_holds(step: int) -> None:
    count, dimension = 30_000, 8
    pairs = dict(packed_pairs(unit(count, dimension=dimension), 0))
    matrix = VectorMatrix.from_packed(pairs.items(), dimension)
    for change in range(40):
        moved = np.arange(change * 701, count, step)[:300] if step > 1 else np.arange(change * 900, (change + 1) * 900)
        again = VectorMatrix.from_packed([(n, pairs[n]) for n in moved.tolist() if n in pairs], dimension)
        matrix = matrix.changed(moved, VectorMatrix.empty(dimension)).changed(moved[:5], again)
    order = np.argsort(matrix.ids)
    fresh = VectorMatrix.from_packed(pairs.items(), dimension)
    assert matrix.ids[order].tolist() == fresh.ids.tolist()
    assert np.array_equal(matrix.vectors()[order], fresh.vectors())
    assert np.array_equal(matrix.only(np.arange(0, count, 11)).vectors(), matrix.vectors()[matrix.ids % 11 == 0])
    assert {len(part) <= PART_ROWS for part in matrix.parts} == {True}
    assert len(matrix.parts) <= 4 * (1 + count // PART_ROWS)


def test_a_change_copies_only_the_parts_that_it_touches() -> None:
    matrix = VectorMatrix.from_packed(packed_pairs(unit(3 * PART_ROWS, dimension=8), 0), 8)
    changed = matrix.changed(
        np.array([PART_ROWS + 5]), VectorMatrix.from_packed(packed_pairs(unit(2, dimension=8), 10**6), 8)
    )
    assert [any(part is old for old in matrix.parts) for part in changed.parts] == [True, False, True, False]
