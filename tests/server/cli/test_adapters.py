"""`scholiast adapters`, and answers under adapters: the installed command, a small real model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.models.llama.tiny_models import write_adapter, write_model

from scholiast_server.adapters.limits import SCALE_MAX
from scholiast_server.adapters.manifest import TASKS
from scholiast_server.cli import options

if TYPE_CHECKING:
    from tests.server.cli.conftest import Done, Scholiast

QUESTION = "how does sign return the signature of a session cookie?"


class Adapted:
    """The command with a model set, a data folder of its own, and adapters' files."""

    def __init__(self, command: Scholiast, folder: Path, model: Path) -> None:
        self._command = command
        self.folder = folder
        self.model = model
        self.environment = {
            "XDG_DATA_HOME": str(folder / "data"),
            "SCHOLIAST_MODEL_PATH": str(model),
            "SCHOLIAST_MODEL_THREADS": "1",
            "SCHOLIAST_MODEL_CONTEXT_TOKENS": "4096",
            "SCHOLIAST_ANSWER_MAX_TOKENS": "16",
            "SCHOLIAST_ANSWER_REPAIR": "no",
        }

    def __call__(self, *arguments: str, extra: Mapping[str, str] | None = None) -> Done:
        return self._command(*arguments, extra={**self.environment, **(extra or {})})

    def file(self, name: str, **given: Any) -> str:
        return str(write_adapter(self.folder / f"{name}.gguf", **given))

    def add(self, name: str, *arguments: str, **given: Any) -> Done:
        done = self("adapters", "add", self.file(name, **given), *arguments)
        assert done.code == 0, done.err
        return done

    def ask(self, *arguments: str, extra: Mapping[str, str] | None = None) -> Any:
        done = self("ask", QUESTION, "--no-refresh", "--json", *arguments, extra=extra)
        assert done.code == 0, done.err
        return done.document


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("cli-model") / "tiny.gguf", context=4_096)


@pytest.fixture
def adapted(indexed: Scholiast, tmp_path: Path, model: Path) -> Adapted:
    return Adapted(indexed, tmp_path, model)


def test_an_answer_names_the_adapter_and_scale_it_was_written_under(adapted: Adapted) -> None:
    adapted.add("style")
    adapted.add("terse", "--scale", "0.5", seed=2)
    plain = adapted.ask()
    assert (plain["engine"], plain["adapter"], plain["provenance"]["adapters"]) == ("llama", None, [])
    under = adapted.ask("--adapter", "style:0.7")
    assert (under["adapter"], under["provenance"]["adapter_scale"]) == ("style", 0.7)
    (use,) = under["provenance"]["adapters"]
    assert use["path"] == str(adapted.folder / "style.gguf") and len(use["sha256"]) == 64
    both = adapted.ask("--adapter", "style,terse")
    assert both["adapter"] == "style, terse"
    assert [each["scale"] for each in both["provenance"]["adapters"]] == [1.0, 0.5]
    told = adapted("ask", QUESTION, "--no-refresh", "--adapter", "style:0.7")
    assert "Written by tiny.gguf under style (×0.7)." in told.out


def test_what_is_used_holds_until_it_is_taken_back(adapted: Adapted) -> None:
    adapted.add("style")
    assert adapted("adapters", "use", "style").out == "From now on every text is written under style.\n"
    assert adapted.ask()["adapter"] == "style"
    assert adapted.ask("--adapter", "none")["adapter"] is None
    done = adapted("adapters", "use", "none", "--here", "--task", "ask")
    assert done.out == "From now on ask is written under no adapter in kiln.\n"
    assert adapted.ask()["adapter"] is None
    adapted("adapters", "use", "--unset", "--here", "--task", "ask")
    assert adapted.ask()["adapter"] == "style"
    assert adapted.ask(extra={"SCHOLIAST_ADAPTERS_ASK": "style:0.2"})["provenance"]["adapter_scale"] == 0.2
    assert adapted("status", "--json").document["adapter"] == "style"
    assert "adapter  style" in adapted("status").out


