"""A full disk is told as such; what was done stays, and when there is room again the index goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.indexer.index.conftest import Content, World, content_of

from scholiast_indexer.index import Index

LIMITED = """
import os, resource, sys
from scholiast_indexer import open_index
from scholiast_indexer.errors import StorageError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    with open_index(sys.argv[1]) as index:
        index.update()
except StorageError as error:
    print(error)
"""

SMALL_DISK = """
import subprocess, sys
from scholiast_indexer import open_index
from scholiast_indexer.errors import StorageError
root, disk = sys.argv[1:]
try:
    with open_index(root) as index:
        index.update()
    raise SystemExit("there was room")
except StorageError as error:
    print(error)
subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
with open_index(root) as index:
    before = index.counts()[0]
    report = index.update()
    print(report.files, index.check(), len(index.search("function_3", 1)))
"""


BODY = "".join(f"    value.call_{n}(argument, {n})\n" for n in range(120))
FILES = {f"f{n}.py": f"def function_{n}(argument):\n{BODY}" for n in range(150)}


@pytest.fixture
def large(tmp_path: Path) -> World:
    return World(tmp_path / "work", FILES)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What an index of the same files holds."""
    place = tmp_path_factory.mktemp("clean")
    return World(place / "work", FILES).rebuilt(place / "index")


@pytest.mark.parametrize("limit_kb", [1, 30, 150, 400])
def test_what_can_be_written_is_kept(large: World, clean: Content, limit_kb: int) -> None:
    """The limit is on the size of each file; the system says another error than for a full disk."""
    command = [sys.executable, "-c", LIMITED, str(large.root), str(limit_kb * 1000)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("the index can't be written at "), done.stdout
    assert "Free some disk space, or move the index with SCHOLIAST_INDEX_DIR" in done.stdout
    with Index.open(large.root) as index:
        assert index.check() is None
        assert index.update().files == 150
        assert content_of(index) == clean


def test_a_disk_that_was_full_is_used_again_when_there_is_room(large: World, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    unshare = ["unshare", "--mount", "--map-root-user", "sh", "-ec"]
    mount = f"mount -t tmpfs -o size=600k scholiast {disk}"
    try:
        can = subprocess.run([*unshare, mount], capture_output=True, check=False).returncode == 0
    except OSError:
        can = False
    if not can:
        pytest.skip("mounting needs Linux with user namespaces")
    environment = {**os.environ, "SCHOLIAST_INDEX_DIR": str(disk / "index"), "SCRIPT": SMALL_DISK}
    line = f'{mount}; exec {sys.executable} -c "$SCRIPT" {large.root} {disk}'
    done = subprocess.run([*unshare, line], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told, after = done.stdout.strip().splitlines()
    assert told.startswith(f"the index can't be written at {disk}")
    assert after == "150 None 1"
