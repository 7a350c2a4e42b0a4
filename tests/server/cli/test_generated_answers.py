"""A question from the command line, answered by a trained model of a megabyte, its citation held against the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.cli.conftest import Scholiast
from tests.server.models.llama.trained.files import ADAPTER, MODEL
from tests.server.models.llama.trained.prompts import written

QUESTIONS = (
    ("where is close_session defined?", "close_session"),
    ("where is CookieSigner.sign defined?", "CookieSigner.sign"),
    ("where is CookieSigner defined?", "CookieSigner"),
)


@pytest.fixture
def modelled(kiln: Scholiast, tmp_path: Path) -> Scholiast:
    """A fresh workspace whose user has set the model, and registered its adapter."""
    said = {
        "SCHOLIAST_MODEL_PATH": str(MODEL),
        "SCHOLIAST_MODEL_THREADS": "1",
        "SCHOLIAST_ANSWER_MAX_TOKENS": "64",
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    return Scholiast(kiln.folder, {**kiln.environment, **said})


@pytest.mark.parametrize(("question", "name"), QUESTIONS)
def test_what_a_model_writes_is_cited_and_verified(modelled: Scholiast, question: str, name: str) -> None:
    done = modelled("ask", question, "--json")
    assert done.code == 0, done.err
    answer = done.document
    [citation] = answer["citations"]
    assert answer["answer"] == written(name, citation["n"])
    assert citation["status"] == "verified" and name.rpartition(".")[2] in citation["quote"]
    assert [sentence["status"] for sentence in answer["sentences"]] == ["verified"]
    assert (answer["engine"], answer["provenance"]["model"]) == ("llama", MODEL.name)


def test_a_registered_adapter_changes_how_it_is_put_and_nothing_else(modelled: Scholiast) -> None:
    question, _ = QUESTIONS[0]
    plain = modelled("ask", question, "--json").document
    added = modelled("adapters", "add", str(ADAPTER), "--name", "json")
    assert added.code == 0, added.err
    styled = modelled("ask", question, "--json", "--adapter", "json").document
    assert json.loads(styled["answer"]) == {"answer": plain["answer"]}
    assert [cited["status"] for cited in styled["citations"]] == ["verified"]
    assert (styled["adapter"], styled["provenance"]["adapter_scale"]) == ("json", 1.0)
    off = modelled("ask", question, "--json", "--adapter", "json:0").document
    assert (off["answer"], off["adapter"]) == (plain["answer"], "json")
