"""Vectors of a GGUF model: texts of any length, prefixes, two processes, what happens when they die."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest
from tests.server.models.llama.tiny_embedders import write_embedder
from tests.server.models.llama.tiny_models import write_model

from scholiast_indexer.embedding import Embedder, embed
from scholiast_indexer.errors import EmbedderError
from scholiast_server.errors import ModelError
from scholiast_server.models.llama.client import LlamaProcess
from scholiast_server.models.llama.description import describe
from scholiast_server.models.llama.embedder import LlamaEmbedder, loads
from scholiast_server.models.llama.windows import windows

WINDOW = 64
MARKS = 2
"""Tokens that the model wants around a text."""


class Running:
    """An embedder with its two processes."""

    def __init__(self, path: Path, **prefixes: str) -> None:
        described = describe(str(path))
        queries, documents = loads(str(path), described, threads=1)
        self.queries, self.documents = LlamaProcess(queries), LlamaProcess(documents)
        self.embedder = LlamaEmbedder(described, self.queries, self.documents, **prefixes)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.embedder.close()


@pytest.fixture(scope="session")
def tiny_embedder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT with a window of 64 tokens, each a letter."""
    return write_embedder(tmp_path_factory.mktemp("embedders") / "tiny.gguf", window=WINDOW)


@pytest.fixture(scope="module")
def running(tiny_embedder: Path) -> Iterator[Running]:
    with Running(tiny_embedder, query_prefix="q:", document_prefix="d:") as opened:
        yield opened


@pytest.fixture(scope="module")
def plain(tiny_embedder: Path) -> Iterator[Running]:
    """Without prefixes."""
    with Running(tiny_embedder) as opened:
        yield opened


def test_it_is_an_embedder_that_the_indexer_takes(plain: Running) -> None:
    embedder = plain.embedder
    assert isinstance(embedder, Embedder)
    made = embed(embedder, ["def add(a, b): return a + b", "retry", ""], ["", "", ""])
    assert made.shape == (3, embedder.dimension) == (3, 32)
    assert np.allclose(np.linalg.norm(made, axis=1), [1, 1, 0], atol=1e-5)
    assert np.allclose(embedder.query("retry"), made[1], atol=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "\n\t\n"])
def test_a_text_of_nothing_has_no_direction(running: Running, text: str) -> None:
    assert not running.embedder.query(text).any()
    assert not running.embedder.documents([text]).any()


def test_texts_do_not_change_each_others_vectors(plain: Running) -> None:
    texts = ["alpha", "beta" * 9, "gamma" * 40, "", "delta = 1", "x"]
    together = plain.embedder.documents(texts)
    for text, row in zip(texts, together, strict=True):
        assert np.allclose(plain.embedder.documents([text])[0], row, atol=1e-3), text


def test_prefixes_are_those_of_queries_and_of_documents(running: Running, plain: Running) -> None:
    assert np.allclose(running.embedder.query("retry"), plain.embedder.query("q:retry"), atol=1e-5)
    assert np.allclose(running.embedder.documents(["retry"])[0], plain.embedder.query("d:retry"), atol=1e-5)


@pytest.mark.parametrize("words", [1, WINDOW - MARKS, WINDOW - MARKS + 1, 200, 2_000])
def test_a_long_text_is_the_mean_of_its_windows(plain: Running, words: int) -> None:
    text = ["abcdefghij"[place * place % 10] for place in range(words)]  # each is a token
    pieces = windows(list(range(words)), WINDOW - MARKS)
    vectors = plain.embedder.documents([" ".join(text[place] for place in piece) for piece in pieces])
    mean = np.average(vectors, axis=0, weights=[len(piece) + MARKS for piece in pieces])
    made = plain.embedder.documents([" ".join(text)])[0]
    assert np.allclose(made, mean / np.linalg.norm(mean), atol=1e-3)


def test_the_end_of_a_long_text_counts(plain: Running) -> None:
    begin = "a" * 300
    made = plain.embedder.documents([begin + "b" * 300, begin + "c" * 300])
    assert float(made[0] @ made[1]) < 0.999


def test_each_window_of_a_long_text_begins_with_the_prefix(tiny_embedder: Path, plain: Running) -> None:
    with Running(tiny_embedder, document_prefix="d ") as opened:
        room = WINDOW - MARKS - 1
        made = opened.embedder.documents([" ".join("ab" * room)])[0]
    vectors = plain.embedder.documents(["d " + " ".join(("ab" * room)[n * room : (n + 1) * room]) for n in (0, 1)])
    mean = vectors.mean(axis=0)
    assert np.allclose(made, mean / np.linalg.norm(mean), atol=1e-3)


@pytest.mark.parametrize("text", ["\x00", "ü" * 70, "\ud800", "🎉" * 100, "[SEP] [CLS]", "\u202e", "a\r\n" * 99])
def test_any_text_has_a_vector(plain: Running, text: str) -> None:
    assert abs(np.linalg.norm(plain.embedder.documents([text])[0]) - 1) < 1e-3


def test_a_prefix_that_fills_the_window_is_told(tiny_embedder: Path) -> None:
    with Running(tiny_embedder, document_prefix="p" * WINDOW) as opened:
        with pytest.raises(EmbedderError, match="leaves no room"):
            opened.embedder.documents(["x" * 100])
        assert np.any(opened.embedder.query("x"))


# -- processes ------------------------------------------------------------------------------------------------------


