"""A real server of another project, with a small model of ours, on the loopback interface."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

START_S_MAX = 120.0
"""Longer than it ever takes to load, on a machine with much else to do."""


class RealServer(msgspec.Struct, frozen=True):
    """It runs until it is killed."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://").removesuffix("/v1")

    @property
    def told(self) -> str:
        """What it wrote about its work."""
        return self.log.read_text(errors="replace")


@contextlib.contextmanager
def real_server(model: Path, alias: str, *options: str) -> Iterator[RealServer]:
    """Start `python -m llama_cpp.server` with a model under a name."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--model_alias", alias]
    log = model.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port), "--n_threads", "1", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_WAIT_POLICY": "passive"},
        )
    try:
        _wait_until_it_listens(process, port, log)
        yield RealServer(f"http://127.0.0.1:{port}/v1", process, log)
    finally:
        process.kill()
        process.wait()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline_s = time.monotonic() + START_S_MAX
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        assert process.poll() is None and time.monotonic() < deadline_s, log.read_text(errors="replace")
        time.sleep(0.05)