def test_one_that_does_not_fit_is_told_and_the_model_answers(adapted: Adapted, tmp_path: Path) -> None:
    adapted.add("style")
    adapted("adapters", "use", "style")
    wide = str(write_model(tmp_path / "wide.gguf", width=128, context=4_096, name="wide"))
    found = adapted.ask("--model", wide)
    assert (found["adapter"], found["provenance"]["model"]) == (None, "wide.gguf")
    assert found["provenance"]["note"].startswith(
        "Answered without the adapter style: the adapter style.gguf was made for another base model. "
        "It changes blk.0.attn_q.weight as 64 × 64; wide has 128 × 128. "
    )
    write_adapter(tmp_path / "style.gguf", seed=9)
    assert "its content has changed" in adapted.ask()["provenance"]["note"]
    assert "1 of 1 adapter can't be used: style" in adapted("doctor").out
    done = adapted("adapters", "check", "style")
    assert done.code == 1 and "✗ can't be used" in done.out and "its content has changed" in done.out
    assert "Answered without the adapter style" in adapted("status").out


def test_a_name_that_is_none_is_wrong_usage(adapted: Adapted) -> None:
    adapted.add("style")
    for verb in (("ask", QUESTION, "--adapter", "stile"), ("adapters", "check", "stile")):
        done = adapted(*verb)
        assert (done.code, done.out) == (2, "")
        assert done.err == "scholiast: there is no adapter 'stile'.\n  Did you mean style?\n"


def test_without_a_model_an_adapter_that_is_asked_for_is_told(adapted: Adapted) -> None:
    adapted.add("style")
    found = adapted.ask("--adapter", "style", extra={"SCHOLIAST_ANSWER_ENGINE": "extractive"})
    assert (found["engine"], found["adapter"]) == ("extractive", None)
    assert found["provenance"]["note"].startswith("Answered without the adapter style: no model of llama.cpp writes")


def test_adapters_are_listed_with_what_they_are(adapted: Adapted) -> None:
    assert adapted("adapters", "list").out == "There is no adapter yet.   scholiast adapters add FILE.gguf\n"
    adapted.add("style", "--task", "ask", "--task", "explain")
    adapted.add("terse", "--scale", "0.5")
    adapted("adapters", "use", "style")
    done = adapted("adapters", "list")
    assert done.out == (
        "* style  ×1    rank 4  ask, explain  ✓ fits\n"
        "  terse  ×0.5  rank 4  every task    ✓ fits\n"
    )  # fmt: skip
    document = adapted("adapters", "list", "--json").document
    assert document["model"] == str(adapted.model)
    first, second = document["adapters"]
    assert (first["name"], first["tasks"], first["in_use"], first["fits"]) == (
        "style",
        ["ask", "explain"],
        ["ask", "explain"],
        True,
    )
    assert (second["name"], second["scale"], second["alpha"], second["base"]["name"]) == ("terse", 0.5, 8.0, "tiny")
    adapted.environment["SCHOLIAST_MODEL_PATH"] = ""
    assert "no model to compare it with" in adapted("adapters", "list").out


def test_one_is_looked_at_closely(adapted: Adapted) -> None:
    adapted.add("style")
    done = adapted("adapters", "check", "style")
    assert done.code == 0
    for told in (
        "style   ✓ fits",
        "rank 4, alpha 8, scale 1, for llama",
        "4 tensors: attn_q, attn_v",
        "made for  tiny",
    ):
        assert told in done.out
    document = adapted("adapters", "check", "style", "--json").document
    assert document["adapters"][0]["changes"][0] == {"tensor": "blk.0.attn_q.weight", "shape": [64, 64], "rank": 4}
    loose = adapted("adapters", "check", adapted.file("loose", width=32))
    assert loose.code == 1 and "It changes blk.0.attn_q.weight as 32 × 32; tiny has 64 × 64." in loose.out
    assert adapted("adapters", "check", adapted.file("fitting")).code == 0
    missing = adapted("adapters", "check", str(adapted.folder / "missing.gguf"))
    assert missing.code == 1 and "is not there" in missing.out


