"""Files that change outside of the editor, one by one and by the hundred."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from pathlib import Path

from tests.indexer.index.conftest import content_of
from tests.server.lsp.client import VSCODE, Client
from tests.server.lsp.conftest import Connect, make_repository

from scholiast_indexer.index import Index

CHECKED_OUT = 250
"""Files that a checkout changes."""
QUICK_S = 1.5
"""Within it a request is answered meanwhile, on a machine under load too."""
QUERIES = ("handle_request of version", "retry_request", "price", "src/m_7.py")


async def _until(client: Client, name: str, *, path: str | None) -> None:
    """Wait until a name is found in this path, or nowhere."""
    await client.until_found(
        name, lambda hits: next((hit["path"] for hit in hits if name in hit["text"]), None) == path
    )


async def test_changes_are_seen(own_workspace: Path, connect: Connect) -> None:
    async with connect(own_workspace, capabilities=VSCODE) as client:
        new = own_workspace / "src" / "fresh" / "deep" / "new.py"
        new.parent.mkdir(parents=True)
        new.write_text("def seen_at_once():\n    pass\n")
        await _until(client, "seen_at_once", path="src/fresh/deep/new.py")
        new.rename(own_workspace / "moved.py")
        await _until(client, "seen_at_once", path="moved.py")
        (own_workspace / "moved.py").write_text("def seen_again():\n    pass\n")
        await _until(client, "seen_again", path="moved.py")
        (own_workspace / "moved.py").unlink()
        await _until(client, "seen_again", path=None)
        shutil.rmtree(own_workspace / "src")
        await _until(client, "CookieSigner", path=None)


async def test_events_of_the_client_are_hints_too(own_workspace: Path, connect: Connect) -> None:
    """A writer that keeps its file open makes no event on Linux until it closes it."""
    place = own_workspace / "src" / "held.py"
    async with connect(own_workspace, capabilities=VSCODE) as client:
        with place.open("w") as held:
            await client.search("page")
            held.write("def told_by_the_client():\n    pass\n")
            held.flush()
            events = [
                {"uri": place.as_uri(), "type": 2},
                {"uri": "nonsense", "type": 1},
                {"uri": (own_workspace.parent / "x.py").as_uri(), "type": 3},
                {"uri": (own_workspace / ".git/index").as_uri(), "type": 2},
                {"uri": own_workspace.as_uri(), "type": 2},
            ]
            client.notify("workspace/didChangeWatchedFiles", {"changes": events})
            await _until(client, "told_by_the_client", path="src/held.py")
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": 3}]})
        client.notify("workspace/didChangeWatchedFiles", None)
        assert await client.shut_down() == 0
        assert client.shown() == []


async def test_a_checkout_of_hundreds_of_files_ends_in_a_right_index(tmp_path: Path, connect: Connect) -> None:
    root = make_repository(tmp_path / "checkout", _version(1))
    _git(root, "checkout", "--quiet", "-b", "second")
    for path, text in _version(2).items():
        (root / path).write_text(text)
    _git(root, "commit", "--quiet", "--all", "--message", "Second")
    async with connect(root) as client:
        await _until(client, "handle_7_of_version_2", path="src/m_7.py")
        for version, branch in ((1, "-"), (2, "second")):
            seen = len(client.notifications("$/progress"))
            checkout = await asyncio.create_subprocess_exec("git", "checkout", "--quiet", branch, cwd=root)
            lateness = [await _ping(client) for _ in range(30)]
            assert await checkout.wait() == 0
            await _until(client, f"handle_7_of_version_{version}", path="src/m_7.py")
            others = f"of_version_{3 - version}"
            await _until(client, others, path=None)
            assert max(lateness) < QUICK_S
            shown = [params["value"]["kind"] for params in client.notifications("$/progress")[seen:]]
            assert shown.count("begin") <= 3, "no storm"
        await client.until_state("ready", start=len(client.received) - 1)
        assert await client.shut_down() == 0
        assert client.shown() == []
    with Index.open(root) as index, Index.open(root, directory=tmp_path / "rebuilt") as rebuilt:
        rebuilt.update()
        assert content_of(index, QUERIES) == content_of(rebuilt, QUERIES)


def _version(number: int) -> dict[str, str]:
    return {
        f"src/m_{n}.py": f'def handle_{n}_of_version_{number}(x):\n    """Handle it."""\n    return x + {number}\n'
        for n in range(CHECKED_OUT)
    }


def _git(root: Path, *arguments: str) -> None:
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *person, *arguments], cwd=root, check=True, capture_output=True)


async def _ping(client: Client) -> float:
    began = time.monotonic()
    await client.request("scholiast/status", {})
    return time.monotonic() - began
