"""The repositories that the tests and recordings work in."""

from __future__ import annotations

from pathlib import Path

from tests.editors.neovim import repository

LATIN = "# Gr\u00fc\u00dfe\ndef open_archive_lock():\n    pass\n".encode("latin-1")


def test_a_copy_holds_every_file_byte_for_byte_whatever_its_attributes_say(tmp_path: Path) -> None:
    """Such are in the clone of Sphinx: git refuses to add what is not in the encoding that it is said to have."""
    original, folder = tmp_path / "original", tmp_path / "copy"
    original.mkdir()
    attributes = "*.py working-tree-encoding=utf-16 filter=made-up\n*.txt text eol=crlf\n"
    for name, data in ((".gitattributes", attributes.encode()), ("a.py", LATIN), ("b.txt", b"one\ntwo\r\n")):
        (original / name).write_bytes(data)
    repository.copy(original, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == {
        path.name: path.read_bytes() for path in original.iterdir()
    }
    assert repository.git(folder, "ls-files").split() == [".gitattributes", "a.py", "b.txt"]
    assert repository.git(folder, "status", "--porcelain") == ""
