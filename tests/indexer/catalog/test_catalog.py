"""The catalog's own rules: transactions, ids, blobs in and out of use, what is left out, vectors by text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from scholiast_indexer.blocks import packed
from scholiast_indexer.catalog import Catalog
from scholiast_indexer.catalog.salvage import salvage_vectors
from scholiast_indexer.errors import IndexBusyError
from scholiast_indexer.types import AnalyzedChunk, AnalyzedFile, Chunk, Reexport, SkippedFile, Symbol

STATE = (10, 1, 2, 3)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    Catalog.create(tmp_path)
    opened = Catalog.open(tmp_path)
    yield opened
    opened.close()


def analyzed(text: str = "def f():\n    return 1\n", vector: bytes = b"\0\0") -> AnalyzedFile:
    size, lines = len(text), text.count("\n")
    symbol = Symbol("f", "f", "function", "def f()", "", 0, lines)
    chunk = Chunk(0, size, 0, lines, "function", "f", "def f()", "", ("f",), ("g",))
    return AnalyzedFile(
        (AnalyzedChunk(chunk, text.encode(), "f", "f", vector),), (symbol,), ("odd",), packed(text.encode())
    )


def add(catalog: Catalog, *paths: str, text: str = "def f():\n    return 1\n") -> int:
    """A blob that these paths point at."""
    with catalog.transaction():
        known = catalog.blob_id(text.encode(), "python")
        blob_id = known or catalog.add_blob(text.encode(), "python", len(text), analyzed(text)).id
        for path in paths:
            catalog.set_path(path, STATE, blob_id=blob_id, reason=None)
        catalog.settle([blob_id], 100.0)
    return blob_id


def test_a_transaction_happens_whole_or_not_at_all(catalog: Catalog) -> None:
    before = catalog.generation
    with pytest.raises(ZeroDivisionError), catalog.transaction():
        catalog.set_path("a", STATE, blob_id=None, reason="binary")
        raise ZeroDivisionError
    assert (catalog.paths(), catalog.generation) == ({}, before)
    add(catalog, "a")
    assert catalog.generation == before + 1


def test_what_was_stored_is_read_back(catalog: Catalog) -> None:
    blob_id = add(catalog, "src/a.py", "src/b.py")
    assert catalog.content(blob_id) == b"def f():\n    return 1\n"
    assert [symbol.name for symbol in catalog.symbols_of_blob(blob_id)] == ["f"]
    (row,) = catalog.chunk_rows(catalog.live_chunk_ids())
    assert (row.blob_id, row.language, row.kind, row.symbol, row.defines) == (blob_id, "python", "function", "f", "f")
    (text,) = catalog.blob_chunks(blob_id)
    assert (text.references, text.text_hash) == ("g", b"def f():\n    return 1\n")
    assert catalog.paths_of_blobs([blob_id]) == {blob_id: ["src/a.py", "src/b.py"]}
    assert catalog.paths_of_blobs([blob_id], checked=False) == catalog.paths_of_blobs([blob_id])
    assert [row.start_line for row in catalog.candidate_rows([1, 99])] == [0]
    assert catalog.pieces([(blob_id, 0, 3), (blob_id, 4, 5), (blob_id, 7, 7)]) == [b"def", b"f", b""]
    assert catalog.counts() == (2, 1)
    assert catalog.paths()["src/a.py"].state == STATE


def test_paths_below_a_folder_are_read_alone(catalog: Catalog) -> None:
    names = ["src", "src.py", "src/a.py", "src/deep/b.py", "src0", "srca/b.py", "caf\udce9/x.py"]
    add(catalog, *names)
    assert sorted(catalog.paths(["src"])) == ["src", "src/a.py", "src/deep/b.py"]
    assert sorted(catalog.paths(["caf\udce9", "src.py", "none"])) == ["caf\udce9/x.py", "src.py"]
    assert sorted(catalog.paths()) == sorted(names)


def test_ids_are_never_given_twice(catalog: Catalog) -> None:
    add(catalog, "a.py")
    first = catalog.live_chunk_ids()
    with catalog.transaction():
        catalog.clear_workspace()
    blob_id = add(catalog, "a.py")
    assert blob_id > 1
    assert min(catalog.live_chunk_ids()) > max(first)
    assert catalog.paths()["a.py"].id > 1


def test_a_blob_is_live_while_a_path_points_at_it(catalog: Catalog) -> None:
    blob_id = add(catalog, "a.py", "b.py")
    assert catalog.pending() == [(blob_id, True)]
    catalog.clear_pending()
    for path, live in (("a.py", [blob_id]), ("b.py", [])):
        with catalog.transaction():
            catalog.remove_paths([path])
            catalog.settle([blob_id], 200.0)
        assert catalog.live_blobs() == live
    assert catalog.pending() == [(blob_id, False)]
    assert catalog.chunk_rows([1]) == []
    add(catalog, "c.py")
    assert (catalog.live_blobs(), catalog.pending()) == ([blob_id], [(blob_id, True)])


def test_garbage_goes_after_its_time_with_vectors_that_nothing_needs(catalog: Catalog) -> None:
    model = catalog.register_model("model", 1)
    kept, gone = add(catalog, "a.py"), add(catalog, "b.py", text="def f():\n    return 2\n")
    with catalog.transaction():
        catalog.add_vectors(model, [(b"def f():\n    return 1\n", b"ab"), (b"def f():\n    return 2\n", b"cd")])
        catalog.remove_paths(["b.py"])
        catalog.settle([gone], 500.0)
    assert not catalog.has_garbage(500.0)
    assert catalog.has_garbage(501.0)
    with catalog.transaction():
        assert catalog.collect_garbage(501.0) == 1
    assert catalog.all_blobs() == [kept]
    assert list(catalog.vectors(catalog.live_chunk_ids(), model)) == [(1, b"ab")]
    assert catalog.pending() == [(kept, True), (gone, False)]


def test_a_path_has_words_while_it_points_at_a_blob(catalog: Catalog) -> None:
    first = add(catalog, "src/café_menu.py", "src/other.py")
    expected = catalog.all_path_words()
    assert {word for word, _ in expected[1]} >= {"src", "menu"}
    second = add(catalog, "src/café_menu.py", text="def g():\n    return 1\n")
    assert (first, catalog.all_path_words()) == (second - 1, expected)
    with catalog.transaction():
        catalog.set_path("src/café_menu.py", STATE, blob_id=None, reason="binary")
        catalog.set_path("src/café_menu.py", STATE, blob_id=None, reason="minified")
        catalog.remove_paths(["src/other.py"])
    assert catalog.all_path_words() == {}
    add(catalog, "src/café_menu.py")
    assert catalog.all_path_words() == {1: expected[1]}


def test_a_path_points_at_a_blob_or_says_why_not(catalog: Catalog) -> None:
    blob_id = add(catalog, "a.py")
    with catalog.transaction():
        catalog.set_path("a.py", STATE, blob_id=None, reason="binary")
        catalog.settle([blob_id], 1.0)
        catalog.replace_name_skips([SkippedFile("z/", "vendored"), SkippedFile("caf\udce9", "lock file")], b"rules")
    assert catalog.counts() == (0, 0)
    assert catalog.blob_of_path("a.py") is None
    assert catalog.all_path_words() == {}
    assert [(skip.path, skip.reason) for skip in catalog.skipped()] == [
        ("a.py", "binary"),
        ("caf\udce9", "lock file"),
        ("z/", "vendored"),
    ]
    assert not catalog.name_skips_differ(catalog.skipped()[1:][::-1], b"rules")
    assert catalog.name_skips_differ(catalog.skipped()[1:][::-1], b"other")


def test_a_text_is_embedded_once_by_each_model(catalog: Catalog) -> None:
    add(catalog, "a.py")
    one, two = catalog.register_model("one", 1), catalog.register_model("two", 1)
    assert (catalog.register_model("one", 1), catalog.model_id("three")) == (one, None)
    text = b"def f():\n    return 1\n"
    assert catalog.chunks_without_vector(one) == {1: [1]}
    with catalog.transaction():
        assert [catalog.add_vectors(one, [(text, b"ab")]) for _ in range(2)] == [1, 0]
    assert (catalog.chunks_without_vector(one), catalog.chunks_without_vector(two)) == ({}, {1: [1]})
    assert (catalog.chunks_without_vector(two, [1]), catalog.chunks_without_vector(two, [2])) == ({1: [1]}, {})
    assert (catalog.text_hashes_of_blob(1, one), catalog.text_hashes_of_blob(1, two)) == ([text], [])


def test_completeness_ends_with_the_next_write(catalog: Catalog) -> None:
    assert not catalog.is_complete("model")
    catalog.note_complete("model")
    assert catalog.is_complete("model")
    add(catalog, "a.py")
    assert not catalog.is_complete("model")


def test_a_snapshot_does_not_see_later_writes(catalog: Catalog, tmp_path: Path) -> None:
    other = Catalog.open(tmp_path)
    with other.snapshot():
        assert other.counts() == (0, 0)
        add(catalog, "a.py")
        with other.snapshot():  # one inside another is the same
            assert other.counts() == (0, 0)
    assert other.counts() == (1, 1)
    other.close()


def test_a_database_that_another_holds_is_busy(catalog: Catalog, tmp_path: Path) -> None:
    other = Catalog.open(tmp_path)
    other._connection.execute("PRAGMA busy_timeout = 1")
    with catalog.transaction(), pytest.raises(IndexBusyError), other.transaction():
        pass
    other.close()


def test_a_catalog_appears_whole(tmp_path: Path) -> None:
    (tmp_path / "index.db.new").write_bytes(b"what a killed process left")
    Catalog.create(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.db"]


def test_a_copy_has_an_identity_of_its_own(catalog: Catalog, tmp_path: Path) -> None:
    add(catalog, "a.py")
    (tmp_path / "copy").mkdir()
    Catalog.create(tmp_path / "copy", tmp_path / "index.db")
    copy = Catalog.open(tmp_path / "copy")
    assert copy.paths() == catalog.paths()
    assert copy.identity != catalog.identity
    copy.close()


def test_vectors_are_salvaged_as_far_as_their_checksums_hold(catalog: Catalog, tmp_path: Path) -> None:
    model = catalog.register_model("model", 1)
    with catalog.transaction():
        catalog.add_vectors(model, [(bytes([number]) * 16, b"ab") for number in range(50)])
        catalog._connection.execute("UPDATE vector SET data = x'0000' WHERE text_hash < x'05'")
    (tmp_path / "new").mkdir()
    Catalog.create(tmp_path / "new")
    fresh = Catalog.open(tmp_path / "new")
    assert salvage_vectors(tmp_path / "index.db", fresh, lambda data, *_: data) == 45
    fresh.check_vectors()
    fresh.close()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\0" * 5000])
def test_nothing_is_salvaged_from_what_is_no_database(catalog: Catalog, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "damaged.db").write_bytes(content)
    assert salvage_vectors(tmp_path / "damaged.db", catalog, lambda data, *_: data) == 0
    assert salvage_vectors(tmp_path / "none.db", catalog, lambda data, *_: data) == 0


def test_mistakes_in_statements_are_not_taken_for_damage(catalog: Catalog) -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax error"):
        catalog._all("SELEKT 1")


def test_a_reexport_is_found_by_its_name_but_never_as_a_definition_and_goes_with_its_blob(catalog: Catalog) -> None:
    text = b"from .a import F, g\n"
    chunk = Chunk(0, len(text), 0, 1, "block", "", "", "", (), ())
    file = AnalyzedFile(
        (AnalyzedChunk(chunk, text, "f g", "", b"\0\0"),), (), (), packed(text), (Reexport("F", 0), Reexport("g", 0))
    )
    add(catalog, "a.py")
    with catalog.transaction():
        added = catalog.add_blob(text, "python", len(text), file)
        catalog.set_path("b.py", STATE, blob_id=added.id, reason=None)
        catalog.settle([added.id], 100.0)
    (chunk_id,) = added.chunk_ids
    assert catalog.chunks_reexporting(["f", "g", "h"], 10) == [(chunk_id, "F"), (chunk_id, "g")]
    assert catalog.chunks_reexporting(["f", "g"], 1) == [(chunk_id, "F")]
    assert chunk_id not in catalog.chunks_defining(["f", "g"], 10)
    assert catalog.symbols_named("g", 10, spelled=True) == []
    assert [named.name for named in catalog.symbols_named("F", 10, spelled=False)] == ["f"]
    assert catalog.symbols_of_blob(added.id) == []
    assert catalog.names_after(0, 10)[0] == ["f"]
    assert catalog.has_symbol_rows(added.id)
    with catalog.transaction():
        catalog.remove_paths(["b.py"])
        catalog.settle([added.id], 500.0)
    assert catalog.chunks_reexporting(["f"], 10) == []
    with catalog.transaction():
        catalog.collect_garbage(501.0)
    assert list(catalog.relation_problems()) == []
