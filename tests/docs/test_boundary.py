"""What SECURITY.md promises: no process opens a connection, a file that crashes its worker is cut by lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scholiast_indexer.workers import Job, WorkerPool
from scholiast_indexer.workers.pool import CRASHED

WITNESS = """
import os, sys

def witness(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"):
        with open(os.environ["WITNESS"], "a") as file:
            file.write(f"{event} {arguments!r}\\n")

sys.addaudithook(witness)
"""
"""Loaded when a command starts: Python tells its audit hooks of each connection."""

CODE = "def sign_cookie(key, value):\n    '''Sign a cookie.'''\n    return hmac(key, value)\n\n\n"


def run(folder: Path, arguments: tuple[str, ...], witness: Path) -> subprocess.CompletedProcess[bytes]:
    hooks = witness.parent / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(WITNESS)
    path = os.pathsep.join([str(hooks), *(entry for entry in sys.path if entry)])
    return subprocess.run(
        [sys.executable, "-m", "scholiast_server", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "WITNESS": str(witness)},
        capture_output=True,
        check=False,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    for number in range(20):  # workers are isolated and load no witness: that they know no network is held by imports
        (folder / f"cookies{number}.py").write_text(f"{CODE}LIMIT_{number} = {number}\n")
    return folder


def test_the_witness_sees_a_connection(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITNESS)
    witness = tmp_path / "witness"
    program = "import socket\nwith socket.socket() as s: s.connect_ex(('127.0.0.1', 9))"
    environment = {"PYTHONPATH": str(tmp_path), "WITNESS": str(witness)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    assert "socket.connect" in witness.read_text()


def test_no_command_opens_a_connection(workspace: Path, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    for arguments, codes in [
        (("index",), (0,)),
        (("search", "sign a cookie"), (0,)),
        (("ask", "how are cookies signed?"), (0, 1)),
        (("status",), (0,)),
        (("doctor",), (0, 1)),
        (("models", "list"), (0,)),
        (("models", "recommend"), (0,)),
        (("reset", "--yes"), (0,)),
    ]:
        ran = run(workspace, arguments, witness)
        assert ran.returncode in codes, f"{arguments}: {ran.stderr.decode()}"
        assert not witness.exists(), f"{arguments}: {witness.read_text()}"


CRASHER = """
import os, signal
from scholiast_indexer.embedding.static import StaticEmbedder

class Crasher(StaticEmbedder):
    def documents_from_terms(self, terms, summaries=None):
        if any("crash" in text for text in terms):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().documents_from_terms(terms, summaries)
"""
"""Stands in for a parser that crashes on one file: the worker is gone in the middle of a batch all the same."""


def test_a_file_that_kills_its_worker_is_cut_by_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "crasher.py").write_text(CRASHER)
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ("first", "crash", "last")
    jobs = [Job(number, f"def {name}():\n    return 1\n".encode(), "python") for number, name in enumerate(names)]
    with WorkerPool("crasher:Crasher", size=1) as pool:
        results = dict(pool.analyze(jobs))
    assert {number: result.problems for number, result in results.items()} == {0: (), 1: (CRASHED,), 2: ()}
    assert all(result.chunks for result in results.values())
