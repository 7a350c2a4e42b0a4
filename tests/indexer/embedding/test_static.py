"""The embedder that ships: the same on every machine and in every process, of unit length, near for what is alike."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scholiast_indexer.embedding import Embedder, embed, embed_query, worker_factory
from scholiast_indexer.embedding.static import MODEL, WORDS_MAX, StaticEmbedder, Vocabulary
from scholiast_indexer.errors import EmbedderError
from scholiast_indexer.text import text_terms
from scholiast_indexer.workers.process import make_embedder

EMBEDDER = StaticEmbedder()
MODEL_BYTES_MAX = 8_000_000
PRINT_COSINE = """
import sys
from scholiast_indexer.embedding.static import StaticEmbedder
embedder = StaticEmbedder()
print(embedder.fingerprint, round(float(embedder.query(sys.argv[1]) @ embedder.query(sys.argv[2])), 4))
"""


def cosine(first: str, second: str) -> float:
    return float(EMBEDDER.query(first) @ EMBEDDER.query(second))


@pytest.mark.parametrize("seed", ["0", "1"])
def test_vectors_are_the_same_in_every_process(seed: str) -> None:
    texts = ("read the configuration file", "def load_settings(path): return parse(open(path).read()) zzyzx_quux")
    command = [sys.executable, "-c", PRINT_COSINE, *texts]
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    fingerprint, found = done.stdout.split()
    assert fingerprint == EMBEDDER.fingerprint
    assert float(found) == pytest.approx(cosine(*texts), abs=2e-4)


def test_it_satisfies_the_protocol_and_can_be_made_in_a_worker() -> None:
    assert isinstance(EMBEDDER, Embedder)
    made = make_embedder(worker_factory(EMBEDDER) or "")
    assert made is not None
    assert made.fingerprint == EMBEDDER.fingerprint


def test_a_model_of_another_folder_is_not_made_in_a_worker_which_would_take_the_one_that_ships(tmp_path: Path) -> None:
    shutil.copytree(MODEL, tmp_path / "model")
    assert worker_factory(StaticEmbedder(tmp_path / "model")) is None


def test_the_model_is_small_and_holds_a_row_for_each_term() -> None:
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= MODEL_BYTES_MAX
    tokenizer = msgspec.json.decode((MODEL / "tokenizer.json").read_bytes())
    rows = sorted(tokenizer["model"]["vocab"].values())
    assert rows == list(range(len(rows)))


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_vectors_have_unit_length_or_are_zero(texts: list[str]) -> None:
    vectors = EMBEDDER.documents(texts)
    assert vectors.shape == (len(texts), EMBEDDER.dimension)
    assert vectors.dtype == np.float32
    for text, vector in zip(texts, vectors, strict=True):
        length = float(np.linalg.norm(vector))
        assert length == pytest.approx(1.0, abs=1e-5) or length == 0.0
        assert text_terms(text) or length == 0.0


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abcd _", max_size=30), min_size=1, max_size=5))
def test_a_vector_does_not_depend_on_its_neighbours(texts: list[str]) -> None:
    together = EMBEDDER.documents(texts)
    alone = np.concatenate([StaticEmbedder().documents([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-6)
    assert np.allclose(embed(EMBEDDER, texts, [""] * len(texts)), together, atol=1e-6)
    assert np.allclose(EMBEDDER.query(texts[0]), StaticEmbedder().query(texts[0]), atol=1e-6)


def test_a_term_weighs_more_the_earlier_it_comes() -> None:
    early, late = EMBEDDER.documents_from_terms([["retri", "draw", "rectangl"], ["draw", "rectangl", "retri"]])
    vector = EMBEDDER.query("retry")
    assert vector @ early > vector @ late


def test_a_name_that_is_defined_and_what_is_said_of_it_weigh_more_than_other_words() -> None:
    terms = [["draw", "rectangl", "retri"]] * 3
    plain, named, said = EMBEDDER.documents_from_terms(terms, ["\n", "retri\n", "draw\nretri"])
    vector = EMBEDDER.query("retry")
    assert vector @ named > vector @ plain
    assert vector @ said > vector @ plain


def test_a_question_is_nearer_to_what_holds_its_rare_words() -> None:
    rare, common = EMBEDDER.documents(["retry backoff", "draw rectangle"])
    vector = embed_query(EMBEDDER, "retry rectangle", {"retri": 8.0, "rectangl": 0.5}.__getitem__)
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)
    assert vector @ rare > EMBEDDER.query("retry rectangle") @ rare
    assert vector @ common < EMBEDDER.query("retry rectangle") @ common


def test_where_all_words_are_as_rare_a_question_is_what_it_is_alone() -> None:
    vector = embed_query(EMBEDDER, "retry the request", lambda _: 3.0)
    assert np.allclose(vector, EMBEDDER.query("retry the request"), atol=1e-6)


def test_the_memory_of_words_is_bounded_and_forgets_nothing_needed() -> None:
    embedder = StaticEmbedder()
    before = embedder.documents(["zzone qqtwo retry"])
    terms = [f"{letter}q{number}z" for letter in "pqrs" for number in range(WORDS_MAX // 7)]
    embedder.documents([" ".join(terms[: len(terms) // 2]), " ".join(terms[len(terms) // 2 :])])
    embedder.documents([" ".join(f"o{term}" for term in terms)])
    assert len(embedder._rows) <= len(embedder._known) + WORDS_MAX + 2 * len(terms)
    assert np.allclose(embedder.documents(["zzone qqtwo retry"]), before)


def test_more_words_in_one_batch_than_are_remembered_are_taken_all_the_same() -> None:
    embedder = StaticEmbedder()
    terms = [f"stringq{number}" for number in range(WORDS_MAX + 10)]
    (vector,) = embedder.documents([" ".join(terms)])
    assert float(vector @ embedder.query("string")) > 0.5


def test_a_word_outside_the_vocabulary_is_taken_apart() -> None:
    vocabulary = Vocabulary({"str": 0, "cas": 1, "case": 2, "cmp": 3, "strings": 4})
    assert vocabulary.rows_of("strcasecmp") == [0, 2, 3]
    assert vocabulary.rows_of("xxstr") == [0]
    assert vocabulary.rows_of("strings") == [4]
    assert vocabulary.rows_of("xy") == []


@pytest.mark.parametrize(
    ("query", "near", "far"),
    [
        ("serializer", "def serialize(value): return json.dumps(value)", "def total_price(cart): return sum(cart)"),
        ("try the request again when it fails", "retry_count += 1; sleep(backoff)", "draw_rectangle(x, y, width)"),
        ("addUrlRule", "add_url_rule", "render_template"),
        ("remove a folder and all in it", "shutil.rmtree(directory)", "logger.info(message)"),
        ("how to join two lists of strings", "return ', '.join(parts)", "socket.bind(address)"),
    ],
)
def test_what_means_alike_is_nearer(query: str, near: str, far: str) -> None:
    close, distant = EMBEDDER.documents([near, far]) @ EMBEDDER.query(query)
    assert close > distant + 0.1


@pytest.mark.parametrize("damage", ["missing", "cut", "no table", "other vocabulary", "no json"])
def test_a_model_that_is_not_whole_is_told(damage: str, tmp_path: Path) -> None:
    folder = shutil.copytree(MODEL, tmp_path / "model")
    table, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
    if damage == "missing":
        table.unlink()
    elif damage == "cut":
        table.write_bytes(table.read_bytes()[:-1000])
    elif damage == "no table":
        table.write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    elif damage == "other vocabulary":
        tokenizer.write_text('{"model": {"vocab": {"[UNK]": 0}}}')
    else:
        tokenizer.write_text("[")
    with pytest.raises(EmbedderError, match="model"):
        StaticEmbedder(folder)