def test_what_can_not_be_added_is_told(adapted: Adapted) -> None:
    for file, told in (
        (adapted.file("narrow", width=32), "as 32 × 32; tiny has 64 × 64."),
        (str(adapted.model), "is no adapter"),
        (str(adapted.folder), "is a folder"),
    ):
        done = adapted("adapters", "add", file)
        assert (done.code, done.out) == (2, "") and told in done.err
    adapted.add("style")
    again = adapted("adapters", "add", adapted.file("style"))
    assert again.code == 2 and "there is an adapter style already" in again.err
    assert adapted("adapters", "add", adapted.file("style", seed=3), "--replace").code == 0
    bad = adapted("adapters", "add", adapted.file("a b"))
    assert bad.code == 2 and "can't be an adapter's name" in bad.err
    assert adapted("adapters", "list").out.count("rank") == 1


def test_one_for_another_model_is_added_by_naming_it(adapted: Adapted, tmp_path: Path) -> None:
    wide = str(write_model(tmp_path / "wide.gguf", width=128, name="wide"))
    done = adapted("adapters", "add", adapted.file("broad", width=128), "--model", wide, "--json")
    assert done.code == 0 and done.document["base"]["name"] == "wide" and done.document["fits"]
    assert "✗ can't be used" in adapted("adapters", "list").out
    assert "✓ fits" in adapted("adapters", "list", "--model", wide).out


def test_one_that_is_removed_is_in_use_no_more(adapted: Adapted) -> None:
    adapted.add("style")
    adapted("adapters", "use", "style")
    done = adapted("adapters", "remove", "style")
    assert done.out == "Removed style; its file stays where it is and is in use no more.\n"
    assert (adapted.folder / "style.gguf").exists()
    assert "Answered without" not in adapted("status").out


def test_a_damaged_manifest_is_listed_and_the_rest_goes_on(adapted: Adapted) -> None:
    adapted.add("style")
    adapted.add("terse")
    (adapted.folder / "data/scholiast/adapters/style.json").write_text("{")
    done = adapted("adapters", "list")
    assert done.code == 0 and "what is written down of the adapter style is damaged" in done.out
    assert adapted.ask("--adapter", "terse")["adapter"] == "terse"
    assert adapted("adapters", "check").code == 1


def test_what_keeps_a_choice_from_holding_is_told(adapted: Adapted) -> None:
    adapted.add("style")
    settings = {"SCHOLIAST_MODEL_ADAPTER": "none", "SCHOLIAST_ADAPTERS_ASK": "none"}
    done = adapted("adapters", "use", "style", extra=settings)
    assert done.code == 0
    assert "your settings hold over this choice: adapters.ask, model.adapter" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("use",),
        ("use", "style", "--unset"),
        ("add", "x.gguf", "--task", "sing"),
        ("add", "x.gguf", "--scale", "nan"),
    ],
)
def test_wrong_usage_is_told_in_a_message(arguments: tuple[str, ...], adapted: Adapted) -> None:
    done = adapted("adapters", *arguments)
    assert (done.code, done.out) == (2, "") and done.err.startswith("scholiast") and "Traceback" not in done.err


def test_a_workspace_chooses_no_adapter(adapted: Adapted, kiln: Scholiast) -> None:
    for section, name in (("adapters", "ask"), ("model", "adapter")):
        kiln.write(".scholiast.toml", f'[{section}]\n{name} = "style"\n')
        done = kiln("ask", QUESTION, extra=adapted.environment)
        assert done.code == 2 and f"{section}.{name} is yours to set, not a workspace's" in done.err


def test_the_parser_knows_the_tasks_and_scales_that_there_are() -> None:
    assert (options.TASKS, options.SCALE_MAX) == (TASKS, SCALE_MAX)
