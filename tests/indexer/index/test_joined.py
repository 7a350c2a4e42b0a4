"""A model that follows behind is searched beside the table that ships, and each keeps its own vectors."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.indexer.index.conftest import CountingEmbedder, Vectors, World, content_of

from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.index import Index

TABLE = StaticEmbedder().fingerprint
FILES = {
    "a.py": "def obtain():\n    return socket_of_peer()\n",
    "b.py": "def settle():\n    return ledger_of_shop()\n",
    "c.py": "def wander():\n    return forest_of_trees()\n",
}


class Model(CountingEmbedder):
    """Knows of two texts that they mean the same, and nothing of others."""

    is_trained = True

    def __init__(self, means: tuple[str, str] = ("", "")) -> None:
        super().__init__("model", 8)
        self._means = means

    def documents(self, texts: Sequence[str]) -> Vectors:
        self.texts.extend(texts)
        return np.stack([self._vector(text) for text in texts])

    def query(self, text: str) -> Vectors:
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        is_meant = any(part and part in text for part in self._means)
        vector: Vectors = np.eye(8, dtype=np.float32)[0 if is_meant else 1 + len(text) % 7]
        return vector


class OtherTable(StaticEmbedder):
    """The table of another release."""

    worker_factory = None

    @property
    def fingerprint(self) -> str:
        return "static-other"


@pytest.fixture
def few(tmp_path: Path) -> World:
    return World(tmp_path / "few", FILES)


def nearest(index: Index, query: str) -> str:
    """The path of the chunk with the highest share of nearness."""
    return max(index.search(query), key=lambda hit: hit.why["dense"]).path


def stored(world: World) -> dict[str, int]:
    """How many vectors are kept of each embedder."""
    with contextlib.closing(sqlite3.connect(world.database)) as connection:
        return dict(
            connection.execute("SELECT fingerprint, count(*) FROM model JOIN vector ON model_id = id GROUP BY id")
        )


def test_what_either_knows_is_found(few: World) -> None:
    with Index.open(few.root, upcoming=Model(means=("haggle", "ledger"))) as index:
        index.update()
        assert index.embed_upcoming() and index.status().embedder == "model-8"
        assert nearest(index, "haggle") == "b.py", "which no word of it says"
        assert nearest(index, "sockets for peers") == "a.py", "of which the model knows nothing"
        content_of(index)


def test_each_keeps_vectors_of_its_own(few: World) -> None:
    with Index.open(few.root, upcoming=Model()) as index:
        index.update()
        index.embed_upcoming()
    assert stored(few) == {TABLE: 3, "model-8": 3}


def test_a_new_table_makes_no_model_embed_again(few: World) -> None:
    with Index.open(few.root, upcoming=Model(("haggle", "ledger"))) as index:
        index.update()
        index.embed_upcoming()
    model = Model(("haggle", "ledger"))
    with Index.open(few.root, OtherTable(), model) as index:
        assert index.update().embedded == 3
        assert index.embed_upcoming() and not model.texts
        assert nearest(index, "haggle") == "b.py"
        assert nearest(index, "sockets for peers") == "a.py"
        content_of(index)


def test_it_follows_changes_and_unsaved_text(few: World) -> None:
    with Index.open(few.root, upcoming=Model(("haggle", "ledger"))) as index:
        index.update()
        index.embed_upcoming()
        few.write("b.py", "def gone():\n    return 0\n")
        few.write("d.py", "def fresh():\n    return ledger_of_market()\n")
        index.update()
        assert index.embed_upcoming()
        assert nearest(index, "haggle") == "d.py"
        index.lay_over("a.py", b"def obtain():\n    return ledger_of_crowd()\n")
        few.remove("d.py")
        index.update()
        assert nearest(index, "haggle") == "a.py"
        index.lift("a.py")
        few.write("b.py", FILES["b.py"])
        index.update()
        assert nearest(index, "haggle") == "b.py", "known from before"
        content_of(index)


def test_it_is_searched_so_at_once_when_it_is_opened_again(few: World) -> None:
    with Index.open(few.root, upcoming=Model(("haggle", "ledger"))) as index:
        index.update()
        index.embed_upcoming()
    with Index.open(few.root, upcoming=Model(("haggle", "ledger")), vectors="hnsw") as index:
        index.warm()
        assert nearest(index, "haggle") == "b.py"
        assert nearest(index, "sockets for peers") == "a.py"
    with Index.open(few.root) as index:
        assert index.status().embedder == TABLE and nearest(index, "sockets for peers") == "a.py"
