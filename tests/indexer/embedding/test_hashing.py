"""The embedder that ships: the same on every machine and in every process, of unit length, near for what is alike."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scholiast_indexer.embedding import Embedder, worker_factory
from scholiast_indexer.embedding.hashing import DIMENSION, ROWS_MAX, HashingEmbedder
from scholiast_indexer.text import text_terms
from scholiast_indexer.workers.analysis import vector_bytes
from scholiast_indexer.workers.process import make_embedder

TEXTS = ["def add_url_rule(self, rule, endpoint=None):", "Put an item into the cart.", "变量 = größe", "x", ""]
GOLDEN = "e48674ea095646d8"
PRINT_DIGEST = """
import hashlib, sys
from scholiast_indexer.embedding.hashing import HashingEmbedder
from scholiast_indexer.workers.analysis import vector_bytes
halves = vector_bytes(HashingEmbedder().documents(eval(sys.argv[1])))
print(hashlib.blake2b(b"".join(halves), digest_size=8).hexdigest())
"""


def digest(embedder: HashingEmbedder) -> str:
    return hashlib.blake2b(b"".join(vector_bytes(embedder.documents(TEXTS))), digest_size=8).hexdigest()


def test_vectors_are_those_of_this_fingerprint() -> None:
    """Whoever changes them has to give the model another fingerprint: stored vectors are compared with new ones."""
    assert (HashingEmbedder().fingerprint, digest(HashingEmbedder())) == ("hashing-2", GOLDEN)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_vectors_are_the_same_in_every_process(seed: str) -> None:
    command = [sys.executable, "-c", PRINT_DIGEST, repr(TEXTS)]
    done = subprocess.run(
        command,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == GOLDEN, done.stderr


def test_it_satisfies_the_protocol_and_can_be_made_in_a_worker() -> None:
    embedder = HashingEmbedder()
    assert isinstance(embedder, Embedder)
    made = make_embedder(worker_factory(embedder) or "")
    assert made is not None
    assert made.fingerprint == embedder.fingerprint


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_vectors_have_unit_length_or_are_zero(texts: list[str]) -> None:
    vectors = HashingEmbedder().documents(texts)
    assert vectors.shape == (len(texts), DIMENSION)
    assert vectors.dtype == np.float32
    for text, vector in zip(texts, vectors, strict=True):
        assert np.linalg.norm(vector) == pytest.approx(1.0 if text_terms(text) else 0.0, abs=1e-5)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abcd _", max_size=30), min_size=1, max_size=5))
def test_a_vector_does_not_depend_on_its_neighbours(texts: list[str]) -> None:
    together = HashingEmbedder().documents(texts)
    alone = np.concatenate([HashingEmbedder().documents([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-6)
    embedder = HashingEmbedder()
    assert np.allclose(embedder.documents_from_terms([text_terms(text) for text in texts]), together, atol=1e-6)
    assert np.allclose(embedder.query(texts[0]), together[0], atol=1e-6)


def test_the_memory_of_terms_is_bounded_and_forgets_nothing_needed() -> None:
    embedder = HashingEmbedder()
    before = embedder.documents(["one two three"])
    terms = [f"{letter}{number}" for letter in "pqrs" for number in range(ROWS_MAX // 7)]
    embedder.documents_from_terms([" ".join(terms[: len(terms) // 2]), " ".join(terms[len(terms) // 2 :])])
    embedder.documents_from_terms([" ".join(f"o{term}" for term in terms)])
    assert len(embedder._rows) <= ROWS_MAX
    assert np.allclose(embedder.documents(["one two three"]), before)


NEARER: list[tuple[str, str, str]] = [
    ("serializer", "serialization", "cart"),
    ("retry request", "def retry_request(send):", "def total_price(self):"),
    ("addUrlRule", "add_url_rule", "render_template"),
]


@pytest.mark.parametrize(("query", "near", "far"), NEARER)
def test_what_is_spelled_alike_is_near(query: str, near: str, far: str) -> None:
    embedder = HashingEmbedder()
    close, distant = embedder.documents([near, far]) @ embedder.query(query)
    assert close > distant + 0.2
