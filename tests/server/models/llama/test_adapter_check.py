"""Adapters against models, by their headers alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.models.llama.hostile_files import ADAPTERS, Hostile, pair
from tests.server.models.llama.tiny_models import write_adapter, write_lora, write_model

from scholiast_server.errors import AdapterError
from scholiast_server.models.llama.adapter_check import check_adapter, lora, misfit, read_lora
from scholiast_server.models.llama.header import Header, read_header, read_model

Q = "blk.0.attn_q.weight"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Header:
    return read_model(write_model(tmp_path_factory.mktemp("base") / "base.gguf"))


def test_an_adapter_says_what_it_is(tmp_path: Path) -> None:
    found = read_lora(str(write_adapter(tmp_path / "style.gguf", rank=4, alpha=8.0)))
    assert (found.architecture, found.rank, found.alpha, len(found.changes)) == ("llama", 4, 8.0, 4)
    assert [(change.tensor, change.shape_text) for change in found.changes][:1] == [(Q, "64 × 64")]


def test_ranks_may_differ_from_tensor_to_tensor(tmp_path: Path, base: Header) -> None:
    tensors = {**dict(pair(Q, 64, 64, rank=2)), **dict(pair("blk.1.ffn_up.weight", 64, 128, rank=16))}
    found = check_adapter(str(write_lora(tmp_path / "a.gguf", tensors)), base, "base")
    assert (found.rank, [change.rank for change in found.changes]) == (16, [2, 16])


@pytest.mark.parametrize("hostile", ADAPTERS, ids=lambda hostile: str(hostile.name))
def test_what_does_not_fit_is_told_with_both_sides(hostile: Hostile, tmp_path: Path, base: Header) -> None:
    path = tmp_path / "a.gguf"
    hostile.make(path)
    with pytest.raises(AdapterError) as told:
        check_adapter(str(path), base, "hostile")
    assert "a.gguf" in str(told.value)


def test_the_words_of_a_misfit_are_those_of_the_manual(tmp_path: Path, base: Header) -> None:
    found = read_lora(str(write_adapter(tmp_path / "x.gguf", width=2_048)))
    assert misfit(found, base, "house-style.gguf", "tiny") == (
        "the adapter house-style.gguf was made for another base model.\n"
        "  It changes blk.0.attn_q.weight as 2048 × 2048; tiny has 64 × 64."
    )


def test_names_with_braces_are_told_as_they_are(tmp_path: Path, base: Header) -> None:
    path = write_lora(tmp_path / "a.gguf", dict(pair("{0}{name}", 64, 64)))
    with pytest.raises(AdapterError, match=r"It changes \{0\}\{name\}, which base does not have"):
        check_adapter(str(path), base, "base")


def test_experts_are_changed_all_together(tmp_path: Path) -> None:
    """Their matrices lie behind one another: a third number says how many they are."""
    sides = {"x.lora_a": (8, 4, 64), "x.lora_b": (8, 32, 4)}
    model = write_lora(tmp_path / "m.gguf", {"x": (8, 32, 64)})
    found = lora(read_header(write_lora(tmp_path / "a.gguf", sides)))
    assert misfit(found, read_header(model), "a", "m") == ""
    fewer = write_lora(tmp_path / "n.gguf", {"x": (4, 32, 64)})
    assert "x as 8 × 32 × 64; n has 4 × 32 × 64" in misfit(found, read_header(fewer), "a", "n")
    uneven = write_lora(tmp_path / "u.gguf", {**sides, "x.lora_b": (4, 32, 4)})
    with pytest.raises(AdapterError, match="do not go together"):
        read_lora(str(uneven))


def test_words_that_are_looked_up_are_changed_where_others_are_written(tmp_path: Path) -> None:
    sides = {"token_embd.weight.lora_a": (263, 4), "token_embd.weight.lora_b": (64, 4)}
    path = str(write_lora(tmp_path / "a.gguf", sides))
    untied = read_model(write_model(tmp_path / "untied.gguf", tied=False))
    assert check_adapter(path, untied, "untied").changes[0].shape == (64, 263)


def test_an_adapter_of_peft_is_told_how_it_gets_in(tmp_path: Path) -> None:
    path = tmp_path / "adapter_model.safetensors"
    path.write_bytes(b'{"__metadata__":{}}' + bytes(64))
    with pytest.raises(AdapterError, match=r"is no GGUF file\.\n  Convert it first, with .*convert_lora_to_gguf"):
        read_lora(str(path))
