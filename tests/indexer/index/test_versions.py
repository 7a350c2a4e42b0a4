"""A newer index is left alone; an older one is built anew, without embedding again what has a vector."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from pathlib import Path

import pytest
from tests.indexer.index.conftest import World, content_of

from scholiast_indexer.catalog.checksums import vector_checksum
from scholiast_indexer.errors import IndexVersionError
from scholiast_indexer.index import Index, examine_index
from scholiast_indexer.vectors.packing import packed_length, unpacked


def set_meta(world: World, key: str, value: str | int) -> None:
    with contextlib.closing(sqlite3.connect(world.database)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
        connection.commit()


def files_of(directory: Path) -> dict[str, str]:
    found = (path for path in directory.rglob("*") if path.is_file())
    return {str(path): hashlib.blake2b(path.read_bytes()).hexdigest() for path in found}


@pytest.fixture
def indexed(world: World) -> World:
    with Index.open(world.root) as index:
        index.update()
    return world


def test_an_index_of_a_newer_version_is_untouched(indexed: World) -> None:
    set_meta(indexed, "format_version", 99)
    before = files_of(indexed.directory)
    with pytest.raises(IndexVersionError, match=r"newer version \(format 99; this one reads 2\)"):
        Index.open(indexed.root)
    assert files_of(indexed.directory) == before
    assert "newer version" in str(examine_index(indexed.directory).problem)


def turn_to_format_1(world: World) -> None:
    """Its vectors as float16, as they were."""
    set_meta(world, "format_version", 1)
    with contextlib.closing(sqlite3.connect(world.database)) as connection:
        for text_hash, model_id, data in connection.execute("SELECT text_hash, model_id, data FROM vector").fetchall():
            rows, scales = unpacked([data], len(data) - packed_length(0))
            halves = (rows[0] * scales[0]).astype("<f2").tobytes()
            connection.execute(
                "UPDATE vector SET data = ?, checksum = ? WHERE text_hash = ? AND model_id = ?",
                (halves, vector_checksum(text_hash, model_id, halves), text_hash, model_id),
            )
        connection.commit()


def test_an_index_of_an_older_format_is_built_anew_and_keeps_its_vectors(indexed: World, tmp_path: Path) -> None:
    turn_to_format_1(indexed)
    with Index.open(indexed.root) as index:
        assert "old format 1" in index.notes[0]
        report = index.update()
        assert (report.files, report.embedded) == (4, 0)
        assert content_of(index)._replace(vectors={}) == indexed.rebuilt(tmp_path / "clean")._replace(vectors={})


def test_other_features_cut_all_files_again_and_keep_the_vectors(indexed: World, tmp_path: Path) -> None:
    set_meta(indexed, "features", "0:other grammars")
    with Index.open(indexed.root) as index:
        assert index.is_stale()
        report = index.update()
        assert index.notes == ["chunking has changed since this index was made; reading all files again"]
        assert (report.files, report.embedded) == (4, 0)
        assert content_of(index) == indexed.rebuilt(tmp_path / "clean")
        assert not index.is_stale() or index.update().embedded == 0


def test_a_copy_of_an_index_elsewhere_is_as_good(indexed: World, tmp_path: Path) -> None:
    indexed.root.rename(tmp_path / "moved")
    with Index.open(tmp_path / "moved") as index:
        assert index.search("retry_request")[0].path == "src/retry.py"
        assert index.update().embedded == 0
        assert index.notes == []
