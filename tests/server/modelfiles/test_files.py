"""What a model's file says and whether it is whole: structure, numbers, content, records, and what is recommended."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("gguf", reason="writes model files: pip install gguf")

import gguf
from tests.server.models.llama.tiny_models import write_model

from scholiast_server.modelfiles.checking import check_file
from scholiast_server.modelfiles.facts import _FILE_TYPES
from scholiast_server.modelfiles.recommending import ROLES, recommendations, role_of, suiting
from scholiast_server.modelfiles.records import Record, Records, is_untouched, recorded, sha256_of
from scholiast_server.models.prefixes import KNOWN, prefixes_of

NAME = b"blk.1.attn_q.weight"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model.gguf")


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records.json")


def patched(model: Path, change: Callable[[bytearray, int], None]) -> Path:
    """The file with a change behind the announcement of a tensor's name: dimensions, sizes, kind and place."""
    data = bytearray(model.read_bytes())
    change(data, data.index(NAME) + len(NAME))
    model.write_bytes(data)
    return model


def put(form: str, place: int, value: int) -> Callable[[bytearray, int], None]:
    return lambda data, start: struct.pack_into(form, data, start + place, value)


def not_a_number(data: bytearray, start: int) -> None:
    """In the last tensor, which ends with the file."""
    data[-4:] = struct.pack("<f", float("nan"))


def same_name(data: bytearray, start: int) -> None:
    data[start - len(NAME) : start] = NAME.replace(b"1", b"0")


KIND, PLACE = 4 + 2 * 8, 4 + 2 * 8 + 4
DAMAGES: dict[str, tuple[Callable[[bytearray, int], None], str]] = {
    "two of a name": (same_name, "two tensors called 'blk.0.attn_q.weight'"),
    "over another": (put("<Q", PLACE, 0), "lies over"),
    "of no kind": (put("<I", KIND, 99), "holds numbers of kind 99, which nobody here knows"),
    "of no blocks": (put("<I", KIND, 12), "which numbers of Q4_K can't be"),
    "of no size": (put("<Q", 4, 0), "which numbers of F32 can't be"),
    "no number": (not_a_number, "holds what is no number"),
    "beyond the end": (put("<Q", PLACE, 1 << 40), "is cut off or damaged"),
}


@pytest.mark.parametrize(("change", "told"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_wrong_inside_a_file_is_told(
    model: Path, records: Records, change: Callable[[bytearray, int], None], told: str
) -> None:
    assert check_file(str(model), records).problem == ""
    checked = check_file(str(patched(model, change)), records)
    assert told in checked.problem, checked.problem


def test_a_file_that_changed_is_told_and_its_record_stays(model: Path, records: Records) -> None:
    first = check_file(str(model), records)
    assert (first.content, first.sha256) == ("recorded now", sha256_of(str(model)))
    assert check_file(str(model), records).content == "as recorded"
    data = bytearray(model.read_bytes())
    data[-2] ^= 1
    model.write_bytes(data)
    for _ in range(2):
        changed = check_file(str(model), records)
        assert changed.content == "changed" and "scholiast models check --accept" in changed.problem
        assert changed.sha256 == sha256_of(str(model)) != first.sha256
    record = records.of(str(model))
    assert record is not None and record.sha256 == first.sha256
    assert check_file(str(model), records, accept=True).content == "recorded now"
    assert check_file(str(model), records).problem == ""


def test_what_is_damaged_is_not_recorded(model: Path, records: Records) -> None:
    patched(model, not_a_number)
    for accept in (False, True):
        assert check_file(str(model), records, accept=accept).content == "not recorded"
    assert not records.all()


def test_a_record_keeps_where_a_file_came_from(model: Path, records: Records) -> None:
    records.keep(str(model), recorded(str(model), sha256_of(str(model)), repo="a/b", file="c.gguf", revision="1"))
    assert check_file(str(model), records).content == "as recorded"
    record = records.of(str(model))
    assert record is not None and (record.repo, record.file, record.revision) == ("a/b", "c.gguf", "1")
    assert is_untouched(str(model), record)
    model.write_bytes(b"")
    assert not is_untouched(str(model), record)


def test_a_link_is_the_file_it_leads_to(model: Path, records: Records, tmp_path: Path) -> None:
    (tmp_path / "link.gguf").symlink_to(model)
    check_file(str(tmp_path / "link.gguf"), records)
    assert check_file(str(model), records).content == "as recorded"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b"\xff"])
def test_records_that_can_not_be_read_are_made_anew(model: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "records.json"
    path.write_bytes(content)
    records = Records(path)
    assert records.all() == {}
    records.keep(str(model), Record("ab", 1, 2))
    assert list(Records(path).all().values()) == [Record("ab", 1, 2)]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["model.gguf", "records.json"]


def test_the_names_of_file_types_are_those_of_the_format() -> None:
    named = {member.value: re.sub("^(MOSTLY|ALL)_", "", member.name) for member in gguf.LlamaFileType}
    assert {number: named[number] for number in _FILE_TYPES} == _FILE_TYPES


# -- recommended -------------------------------------------------------------------------------------------------------


def test_recommended_models_fit_their_machines_and_anybody_may_use_them() -> None:
    rows = recommendations().rows
    assert [row.memory_gb for row in rows] == [4, 8, 16, 32]
    for row in rows:
        models = [row.of(role) for role in ROLES]
        assert sum(model.size_mb for model in models) < row.memory_gb * 600, "and leave room for all else"
        for model in models:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+", model.repo) and re.fullmatch(r"[\w.-]+\.gguf", model.file)
            assert model.licence in {"Apache-2.0", "MIT"}


def test_the_prefixes_of_recommended_embedding_models_are_known() -> None:
    for row in recommendations().rows:
        plain = re.sub(r"[^a-z0-9]+", "-", row.embedding.file.lower())
        assert any(re.search(known.name, plain) for known in KNOWN), row.embedding.file
    assert prefixes_of("nomic-embed-text-v1.5.Q8_0", "").query == "search_query: "


@pytest.mark.parametrize(
    ("memory_bytes", "row"),
    [(None, 4), (10**9, 4), (4 * 10**9, 4), (7_700_000_000, 8), (16_500_000_000, 16), (33 * 10**9, 32), (10**12, 32)],
)
def test_the_row_for_a_machine_is_the_largest_that_it_has_the_memory_for(memory_bytes: int | None, row: int) -> None:
    assert suiting(recommendations().rows, memory_bytes).memory_gb == row


def test_what_a_file_is_recommended_for_is_known_by_its_name() -> None:
    row = recommendations().rows[0]
    assert [role_of(row.of(role).repo, row.of(role).file) for role in ROLES] == list(ROLES)
    assert role_of(row.writing.repo, "other.gguf") is None
