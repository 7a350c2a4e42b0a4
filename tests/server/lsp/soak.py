"""A long session as a person's, only faster: edits, saves, checkouts, questions, cancels; its end is an account.

    python -m tests.server.lsp.soak COPY_OF_A_REPOSITORY --seconds 1800

What is given is changed without mercy: give a copy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from tests.indexer.index.conftest import content_of
from tests.server.lsp.client import NEOVIM, VSCODE, Client
from tests.server.lsp.person import QUERIES, Person
from tests.server.lsp.processes import children_of, resident_bytes

from scholiast_indexer.index import Index

PROFILES: Mapping[str, Mapping[str, Any]] = {"utf-8": NEOVIM, "utf-16": VSCODE}
WARM_SHARE = 0.4
"""Share of the time after which memory is expected to be flat."""
GROWTH_MAX = 0.15
GROWTH_BYTES_MAX = 24_000_000
"""By how much memory may grow from then to the end: pools of allocators settle in steps of megabytes."""


class Account(msgspec.Struct):
    """Of one session."""

    encoding: str
    seconds: float
    actions: dict[str, int]
    errors: dict[str, int]
    """Answers that were errors, by code; -32800 are those that were cancelled."""
    unanswered: list[str]
    slowest_ms: dict[str, float]
    shown: list[str]
    megabytes: list[tuple[float, float, float]]
    """Seconds, of the server, of its children."""
    grown_bytes: float
    """From the middle of the session to its end."""
    is_flat: bool
    exit_code: int
    equals_rebuild: bool

    @property
    def is_good(self) -> bool:
        return self.is_flat and self.equals_rebuild and not (self.unanswered or self.shown or self.exit_code)


def prepare(root: Path, seed: int) -> None:
    """Two branches that differ in a third of the files."""
    chance = random.Random(seed)

    def git(*arguments: str) -> str:
        person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        done = subprocess.run(["git", *person, *arguments], cwd=root, check=True, capture_output=True, text=True)
        return done.stdout

    if not (root / ".git").exists():
        git("init", "--quiet")
    git("checkout", "--quiet", "-B", "soak-one")
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "One")
    git("checkout", "--quiet", "-B", "soak-two")
    for line in git("ls-files", "*.py").splitlines():
        if chance.random() < 0.3 and (root / line).is_file():
            with (root / line).open("a") as file:
                file.write(f"\n\ndef on_branch_two_{chance.randint(0, 999)}():\n    return 2\n")
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "Two")


async def soak(root: Path, seconds: float, seed: int, encoding: str, home: Path) -> Account:
    """One session, and what it showed."""
    memory: list[tuple[float, float, float]] = []
    shown: list[str] = []
    async with Client(environment={"XDG_STATE_HOME": str(home)}) as client:
        await client.initialize(root, capabilities=PROFILES[encoding])
        await client.until_ready()
        person = Person(client, root, encoding, seed)
        began_s = time.monotonic()
        while (passed_s := time.monotonic() - began_s) < seconds:
            await person.act()
            await asyncio.sleep(0.005)  # a person would take longer
            if not memory or passed_s - memory[-1][0] > seconds / 60:
                memory.append((round(passed_s, 1), *_megabytes(client.process.pid)))
                shown += client.shown()
                client.received.clear()  # hours of messages are not kept
        person.close_all()
        await person.collect(rest=True)
        await _settle(client, root)
        shown += client.shown()
        exit_code = await client.shut_down()
    grown_bytes, is_flat = _growth(memory, seconds)
    return Account(
        encoding=encoding,
        seconds=seconds,
        actions=dict(person.actions),
        errors=dict(person.errors),
        unanswered=person.unanswered,
        slowest_ms=person.slowest_ms,
        shown=shown,
        megabytes=memory,
        grown_bytes=grown_bytes,
        is_flat=is_flat,
        exit_code=exit_code,
        equals_rebuild=_equals_rebuild(root),
    )


def _megabytes(process_id: int) -> tuple[float, float]:
    children = sum(resident_bytes(child) for child in children_of(process_id))
    return round(resident_bytes(process_id) / 1e6, 1), round(children / 1e6, 1)


def _growth(memory: list[tuple[float, float, float]], seconds: float) -> tuple[float, bool]:
    """By how many bytes the median of the end is above that of the middle, and whether that counts as flat."""
    warm = [server + children for at_s, server, children in memory if at_s >= WARM_SHARE * seconds]
    third = max(1, len(warm) // 3)
    first, last = sorted(warm[:third])[third // 2], sorted(warm[-third:])[third // 2]
    grown = 1e6 * (last - first)
    return grown, grown <= max(GROWTH_BYTES_MAX, GROWTH_MAX * first * 1e6)


async def _settle(client: Client, root: Path) -> None:
    """Until all that was done to the files is in the index: what comes last is."""
    marker = f"soak_ends_{random.randrange(10**9)}"
    (root / f"{marker}.py").write_text(f"def {marker}():\n    pass\n")
    await client.until_found(marker, lambda hits: any(f"def {marker}" in hit["text"] for hit in hits))
    while (await client.request("scholiast/status", {}))["state"] != "ready":
        await asyncio.sleep(0.05)


def _equals_rebuild(root: Path) -> bool:
    with (
        tempfile.TemporaryDirectory() as place,
        Index.open(root) as index,
        Index.open(root, directory=Path(place)) as rebuilt,
    ):
        rebuilt.update()
        return content_of(index, QUERIES) == content_of(rebuilt, QUERIES)


async def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SCHOLIAST_SOAK_S", "60")))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    root = options.root.resolve()
    prepare(root, options.seed)
    accounts = []
    with tempfile.TemporaryDirectory() as home:
        for encoding in PROFILES:
            accounts.append(await soak(root, options.seconds / len(PROFILES), options.seed, encoding, Path(home)))
    print(json.dumps(msgspec.to_builtins(accounts), indent=1))
    return 0 if all(account.is_good for account in accounts) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