def test_many_texts_go_to_the_process_that_stands_back(tiny_embedder: Path) -> None:
    with Running(tiny_embedder) as opened:
        opened.embedder.documents(["one"])
        assert (opened.queries.is_running, opened.documents.is_running) == (False, True)
        opened.documents.unload()
        opened.embedder.query("one")
        opened.embedder.documents(["one", "two"])
        assert (opened.queries.is_running, opened.documents.is_running) == (True, False)
        opened.embedder.documents([f"text {number}" for number in range(20)])
        assert opened.documents.is_running
        assert opened.documents.pid is not None and opened.queries.pid is not None
        assert os.getpriority(os.PRIO_PROCESS, opened.documents.pid) > 0
        assert os.getpriority(os.PRIO_PROCESS, opened.queries.pid) == os.getpriority(os.PRIO_PROCESS, 0)


def test_a_process_that_died_is_started_again(tiny_embedder: Path) -> None:
    with Running(tiny_embedder) as opened:
        before = opened.embedder.query("one")
        for _ in range(2):
            assert opened.queries.pid is not None
            os.kill(opened.queries.pid, signal.SIGKILL)
            assert np.array_equal(opened.embedder.query("one"), before)


def test_closing_ends_what_it_is_at(tiny_embedder: Path) -> None:
    with Running(tiny_embedder) as opened:
        opened.embedder.documents(["loaded"])
        ended: list[BaseException] = []

        def work() -> None:
            try:
                opened.embedder.documents(["a" * 100_000] * 50)
            except EmbedderError as error:
                ended.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        opened.embedder.close()
        thread.join(20)
        assert not thread.is_alive() and ended


def test_a_query_after_a_failure_is_refused_at_once(tmp_path: Path, tiny_embedder: Path) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(tiny_embedder.read_bytes())
    with Running(copy) as opened:
        copy.unlink()
        with pytest.raises(EmbedderError) as first:
            opened.embedder.query("one")
        copy.write_bytes(tiny_embedder.read_bytes())
        with pytest.raises(EmbedderError) as second:
            opened.embedder.query("one")
        assert str(first.value) == str(second.value)
        assert opened.embedder.documents(["what can wait is tried"]).any()


# -- files ----------------------------------------------------------------------------------------------------------


def test_the_file_tells_what_the_index_has_to_know(tiny_embedder: Path) -> None:
    found = describe(str(tiny_embedder))
    assert (found.name, found.architecture, found.dimension, found.window_tokens) == ("Tiny Embedder", "bert", 32, 64)


def test_the_fingerprint_is_of_what_decides_on_vectors(tmp_path: Path, tiny_embedder: Path) -> None:
    def fingerprint(path: Path, **prefixes: str) -> str:
        with Running(path, **prefixes) as opened:
            return opened.embedder.fingerprint

    usual = fingerprint(tiny_embedder)
    assert usual.startswith("tiny-embedder-")
    moved = tmp_path / "other-name.gguf"
    moved.write_bytes(tiny_embedder.read_bytes())
    assert fingerprint(moved) == usual, "a file may be moved"
    assert fingerprint(tiny_embedder, query_prefix="q:") == usual, "queries are not stored"
    assert fingerprint(tiny_embedder, document_prefix="d:") != usual
    assert fingerprint(write_embedder(tmp_path / "seed.gguf", seed=1)) != usual, "other weights"


NOT_WHOLE = "is cut off or damaged"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"GGUF", NOT_WHOLE),
        (b"Once upon a time", "is no GGUF file"),
        (b"GGUF" + b"\xff" * 200, "of version 4294967295"),
        (b"GGUF" + bytes(20), "other byte order"),
        (b"GGUF\x03" + bytes(19), "is no embedding model"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=told):
        describe(str(path))


def test_a_file_that_ends_anywhere_is_told_or_read(tmp_path: Path, tiny_embedder: Path) -> None:
    whole = tiny_embedder.read_bytes()
    path = tmp_path / "cut.gguf"
    for end in range(0, 1_500, 37):
        path.write_bytes(whole[:end])
        try:
            assert describe(str(path)).dimension == 32
        except ModelError as error:
            assert str(path) in str(error)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not there"):
        describe(str(tmp_path / "missing.gguf"))


@pytest.mark.parametrize("pooling", [gguf.PoolingType.NONE, gguf.PoolingType.RANK])
def test_a_model_without_vectors_for_whole_texts_is_told(tmp_path: Path, pooling: gguf.PoolingType) -> None:
    path = write_embedder(tmp_path / "none.gguf", pooling=pooling)
    with Running(path) as opened, pytest.raises(EmbedderError, match=r"no embedding model|can't be loaded"):
        opened.embedder.documents(["x"])


def test_a_model_that_writes_is_no_embedder(tmp_path: Path) -> None:
    with Running(write_model(tmp_path / "chat.gguf")) as opened, pytest.raises(EmbedderError, match="embedding model"):
        opened.embedder.query("x")


@pytest.mark.parametrize("pooling", [gguf.PoolingType.MEAN, gguf.PoolingType.CLS, gguf.PoolingType.LAST])
def test_each_way_to_pool_gives_vectors(tmp_path: Path, pooling: gguf.PoolingType) -> None:
    with Running(write_embedder(tmp_path / "pooled.gguf", pooling=pooling)) as opened:
        made = opened.embedder.documents(["short", "long" * 100])
        assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-4)
