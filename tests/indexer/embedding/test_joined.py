"""Two embedders as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from tests.indexer.index.conftest import CountingEmbedder

from scholiast_indexer.embedding import Vectors, embed, embed_query
from scholiast_indexer.embedding.joined import TABLE_SHARE, JoinedEmbedder, joined, served_by
from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.errors import EmbedderError

TEXTS = ["def open_session(user):\n    return user", "def retry(send):\n    send()", ""]


class Model(CountingEmbedder):
    """One that knows meaning, as it says."""

    is_trained = True


class Failing(Model):
    def query(self, text: str) -> Vectors:
        raise EmbedderError("the model is gone")


class Short(Model):
    def documents(self, texts: Sequence[str]) -> Vectors:
        return super().documents(texts)[:1]


def test_a_cosine_is_the_mean_of_both() -> None:
    model, table = Model(dimension=32), StaticEmbedder()
    both = JoinedEmbedder(model, table)
    parts = [embed(part, TEXTS, ["", "", ""]) @ embed_query(part, "open a session") for part in both.parts]
    made = embed(both, TEXTS, ["", "", ""])
    assert made.shape == (3, 32 + table.dimension) and made.dtype == np.float32
    cosines = made @ embed_query(both, "open a session")
    assert cosines == pytest.approx((1 - TABLE_SHARE) * parts[0] + TABLE_SHARE * parts[1], abs=1e-6)
    assert not made[2].any(), "what has no content is near nothing"


def test_each_part_is_given_what_it_works_on() -> None:
    model, table = Model(dimension=32), StaticEmbedder()
    both = JoinedEmbedder(model, table)
    summary, terms = "session", [["session", "open"]]
    made = embed(both, TEXTS[:1], [summary], terms)
    assert model.texts == TEXTS[:1]
    assert made == pytest.approx(joined(embed(model, TEXTS[:1], [""]), table.documents_from_terms(terms, [summary])))
    asked = embed_query(both, "open session", {"open": 1.0, "session": 5.0}.__getitem__)
    by_rarity = table.query_by_rarity("open session", {"open": 1.0, "session": 5.0}.__getitem__)
    assert asked == pytest.approx(joined(model.query("open session")[None], by_rarity[None])[0])


def test_it_is_another_one_when_either_part_is() -> None:
    table = StaticEmbedder()
    names = {JoinedEmbedder(Model(name), table).fingerprint for name in ("one", "other")}
    assert len(names) == 2 and all(table.fingerprint in name for name in names)


def test_what_a_part_does_wrong_is_told() -> None:
    table = StaticEmbedder()
    with pytest.raises(EmbedderError, match="the model is gone"):
        embed_query(JoinedEmbedder(Failing(), table), "open a session")
    with pytest.raises(EmbedderError, match="shape"):
        embed(JoinedEmbedder(Short(), table), TEXTS, ["", "", ""])


def test_only_the_table_is_searched_beside_a_model_and_only_beside_one_that_knows_meaning() -> None:
    model, table, hashed = Model(), StaticEmbedder(), CountingEmbedder()
    assert isinstance(served_by(model, table), JoinedEmbedder)
    assert served_by(table, table) is table
    assert served_by(hashed, table) is hashed
    assert served_by(model, hashed) is model
