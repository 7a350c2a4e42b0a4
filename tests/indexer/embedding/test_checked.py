"""What any embedder gives is looked at before it is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from scholiast_indexer.embedding import Vectors, checked, embed, worker_factory
from scholiast_indexer.errors import EmbedderError, StorageError

GOOD = np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)


class Fixed:
    """Gives what it was told to give."""

    fingerprint = "fixed"
    dimension = 2

    def __init__(self, vectors: object) -> None:
        self._vectors = vectors

    def documents(self, texts: Sequence[str]) -> Vectors:
        if isinstance(self._vectors, BaseException):
            raise self._vectors
        return self._vectors  # type: ignore[return-value]  # wrong on purpose

    def query(self, text: str) -> Vectors:
        vector: Vectors = self.documents([text])[0]
        return vector


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.float16])
def test_good_vectors_of_any_precision_pass(kind: type) -> None:
    vectors = embed(Fixed(GOOD.astype(kind)), ["a", "b"], ["", ""])
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, GOOD, atol=1e-3)


def test_a_list_of_lists_is_as_good() -> None:
    assert np.allclose(embed(Fixed(GOOD.tolist()), ["a", "b"], ["", ""]), GOOD)


def test_vectors_are_scaled_to_unit_length_and_zeros_stay() -> None:
    assert np.allclose(checked(GOOD * np.float32(7), 2, 2), GOOD)
    assert np.array_equal(checked(np.zeros((1, 2), np.float32), 1, 2), np.zeros((1, 2)))
    assert checked(GOOD, 2, 2) is GOOD


BAD = {
    "one too few": GOOD[:1],
    "too narrow": GOOD[:, :1],
    "flat": GOOD.reshape(-1),
    "not a number": np.array([[1, np.nan], [0, 1]]),
    "infinite": np.array([[1, np.inf], [0, 1]]),
    "ragged": [[1.0], [0.0, 1.0]],
    "words": [["a", "b"], ["c", "d"]],
    "nothing": None,
    "an error": ValueError("no GPU"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_can_t_be_used_is_one_kind_of_error(kind: str) -> None:
    with pytest.raises(EmbedderError):
        embed(Fixed(BAD[kind]), ["a", "b"], ["", ""])


def test_errors_of_ours_pass_as_they_are() -> None:
    with pytest.raises(StorageError):
        embed(Fixed(StorageError("full")), ["a"], [""])


@pytest.mark.parametrize("named", [None, 3, ""])
def test_a_factory_is_a_name_or_nothing(named: object) -> None:
    embedder = Fixed(GOOD)
    embedder.worker_factory = named  # type: ignore[attr-defined]  # optional in the protocol
    assert worker_factory(embedder) == (named if isinstance(named, str) else None)
