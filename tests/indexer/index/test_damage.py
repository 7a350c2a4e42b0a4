"""Damage to any file of an index costs time: what follows equals a clean index, or a check says what is wrong."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.indexer.index.conftest import Content, World, content_of

from scholiast_indexer.errors import IndexVersionError
from scholiast_indexer.index import Index

NEW_FILE = ("src/new.py", "def added_after_the_damage():\n    return 1\n")
REBUILT = "built again from the files"
FLIPS = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FRACTIONS = st.floats(0, 1, exclude_max=True)
BITS = st.integers(0, 7)


class Sound(NamedTuple):
    """An index to damage copies of."""

    world: World
    content: Content


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    world = World(tmp_path_factory.mktemp("sound") / "work")
    with Index.open(world.root) as index:
        index.update()
        content = content_of(index)
    return Sound(world, content)


def damaged_copy(sound: Sound, place: Path, tamper: Callable[[Path], object]) -> World:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(sound.world.root, place)
    tamper(place / ".scholiast")
    return World(place, {})


def flip(path: Path, fraction: float, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * fraction)] ^= 1 << bit
    path.write_bytes(data)


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def cut(path: Path, size: int) -> None:
    os.truncate(path, size if size >= 0 else path.stat().st_size + size)


def fill(path: Path, start: int, size: int, byte: int = 0) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes([byte]) * min(size, path.stat().st_size - start))


# -- the database ---------------------------------------------------------------------------------------------------

DATABASE_DAMAGE: dict[str, Callable[[Path], object]] = {
    "deleted": lambda d: (d / "index.db").unlink(),
    "emptied": lambda d: cut(d / "index.db", 0),
    "cut in its header": lambda d: cut(d / "index.db", 50),
    "cut after its first page": lambda d: cut(d / "index.db", 4096),
    "cut in the middle": lambda d: cut(d / "index.db", (d / "index.db").stat().st_size // 2),
    "without its last byte": lambda d: cut(d / "index.db", -1),
    "zeros at its start": lambda d: fill(d / "index.db", 0, 4096),
    "zeros but for its header": lambda d: fill(d / "index.db", 100, 1 << 30),
    "marked as read-only": lambda d: fill(d / "index.db", 18, 1, 3),
    "text in its place": lambda d: (d / "index.db").write_text("not a database\n" * 400),
    "without its tables": lambda d: statement(d, "DROP TABLE chunk"),
    "without its version": lambda d: statement(d, "DELETE FROM meta"),
    "with words for numbers": lambda d: statement(d, "UPDATE sqlite_sequence SET seq = 'many'"),
    "with ids that are taken": lambda d: statement(d, "UPDATE sqlite_sequence SET seq = 0"),
    "with a broken list": lambda d: statement(d, "UPDATE meta SET value = '[[1' WHERE key = 'skipped'"),
}
MENDED_BY_AN_UPDATE = {"without its last byte", "with a broken list"}


def statement(directory: Path, sql: str) -> None:
    with contextlib.closing(sqlite3.connect(directory / "index.db")) as connection:
        connection.execute(sql)
        connection.commit()


@pytest.fixture(scope="module")
def with_a_new_file(sound: Sound, tmp_path_factory: pytest.TempPathFactory) -> Content:
    place = tmp_path_factory.mktemp("new")
    world = damaged_copy(sound, place / "work", lambda _: None)
    world.write(*NEW_FILE)
    return world.rebuilt(place / "clean")


@pytest.mark.parametrize("first", ["search", "update"])
@pytest.mark.parametrize("damage", DATABASE_DAMAGE)
def test_a_damaged_database_is_built_again(
    sound: Sound, with_a_new_file: Content, tmp_path: Path, damage: str, first: str
) -> None:
    world = damaged_copy(sound, tmp_path / "copy", DATABASE_DAMAGE[damage])
    world.write(*NEW_FILE)
    with Index.open(world.root) as index:
        index.search("retry") if first == "search" else index.update_paths(["src/new.py"])
        index.update()
        assert content_of(index) == with_a_new_file
        assert damage in MENDED_BY_AN_UPDATE or any(REBUILT in note for note in index.notes), index.notes


@FLIPS
@given(fraction=FRACTIONS, bit=BITS)
def test_a_flipped_bit_in_the_database_gives_no_wrong_result(
    sound: Sound, tmp_path: Path, fraction: float, bit: int
) -> None:
    world = damaged_copy(sound, tmp_path / "copy", lambda d: flip(d / "index.db", fraction, bit))
    with contextlib.suppress(IndexVersionError), Index.open(world.root) as index:
        index.search("cart")
        index.update()
        if index.check() is None:
            assert content_of(index) == sound.content


VALUES = {
    "content": "UPDATE content SET data = substr(data, 1, 20) || x'00' || substr(data, 22)",
    "a chunk's lines": "UPDATE chunk SET start_line = start_line + 1",
    "a chunk's symbol": "UPDATE chunk SET symbol = 'Other' WHERE symbol != ''",
    "a chunk's blob": "UPDATE chunk SET blob_id = blob_id % 4 + 1",
    "a language": "UPDATE blob SET language = 'ruby'",
    "a path": "UPDATE path SET path = CAST(replace(path, 'cart', 'card') AS BLOB)",
    "a path's blob": "UPDATE path SET blob_id = blob_id % 4 + 1",
    "an outline": "UPDATE outline SET data = substr(data, 1, 20) || x'00' || substr(data, 22)",
    "a vector": "UPDATE vector SET data = zeroblob(260)",
}


@pytest.mark.parametrize("value", VALUES)
def test_a_changed_value_is_found_by_a_check_and_by_reading(sound: Sound, tmp_path: Path, value: str) -> None:
    world = damaged_copy(sound, tmp_path / "copy", lambda d: statement(d, VALUES[value]))
    (world.directory / "vectors.bin").unlink()
    with Index.open(world.root) as index:
        assert index.check() is not None
        for path in sound.content.paths:
            index.symbols(path)
        index.search("add an item to the cart", 100)
        assert any(REBUILT in note for note in index.notes)
        assert content_of(index) == sound.content


OTHER_KINDS = {
    "a path's blob": "UPDATE path SET blob_id = 'x'",
    "a path's blob that is none": "UPDATE path SET blob_id = -5",
    "names that a chunk defines": "UPDATE chunk SET defines = x'00'",
    "the chunk of a symbol": "UPDATE symbol SET chunk_id = x'00'",
    "the place of a word": "UPDATE OR REPLACE path_word SET place = 'x'",
    "a place that is none": "UPDATE OR REPLACE path_word SET place = 99",
    "names that are exported": "UPDATE outline SET exported = x'00'",
    "a vector": "UPDATE vector SET data = 'x'",
    "a number past all": "UPDATE blob SET chunk_count = 9223372036854775807",
}


@pytest.mark.parametrize("value", OTHER_KINDS)
def test_a_value_of_another_kind_costs_no_search(sound: Sound, tmp_path: Path, value: str) -> None:
    world = damaged_copy(sound, tmp_path / "copy", lambda d: statement(d, OTHER_KINDS[value]))
    (world.directory / "vectors.bin").unlink()
    with Index.open(world.root) as index:
        assert index.search("cart py", 100)
        assert index.search("Cart", 100)
        assert index.search("add an item to the cart", 100)
        index.update()
        assert index.check() is None
        assert content_of(index) == sound.content


@pytest.mark.parametrize(
    "changed",
    [
        "symbol SET folded = folded || 'x'",
        "symbol SET start_line = start_line + 1",
        "symbol SET name = 'Other'",
        "outline SET exported = exported || 'x'",
    ],
)
def test_a_name_that_leads_elsewhere_is_found_by_a_check(sound: Sound, tmp_path: Path, changed: str) -> None:
    world = damaged_copy(sound, tmp_path / "copy", lambda d: statement(d, f"UPDATE {changed}"))
    with Index.open(world.root) as index:
        assert "symbols" in (index.check() or "")


def test_a_header_that_has_changed_is_found_before_it_is_used(sound: Sound, tmp_path: Path) -> None:
    """It is what the lexical index is built from when that is gone."""
    world = damaged_copy(sound, tmp_path / "copy", lambda d: statement(d, VALUES["an outline"]))
    shutil.rmtree(world.directory / "lexical")
    with Index.open(world.root) as index:
        index.update()
        assert content_of(index) == sound.content


def test_the_damaged_database_is_kept_to_look_at(sound: Sound, tmp_path: Path) -> None:
    world = damaged_copy(sound, tmp_path / "copy", lambda d: fill(d / "index.db", 4096, 1 << 30))
    with Index.open(world.root):
        assert (world.directory / "damaged-index.db").stat().st_size == sound.world.database.stat().st_size


def test_good_vectors_are_taken_over_from_a_damaged_database(sound: Sound, tmp_path: Path) -> None:
    world = damaged_copy(sound, tmp_path / "copy", lambda d: statement(d, "UPDATE chunk SET kind = 'other'"))
    with Index.open(world.root) as index:
        index.search("cart")
        assert index.update().embedded == 0


@pytest.fixture(scope="module")
def unclean(sound: Sound, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """An index as a process leaves it that is killed after an update: its last writes are in the log."""
    place = tmp_path_factory.mktemp("unclean")
    world = damaged_copy(sound, place / "live", lambda _: None)
    world.write("src/cart.py", "def total():\n    return 1\n")
    world.remove("src/retry.py")
    with Index.open(world.root) as index:
        index.update()
        shutil.copytree(world.root, place / "killed")
        return Sound(World(place / "killed", {}), content_of(index))


@pytest.mark.parametrize("size", [0, 31, 32, 4000, -1, -5000])
def test_a_cut_log_leaves_an_earlier_state_that_is_brought_up_to_date(
    unclean: Sound, tmp_path: Path, size: int
) -> None:
    world = damaged_copy(unclean, tmp_path / "copy", lambda d: cut(d / "index.db-wal", size))
    with Index.open(world.root) as index:
        index.update()
        assert content_of(index) == unclean.content


@settings(FLIPS, max_examples=10)
@given(fraction=FRACTIONS, bit=BITS)
def test_a_flipped_bit_in_the_log_gives_no_wrong_result(
    unclean: Sound, tmp_path: Path, fraction: float, bit: int
) -> None:
    world = damaged_copy(unclean, tmp_path / "copy", lambda d: flip(d / "index.db-wal", fraction, bit))
    with Index.open(world.root) as index:
        index.update()
        assert content_of(index) == unclean.content


# -- the caches -----------------------------------------------------------------------------------------------------

CACHE_DAMAGE: dict[str, Callable[[Path], object]] = {
    "no lexical index": lambda d: shutil.rmtree(d / "lexical"),
    "an empty lexical folder": lambda d: empty(d / "lexical"),
    "no stamp": lambda d: (d / "lexical" / "scholiast.json").unlink(),
    "a stamp of another catalog": lambda d: (d / "lexical" / "scholiast.json").write_text(
        (d / "lexical" / "scholiast.json").read_text().replace('"catalog":"', '"catalog":"0')),
    "a stamp of the future": lambda d: (d / "lexical" / "scholiast.json").write_text(
        (d / "lexical" / "scholiast.json").read_text().replace('"generation":', '"generation":9')),
    "no meta.json": lambda d: (d / "lexical" / "meta.json").unlink(),
    "meta.json is no JSON": lambda d: (d / "lexical" / "meta.json").write_text("{"),
    "a segment's file is gone": lambda d: next((d / "lexical").glob("*.term")).unlink(),
    "the vector cache is gone": lambda d: (d / "vectors.bin").unlink(),
    "the vector cache is empty": lambda d: cut(d / "vectors.bin", 0),
    "the vector cache is cut": lambda d: cut(d / "vectors.bin", -1),
    "the vector cache is zeros": lambda d: fill(d / "vectors.bin", 0, 1 << 30),
}  # fmt: skip
SILENT = {"the vector cache is gone"}


@pytest.mark.parametrize("damage", CACHE_DAMAGE)
def test_a_damaged_cache_is_built_again(sound: Sound, tmp_path: Path, damage: str) -> None:
    world = damaged_copy(sound, tmp_path / "copy", CACHE_DAMAGE[damage])
    with Index.open(world.root) as index:
        assert content_of(index) == sound.content
        assert damage in SILENT or any("rebuilt" in note for note in index.notes)
        assert index.update().embedded == 0


@FLIPS
@given(data=st.data(), fraction=FRACTIONS, bit=BITS)
def test_a_flipped_bit_in_a_cache_gives_no_wrong_result(
    sound: Sound, tmp_path: Path, data: st.DataObject, fraction: float, bit: int
) -> None:
    caches = sorted([*(sound.world.directory / "lexical").iterdir(), sound.world.directory / "vectors.bin"])
    victim = data.draw(st.sampled_from([path for path in caches if path.stat().st_size]))
    victim = victim.relative_to(sound.world.directory)
    world = damaged_copy(sound, tmp_path / "copy", lambda d: flip(d / victim, fraction, bit))
    with Index.open(world.root) as index:
        assert content_of(index) == sound.content
        index.update()
        assert content_of(index) == sound.content


def test_a_graph_that_someone_else_made_is_never_loaded(
    sound: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository may bring an index along, whole by all its checksums."""
    world = damaged_copy(sound, tmp_path / "copy", lambda _: None)
    with Index.open(world.root, vectors="hnsw") as index:
        index.warm()
    monkeypatch.setenv("HOME", str(tmp_path / "someone else"))
    with Index.open(world.root, vectors="hnsw") as index:
        index.warm()
        assert any("graph was damaged" in note for note in index.notes)
        assert content_of(index) == sound.content


