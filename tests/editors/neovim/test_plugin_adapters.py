"""Adapters chosen in Neovim, of a real server and a real model, both small."""

from __future__ import annotations

from pathlib import Path

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.editors.neovim.plugged import Plugged
from tests.server.models.llama.tiny_models import write_adapter, write_model

from scholiast_server.adapters.checking import examined
from scholiast_server.adapters.manifest import TASKS
from scholiast_server.adapters.registry import Registry


@pytest.fixture
def adapted(plugged: Plugged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugged:
    """A Neovim whose user has a model and an adapter for it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(plugged.home / "data"))
    model = write_model(tmp_path / "tiny.gguf", context=4_096)
    Registry().add(examined(str(write_adapter(tmp_path / "style.gguf", seed=1)), "style", str(model), tasks=TASKS))
    plugged.set(
        settings={
            "model": {"path": str(model), "threads": 1, "contextTokens": 4_096},
            "answer": {"maxTokens": 16, "repair": False},
        }
    )
    plugged.open("src/kiln/routes.py")
    return plugged


def test_answers_are_written_with_the_adapter_that_was_chosen(adapted: Plugged) -> None:
    adapted.do("will_answer", 2)
    adapted.command("Scholiast adapter")
    adapted.told("answers are written with style")
    labels = adapted.do("choices")[-1]["labels"]
    assert labels[0] == "* no adapter" and labels[1].startswith("  style  ×1.0")
    adapted.command("Scholiast ask how is a session cookie signed?")
    adapted.answered(lambda shown: any("style (×1.0)" in note for note in shown["notes"]))
    adapted.command("Scholiast adapter none")
    adapted.told("answers are written with no adapter")


def test_an_adapter_that_there_is_not_is_refused_in_one_line(adapted: Plugged) -> None:
    adapted.command("Scholiast adapter nope")
    assert "\n" not in adapted.told("nope")[-1]
