"""The server lives through conversations that no client would hold. SCHOLIAST_FUZZ_S for as many seconds of them."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from tests.server.lsp.client import VSCODE, Client
from tests.server.lsp.fuzz import Fuzzer, fuzz

MESSAGES = 600
SECONDS = float(os.environ.get("SCHOLIAST_FUZZ_S", "0"))
SEEDS = [random.randrange(2**32)] if SECONDS else [1, 2]


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_request_is_answered_once_whatever_is_sent(seed: int, own_workspace: Path, tmp_path: Path) -> None:
    files = sorted(path for path in own_workspace.rglob("*.*") if path.is_file() and ".git" not in path.parts)
    began = time.monotonic()

    def is_over(sent: int) -> bool:
        return time.monotonic() - began > SECONDS if SECONDS else sent >= MESSAGES

    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:
        await client.initialize(own_workspace, capabilities=VSCODE)
        await client.until_ready()
        done = await fuzz(client, Fuzzer(own_workspace, files, seed), is_over)
        assert done["requests"] > 0, seed
        errors = [params for params in client.notifications("window/showMessage") if params["type"] == 1]
        assert errors == [], "only what is the user's to change is shown, and as a warning"
        assert await client.shut_down() == 0
        print(f"seed {seed}: {done}")