def test_a_database_with_a_trigger_is_not_used(sound: Sound, tmp_path: Path) -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON blob BEGIN DELETE FROM chunk; END"
    world = damaged_copy(sound, tmp_path / "copy", lambda d: statement(d, trigger))
    with Index.open(world.root) as index:
        index.update()
        assert content_of(index) == sound.content
        assert any(REBUILT in note for note in index.notes)


GRAPH_DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": lambda d: (d / "graph.bin").unlink(),
    "without stamp": lambda d: (d / "graph.stamp").unlink(),
    "emptied": lambda d: cut(d / "graph.bin", 0),
    "cut": lambda d: cut(d / "graph.bin", -1),
    "zeros inside": lambda d: fill(d / "graph.bin", 200, 300),
    "flipped": lambda d: flip(d / "graph.bin", 0.5, 3),
    "flipped stamp": lambda d: flip(d / "graph.stamp", 0.7, 3),
    "another size at its start": lambda d: fill(d / "graph.bin", 8, 8, 255),
}


@pytest.mark.parametrize("damage", GRAPH_DAMAGE)
def test_a_damaged_graph_is_never_loaded(sound: Sound, tmp_path: Path, damage: str) -> None:
    """hnswlib crashes the process on wrong bytes."""
    world = damaged_copy(sound, tmp_path / "copy", lambda _: None)
    with Index.open(world.root, vectors="hnsw") as index:
        index.warm()
    GRAPH_DAMAGE[damage](world.directory)
    with Index.open(world.root, vectors="hnsw") as index:
        index.warm()
        assert content_of(index) == sound.content
        assert damage in ("gone", "without stamp") or any("graph was damaged" in note for note in index.notes)
    with Index.open(world.root, vectors="hnsw") as index:
        index.warm()
        assert index.notes == []
