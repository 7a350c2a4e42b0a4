"""Reading a file that may be anything, anywhere, and changing under the reader's hands."""

from __future__ import annotations

import os
import socket
from hashlib import blake2b
from pathlib import Path

import pytest

from scholiast_indexer.types import SkippedFile
from scholiast_indexer.workspace import reading
from scholiast_indexer.workspace.reading import read_source
from scholiast_indexer.workspace.values import ScanOptions, Source


def reason(root: Path, path: str) -> str:
    found = read_source(root, path)
    assert isinstance(found, SkippedFile), found
    assert found.path == path
    return found.reason


def test_a_source_carries_bytes_hash_and_stat(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_bytes(b"x = 1\r\n")
    source = read_source(tmp_path, "src/a.py")
    assert isinstance(source, Source)
    assert (source.path, source.data) == ("src/a.py", b"x = 1\r\n")
    assert source.hash == blake2b(b"x = 1\r\n", digest_size=16).digest()
    assert (source.stat.path, source.stat.size) == ("src/a.py", 7)
    assert source.stat.mtime_ns == (tmp_path / "src/a.py").stat().st_mtime_ns


def test_the_hash_is_that_of_the_bytes_on_disk(tmp_path: Path) -> None:
    raw = "x = 'é'\n".encode("utf-16")
    (tmp_path / "a.py").write_bytes(raw)
    source = read_source(tmp_path, "a.py")
    assert isinstance(source, Source)
    assert (source.data, source.hash) == ("x = 'é'\n".encode(), blake2b(raw, digest_size=16).digest())


def test_a_file_that_is_gone_has_vanished(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert [reason(tmp_path, path) for path in ("a.py", "no/a.py", "file/a.py")] == ["vanished"] * 3
    assert reason(tmp_path / "no-root", "a.py") == "vanished"


def test_links_lead_nowhere_wherever_they_are(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "deep", outside):
        folder.mkdir(parents=True)
    (outside / "secret.py").write_text("token = 1\n")
    (root / "link.py").symlink_to(outside / "secret.py")
    (root / "folder").symlink_to(outside)
    (root / "deep/folder").symlink_to(outside)
    (root / "loop").symlink_to("loop")
    for path in ("link.py", "folder/secret.py", "deep/folder/secret.py", "loop", "loop/a.py"):
        assert reason(root, path) == "symlink", path


def test_pipes_sockets_devices_and_folders_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.py"))
        for name in ("pipe.py", "socket.py", "folder.py"):
            assert reason(tmp_path, name) == "not a regular file"
    assert reason(Path("/dev"), "null") == "not a regular file"


@pytest.mark.parametrize("path", ["../a.py", "a/../../b.py", "/etc/passwd", "", "a//b", "./a", "nul\0.py", "x" * 300])
def test_names_that_are_no_paths_in_the_workspace_are_refused(tmp_path: Path, path: str) -> None:
    assert reason(tmp_path, path) == "name is not valid"


@pytest.mark.parametrize("name", [b"caf\xe9.py", b"new\nline.py"])
def test_odd_names_can_be_read(tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x = 1\n")
    assert isinstance(read_source(tmp_path, name.decode("utf-8", "surrogateescape")), Source)


def test_large_files_are_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "huge.py").open("wb") as file:
        file.truncate(1 << 40)
    assert reason(tmp_path, "huge.py") == "too large (1099511.6 MB)"
    (tmp_path / "ten.py").write_text("0123456789")
    assert isinstance(read_source(tmp_path, "ten.py", ScanOptions(file_bytes_max=10)), Source)
    assert isinstance(read_source(tmp_path, "ten.py", ScanOptions(file_bytes_max=9)), SkippedFile)


def test_a_file_that_claims_no_size_is_read_within_the_limit() -> None:
    source = read_source(Path("/proc/self"), "status")
    assert isinstance(source, Source)
    assert source.data.startswith(b"Name:")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    (tmp_path / "a.py").chmod(0)
    assert reason(tmp_path, "a.py") == "unreadable"


def test_an_input_error_while_reading_is_unreadable() -> None:
    # The memory of a process is a regular file whose first page can't be read, whoever asks.
    assert reason(Path("/proc/self"), "mem") == "unreadable"


def test_a_file_written_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.py"
    target.write_text("old = 1\n")
    real_read, rounds = reading._read_bounded, []

    def write_after_the_first_round(descriptor: int, size_max: int) -> bytes:
        data = real_read(descriptor, size_max)
        rounds.append(data)
        if len(rounds) == 1:
            target.write_text("newer = 22\n")
        return data

    monkeypatch.setattr(reading, "_read_bounded", write_after_the_first_round)
    source = read_source(tmp_path, "a.py")
    assert isinstance(source, Source)
    assert (source.data, source.stat.size, len(rounds)) == (b"newer = 22\n", 11, 2)


def test_a_file_that_never_rests_looks_changed_to_the_next_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.py"
    target.write_text("x\n")
    real_read = reading._read_bounded

    def write_after_each_round(descriptor: int, size_max: int) -> bytes:
        data = real_read(descriptor, size_max)
        with target.open("a") as file:
            file.write("more\n")
        return data

    monkeypatch.setattr(reading, "_read_bounded", write_after_each_round)
    source = read_source(tmp_path, "a.py")
    assert isinstance(source, Source)
    assert source.stat.size < target.stat().st_size


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a.py").write_text("x")
    (tmp_path / "link").symlink_to("d")
    before = os.listdir("/proc/self/fd")  # noqa: PTH208  a count of entries
    for path in ("d/a.py", "link/a.py", "d/no.py", "d", "no/no"):
        read_source(tmp_path, path)
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208  a count of entries
