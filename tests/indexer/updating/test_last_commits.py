"""What workers have done once all files are read is written while they go on."""

from __future__ import annotations

from pathlib import Path

from scholiast_indexer import open_index
from scholiast_indexer.limits import COMMIT_BYTES

FILES = 30
FILE_BYTES = 100_000


def test_what_is_less_than_one_transaction_is_written_in_several(tmp_path: Path) -> None:
    assert FILES * FILE_BYTES < COMMIT_BYTES
    for number in range(FILES):
        line = f"file{number} keeps what the zebra of {number} eats\n"
        (tmp_path / f"{number}.txt").write_text(line * (FILE_BYTES // len(line)))
    with open_index(tmp_path) as index:
        report = index.update()
        written = index.status().generation
        assert report.files == FILES
        assert report.chunks == index.status().chunks
        assert [hit.path for hit in index.search("file29 zebra", 1)] == ["29.txt"]
        index.update()
        assert index.status().generation == written
        (tmp_path / "0.txt").write_text("one line\n")
        index.update()
        in_one_transaction = index.status().generation - written
        assert written > in_one_transaction
