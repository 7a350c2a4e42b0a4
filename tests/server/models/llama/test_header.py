"""The beginning of a GGUF file: read as its own library reads it, and any bytes without harm."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import gguf
import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from hypothesis import given
from hypothesis import strategies as st
from tests.server.models.llama.tiny_embedders import write_embedder
from tests.server.models.llama.tiny_models import write_adapter, write_lora, write_model

from scholiast_server.models.llama.header import (
    BLOCKS,
    HeaderError,
    file_state,
    open_regular,
    read_header,
    read_model,
)


@pytest.mark.parametrize("write", [write_model, write_adapter, write_embedder])
def test_it_is_read_as_its_own_library_reads_it(write: Callable[[Path], Path], tmp_path: Path) -> None:
    path = write(tmp_path / "file.gguf")
    reader = gguf.GGUFReader(path)
    found = read_header(path)
    assert [(t.name, t.shape, t.kind, t.start, t.size_bytes) for t in found.tensors] == [
        (t.name, tuple(t.shape.tolist()), int(t.tensor_type), t.data_offset, t.n_bytes) for t in reader.tensors
    ]
    for field in reader.fields.values():
        if field.name in found.values and field.types[0] not in (gguf.GGUFValueType.ARRAY,):
            assert found.values[field.name] == field.contents(), field.name
    named = {name for name in reader.fields if not name.startswith("GGUF.")}
    assert named == {*found.values, *found.lengths}


def test_kinds_of_numbers_are_those_of_the_format() -> None:
    known = {int(kind): (kind.name, *sizes) for kind, sizes in gguf.GGML_QUANT_SIZES.items()}
    assert {kind: BLOCKS[kind] for kind in known if kind in BLOCKS} == {k: v for k, v in known.items() if k in BLOCKS}
    assert len(BLOCKS.keys() & known.keys()) > 25


@pytest.mark.parametrize(("kind", "rank"), [("F16", 4), ("BF16", 4), ("Q8_0", 32)])
def test_kinds_of_numbers_take_the_room_that_they_take(kind: str, rank: int, tmp_path: Path) -> None:
    number = gguf.GGMLQuantizationType[kind]
    found = read_header(write_lora(tmp_path / "a.gguf", {"x.lora_a": (rank, 64)}, kind=number))
    assert [(t.kind_name, t.shape_text, t.start + (t.size_bytes or 0)) for t in found.tensors] == [
        (kind, f"{rank} × 64", found.file_bytes)
    ]


def test_values_are_found_by_key(tmp_path: Path) -> None:
    found = read_header(write_model(tmp_path / "m.gguf", metadata={"llama.heads": [4, 8, 2], "x.y": True}))
    assert (found.architecture, found.text("general.name"), found.text("llama.block_count")) == ("llama", "tiny", "")
    assert (found.whole("llama.block_count"), found.whole("llama.heads")) == (2, 8), "the largest of several"
    assert found.whole("general.name") is found.whole("nothing") is found.whole("x.y") is None
    assert found.lengths["tokenizer.ggml.tokens"] == 263


def test_what_is_enough_is_read_and_no_more(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf")
    found = read_header(path, lambda _, key: key.startswith("tokenizer."))
    assert found.architecture == "llama" and not found.tensors
    assert not any(key.startswith("tokenizer.") for key in found.values)


def test_a_model_in_several_files_is_one(tmp_path: Path) -> None:
    first = tmp_path / "m-00001-of-00002.gguf"
    write_model(first, metadata={"split.count": 2})
    write_lora(tmp_path / "m-00002-of-00002.gguf", {"more": (4, 4)})
    found = read_model(str(first))
    assert len(found.tensors) == len(read_header(first).tensors) + 1
    (tmp_path / "m-00002-of-00002.gguf").unlink()
    with pytest.raises(HeaderError, match=r"cut into 2 files, of which m-00002-of-00002\.gguf is not there"):
        read_model(str(first))


@given(st.binary(max_size=400))
def test_any_bytes_behind_the_magic_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + data)
    try:
        assert read_header(path).file_bytes == len(data) + 8
    except HeaderError as error:
        assert str(error).isprintable()


@given(st.data())
def test_a_header_with_other_bytes_in_it_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    sound = folder / "sound-adapter.gguf"
    if not sound.exists():
        write_adapter(sound)
    changed = bytearray(sound.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(4, 735))] = data.draw(st.integers(0, 255))
    path = folder / "changed.gguf"
    path.write_bytes(changed)
    try:
        found = read_header(path)
        assert all(tensor.start + (tensor.size_bytes or 0) <= found.file_bytes for tensor in found.tensors)
    except HeaderError:
        pass


def test_a_file_that_ends_anywhere_is_told(tmp_path: Path) -> None:
    whole = write_adapter(tmp_path / "whole.gguf").read_bytes()
    path = tmp_path / "cut.gguf"
    for end in range(0, len(whole), 61):
        path.write_bytes(whole[:end])
        with pytest.raises(HeaderError, match=r"is empty|is no GGUF|cut off"):
            read_header(path)


def test_many_names_are_stepped_over_quickly_and_numbers_of_each_layer_kept(tmp_path: Path) -> None:
    names, layers = [f"word {number}" for number in range(5_000)], list(range(100))
    path = write_model(tmp_path / "m.gguf", metadata={"x.names": names, "x.layers": layers, "x.many": [1.5] * 5_000})
    found = read_header(path)
    assert (found.lengths["x.names"], found.lengths["x.many"]) == (5_000, 5_000)
    assert found.values["x.layers"] == tuple(layers) and "x.many" not in found.values


def test_a_text_too_long_to_keep_is_stepped_over(tmp_path: Path) -> None:
    found = read_header(write_model(tmp_path / "m.gguf", template="x" * 1_500_000))
    assert found.lengths["tokenizer.chat_template"] == 1_500_000
    assert len(found.tensors) == 20


def test_what_is_no_regular_file_is_told_at_once(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    for path, told in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "no regular file"),
        (tmp_path / "x", "not there"),
    ):
        with pytest.raises(HeaderError, match=told), open_regular(path):
            pass
    for name in (str(tmp_path / "x"), "with\0null", str(Path(__file__) / "below")):
        with pytest.raises(HeaderError):
            file_state(name)


def test_a_file_with_another_content_is_another(tmp_path: Path) -> None:
    import os

    path = tmp_path / "file"
    path.write_bytes(b"one")
    before = file_state(str(path))
    assert file_state(str(path)) == before
    path.write_bytes(b"other")
    assert file_state(str(path)) != before
    path.write_bytes(b"one")
    os.utime(path, ns=(1, before.changed_ns + 1))
    assert file_state(str(path)) != before


def test_weights_begin_where_their_alignment_says(tmp_path: Path) -> None:
    path = write_lora(tmp_path / "a.gguf", {"x": (4, 4)})
    data = bytearray(path.read_bytes())
    for alignment, told in ((3, "aligned to 3"), (0, "aligned to 0")):
        key = struct.pack("<Q", 17) + b"general.alignment" + struct.pack("<II", 4, alignment)
        changed = data[:16] + struct.pack("<Q", 4 + 1) + key + data[24:]
        path.write_bytes(changed)
        with pytest.raises(HeaderError, match=told):
            read_header(path)
