"""Whether an adapter can be used: its content is the one that was added, and it fits the model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tests.server.adapters.needed  # noqa: F401  (skips)
from tests.server.models.llama.tiny_models import write_adapter, write_lora, write_model

from scholiast_server.adapters.base import base_of
from scholiast_server.adapters.checking import examined, verdict
from scholiast_server.adapters.files import digest_of
from scholiast_server.adapters.manifest import TASKS
from scholiast_server.errors import AdapterError, ModelError

if TYPE_CHECKING:
    from tests.server.adapters.conftest import Shelf

WIDE = {"blk.0.attn_q.weight.lora_a": (32, 64), "blk.0.attn_q.weight.lora_b": (64, 32)}


def test_one_that_was_just_added_can_be_used(shelf: Shelf) -> None:
    made = shelf.add("style")
    assert verdict(made, shelf.model) == verdict(made, shelf.model)
    assert (verdict(made, shelf.model).state, verdict(made, "").state) == ("fits", "unknown")
    import hashlib

    assert made.sha256 == hashlib.sha256(Path(made.file).read_bytes()).hexdigest()


def test_a_file_that_changed_is_not_used(shelf: Shelf) -> None:
    made = shelf.add("style")
    write_adapter(Path(made.file), seed=2)
    found = verdict(made, shelf.model)
    assert found.state == "problem"
    assert found.problem == (
        "the file of the adapter style is not the one that was added: its content has changed.\n"
        f"  If that is meant so: scholiast adapters add {made.file} --name style --replace"
    )


def test_a_bit_that_flipped_is_noticed(shelf: Shelf) -> None:
    made = shelf.add("style")
    data = bytearray(Path(made.file).read_bytes())
    data[-1] ^= 1
    Path(made.file).write_bytes(data)
    os.utime(made.file, ns=(1, 1))
    assert "its content has changed" in verdict(made, shelf.model).problem


def test_a_file_that_is_gone_is_told(shelf: Shelf) -> None:
    made = shelf.add("style")
    Path(made.file).unlink()
    found = verdict(made, shelf.model)
    assert "is not there." in found.problem and "scholiast adapters remove style" in found.problem


def test_another_model_is_told_with_both_sides(shelf: Shelf, tmp_path: Path) -> None:
    made = shelf.add("style")
    wide = write_model(tmp_path / "wide.gguf", width=128, name="wide model")
    found = verdict(made, str(wide))
    assert found.problem == (
        "the adapter style.gguf was made for another base model.\n"
        "  It changes blk.0.attn_q.weight as 64 × 64; wide model has 128 × 128.\n"
        "  Use a model that it is for, or see what it was made for: scholiast adapters check style"
    )
    assert verdict(made, shelf.model).state == "fits", "with its own it goes on"


def test_a_model_that_can_not_be_read_is_told(shelf: Shelf, tmp_path: Path) -> None:
    made = shelf.add("style")
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    assert "the model" in verdict(made, str(broken)).problem
    assert "is not there" in verdict(made, str(tmp_path / "none.gguf")).problem


def test_a_model_trained_otherwise_makes_doubtful(shelf: Shelf, tmp_path: Path) -> None:
    made = shelf.add("style")
    further = write_model(tmp_path / "further.gguf", name="further", norm=1.25)
    found = verdict(made, str(further))
    assert (found.state, found.remark) == (
        "fits",
        "It was added for tiny; further is of the same shape, but was trained otherwise.",
    )
    longer = write_model(tmp_path / "longer.gguf", name="longer", layers=3)
    assert "longer beside those that it changes" in verdict(made, str(longer)).remark


def test_a_base_is_known_again_by_its_shapes_and_smallest_weights(tmp_path: Path) -> None:
    first = base_of(str(write_model(tmp_path / "a.gguf")))
    renamed = base_of(str(write_model(tmp_path / "b.gguf", name="another", context=1_024)))
    assert (renamed.shapes, renamed.weights) == (first.shapes, first.weights)
    others = [
        base_of(str(write_model(tmp_path / "c.gguf", layers=3))),
        base_of(str(write_model(tmp_path / "d.gguf", architecture="gemma"))),
    ]
    assert len({first.shapes, *(other.shapes for other in others)}) == 3
    assert base_of(str(write_model(tmp_path / "e.gguf", norm=1.5))).weights != first.weights


def test_what_is_no_adapter_is_not_added(shelf: Shelf, tmp_path: Path) -> None:
    for path, told in (
        (shelf.model, "is no adapter"),
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "x"), "not there"),
    ):
        with pytest.raises(AdapterError, match=told):
            examined(path, "style", shelf.model, tasks=TASKS)


@pytest.mark.parametrize("fill", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["F32", "F16", "BF16"])
def test_an_adapter_with_what_is_no_number_is_not_added(fill: float, kind: str, shelf: Shelf, tmp_path: Path) -> None:
    import gguf

    path = write_lora(tmp_path / "a.gguf", WIDE, kind=gguf.GGMLQuantizationType[kind], fill=fill)
    with pytest.raises(AdapterError, match=r"'blk\.0\.attn_q\.weight\.lora_a' holds what is no number"):
        examined(str(path), "style", shelf.model, tasks=TASKS)


def test_a_block_whose_scale_is_no_number_is_noticed(shelf: Shelf, tmp_path: Path) -> None:
    import gguf

    path = write_lora(tmp_path / "a.gguf", WIDE, kind=gguf.GGMLQuantizationType.Q8_0)
    data = bytearray(path.read_bytes())
    data[-34:-32] = b"\x00\x7c"  # infinity, as the scale of the last block
    path.write_bytes(data)
    with pytest.raises(AdapterError, match="holds what is no number"):
        examined(str(path), "style", shelf.model, tasks=TASKS)


@pytest.mark.parametrize("kind", ["F32", "F16", "BF16", "Q8_0"])
def test_an_adapter_of_each_kind_of_numbers_is_added(kind: str, shelf: Shelf, tmp_path: Path) -> None:
    import gguf

    path = write_lora(tmp_path / "a.gguf", WIDE, kind=gguf.GGMLQuantizationType[kind])
    assert examined(str(path), "style", shelf.model, tasks=TASKS).rank == 32


def test_a_base_that_is_none_is_told(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not there"):
        examined(str(shelf.file("style")), "style", str(tmp_path / "none.gguf"), tasks=TASKS)


@pytest.mark.parametrize("scale", [-0.1, 10.5, float("nan"), float("inf")])
def test_a_scale_that_can_not_be_is_told(scale: float, shelf: Shelf) -> None:
    with pytest.raises(AdapterError, match="is no scale for an adapter"):
        examined(str(shelf.file("style")), "style", shelf.model, scale=scale, tasks=TASKS)


def test_a_file_is_read_again_only_when_it_changed(shelf: Shelf) -> None:
    from scholiast_server.adapters.files import _digest

    path = shelf.file("style")
    before = _digest.cache_info().misses
    assert digest_of(str(path)) == digest_of(str(path))
    assert _digest.cache_info().misses == before + 1
    os.utime(path, ns=(5, 5))
    digest_of(str(path))
    assert _digest.cache_info().misses == before + 2
