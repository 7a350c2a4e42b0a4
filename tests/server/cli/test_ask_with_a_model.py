"""`scholiast ask` answered by a real model, whose random weights write nonsense: it is marked, or left out."""

from __future__ import annotations

from pathlib import Path

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.cli.conftest import Scholiast
from tests.server.models.llama.tiny_models import write_model

QUESTION = "how are routes registered?"


@pytest.fixture
def modelled(indexed: Scholiast, tmp_path: Path) -> Scholiast:
    """The indexed workspace of a user who has set a model."""
    return with_model(indexed, tmp_path)


def with_model(workspace: Scholiast, folder: Path) -> Scholiast:
    model = write_model(folder / "tiny.gguf", context=4_096)
    said = {"SCHOLIAST_MODEL_PATH": str(model), "SCHOLIAST_MODEL_THREADS": "1", "SCHOLIAST_ANSWER_MAX_TOKENS": "24"}
    return Scholiast(workspace.folder, {**workspace.environment, **said})


def test_the_answer_says_what_wrote_it_and_how_it_went(modelled: Scholiast) -> None:
    done = modelled("ask", QUESTION, "--json")
    assert (done.code, done.err) == (0, "")
    told = done.document["provenance"]
    assert (done.document["engine"], told["model"], told["max_tokens"]) == ("llama", "tiny.gguf", 24)
    assert (told["ended"], told["complete"], told["generated_tokens"]) == ("length", False, 24)
    assert told["prompt_tokens"] > 100 and told["timings_ms"]["prompt"] > 0
    assert "verified" not in {sentence["status"] for sentence in done.document["sentences"]}
    assert "cut at its limit of 24 tokens" in told["note"] and "Nothing of it was verified." in told["note"]
    assert modelled("ask", QUESTION, "--json").document["answer"] == done.document["answer"], "it is deterministic"


def test_settings_reach_the_model(modelled: Scholiast) -> None:
    hot = {"SCHOLIAST_ANSWER_TEMPERATURE": "2"}

    def said(seed: int) -> str:
        environment = {**modelled.environment, **hot, "SCHOLIAST_ANSWER_SEED": str(seed)}
        answer: str = Scholiast(modelled.folder, environment)("ask", QUESTION, "--json").document["answer"]
        return answer

    assert said(1) == said(1) != said(2)


def test_strict_leaves_nothing_of_nonsense_and_exits_with_1(modelled: Scholiast) -> None:
    done = modelled("ask", QUESTION, "--strict")
    assert (done.code, done.err) == (1, "")
    first, *places = done.out.splitlines()
    assert first == "Nothing of what was written holds against the code. It was to be written from:"
    assert places[0].startswith("  src/kiln/routes.py:")
    document = modelled("ask", QUESTION, "--strict", "--json").document
    assert (document["found"], document["sentences"], document["citations"]) == (False, [], [])
    assert document["provenance"]["strict"] and document["provenance"]["withheld"] > 0


def test_strict_can_be_a_setting_of_the_workspace(kiln: Scholiast, tmp_path: Path) -> None:
    modelled = with_model(kiln, tmp_path)
    modelled.write(".scholiast.toml", "[answer]\nstrict = true\n")
    assert modelled("ask", QUESTION).code == 1
    assert modelled("ask", QUESTION, "--no-strict").code == 0


def test_a_model_that_can_not_be_loaded_is_one_clear_error(indexed: Scholiast, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    done = Scholiast(indexed.folder, {**indexed.environment, "SCHOLIAST_MODEL_PATH": str(broken)})("ask", QUESTION)
    assert (done.code, done.out) == (2, "") and "broken.gguf" in done.err
