"""The first index of a workspace as the user sees it: progress, its cancel, an end in the middle."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import NEOVIM, Client, until
from tests.server.lsp.large import FILES, make_large
from tests.server.lsp.processes import children_of, is_running, niceness_of

from scholiast_indexer.index import Index
from scholiast_server.lsp.progress import WorkProgress

QUIET: dict[str, Any] = {**NEOVIM, "window": {}}
"""A client that shows no progress."""
SHUTDOWN_S = 12.0
"""Within it the server ends in the middle of an update, under load too."""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A workspace that takes seconds to index."""
    return make_large(tmp_path / "large")


def _progress(client: Client) -> list[dict[str, Any]]:
    return [params["value"] for params in client.notifications("$/progress")]


async def _until_begun(client: Client) -> Any:
    """The token of the progress that is shown."""
    begun = await client.until(
        lambda message: message.get("method") == "$/progress" and message["params"]["value"]["kind"] == "begin"
    )
    return begun["params"]["token"]


async def _until_counted(client: Client) -> None:
    """Until some of the files are in the index."""
    await client.until(
        lambda message: message.get("method") == "scholiast/statusChanged" and message["params"]["chunks"] > 300
    )


async def test_the_first_index_is_shown_and_can_be_cancelled_and_goes_on(large: Path, tmp_path: Path) -> None:
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:
        await client.initialize(large)
        token = await _until_begun(client)
        await _until_counted(client)
        own = niceness_of(client.process.pid)
        beyond = {niceness_of(worker) - own for worker in children_of(client.process.pid)}
        assert 10 in beyond, "workers stand back behind the editor"
        assert 0 in beyond, "but for the one that takes in unsaved text"
        client.notify("window/workDoneProgress/cancel", {"token": token})
        client.notify("window/workDoneProgress/cancel", {"token": "no such token"})
        paused = await client.until_state("paused")
        assert "cancelled" in paused["message"]
        begin, *reports, end = _progress(client)
        assert (begin["kind"], begin["title"], begin["cancellable"]) == ("begin", f"Indexing {large.name}", True)
        assert 0 <= begin["percentage"] <= 100
        assert {report["kind"] for report in reports} <= {"report"}
        percents = [report["percentage"] for report in reports if "percentage" in report]
        assert percents == sorted(percents)
        assert end["kind"] == "end"

        found = await client.search("render template", 50)
        assert 0 < len(found) <= 50, "what is indexed is searched"
        files = (await client.request("scholiast/status", {}))["files"]
        assert 0 < files < FILES
        place = len(client.received)
        (large / "new.py").write_text("def arrives_later():\n    pass\n")
        ready = await client.until_state("ready", start=place)
        assert ready["files"] == FILES + 1
        assert await client.search("arrives_later")
        assert await client.shut_down() == 0
        assert client.shown() == []


async def test_ending_in_the_middle_leaves_an_index_that_goes_on(large: Path, tmp_path: Path) -> None:
    async with Client(environment={"XDG_STATE_HOME": str(tmp_path)}) as client:
        await client.initialize(large, capabilities=QUIET)
        await _until_counted(client)
        uri = client.open(large / "unsaved.py", "def laid_over_while_it_grows():\n    pass\n")
        hits = await client.until_found("laid_over_while_it_grows", bool)
        assert hits[0]["uri"] == uri, "unsaved text is found while the first index is made"
        assert (await client.request("scholiast/status", {}))["state"] == "indexing"
        workers = children_of(client.process.pid)
        began = time.monotonic()
        assert await client.shut_down() == 0
        assert time.monotonic() - began < SHUTDOWN_S
        await until(lambda: not any(map(is_running, workers)), "its workers end too")
        assert not client.notifications("$/progress"), "a client that shows none is sent none"
        assert not [m for m in client.received if m.get("method") == "window/workDoneProgress/create"]
    with Index.open(large) as index:
        assert 0 < index.counts()[0] < FILES
        assert index.search("render template")
        assert index.check() is None
        report = index.update()
        assert report.files == FILES
        assert report.reused > 0


class Editor:
    """Takes what is shown; a real one would be told over the wire."""

    def __init__(self) -> None:
        self.tokens: dict[Any, Future[Any]] = {}
        self.seen: list[Any] = []

    async def create_async(self, token: Any) -> None:
        self.seen.append("create")
        self.tokens[token] = Future()

    def begin(self, token: Any, value: Any) -> None:
        self.tokens.setdefault(token, Future())
        self.seen.append(value)

    def report(self, _token: Any, value: Any) -> None:
        self.seen.append(value)

    end = report


async def test_short_work_shows_nothing_and_long_work_what_was_told_last() -> None:
    short, editor = Editor(), Editor()
    progress = WorkProgress(short, "Indexing", lambda: None, is_counted=True, after_s=0.01)  # type: ignore[arg-type]
    progress.report("looking for changes")
    progress.end("done")
    cancels: list[int] = []
    longer = WorkProgress(editor, "Indexing", lambda: cancels.append(1), is_counted=True, after_s=0.0)  # type: ignore[arg-type]
    longer.report("looking for changes")
    await until(lambda: len(editor.seen) > 1, "it begins")
    longer.report("2 of 10 files", 20)
    longer.report("2 of 10 files", 20)
    (token,) = editor.tokens
    editor.tokens[token].cancel()
    longer.end("cancelled")
    longer.end("again")
    longer.report("too late")
    create, begin, report, end = editor.seen
    assert create == "create"
    assert (begin.message, begin.percentage) == ("looking for changes", 0), "else no editor would show percentages"
    assert (report.message, report.percentage) == ("2 of 10 files", 20)
    assert end.message == "cancelled"
    assert cancels == [1]
    assert editor.tokens == {}
    assert short.seen == []
