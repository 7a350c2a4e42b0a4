"""`scholiast feedback`: what was said of answers, shown and deleted; the installed command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.server.feedback.test_store import said

from scholiast_server.feedback.record import encoded
from scholiast_server.feedback.store import Store

if TYPE_CHECKING:
    from tests.server.cli.conftest import Done, Scholiast


class Told:
    """The command with a data folder of its own, in which verdicts are."""

    def __init__(self, command: Scholiast, folder: Path) -> None:
        self._command = command
        self.store = Store(folder / "scholiast")
        self._environment = {"XDG_DATA_HOME": str(folder)}

    def __call__(self, *arguments: str) -> Done:
        return self._command("feedback", *arguments, extra=self._environment)


@pytest.fixture
def told(kiln: Scholiast, tmp_path: Path) -> Told:
    found = Told(kiln, tmp_path / "data")
    for answer_id in ("5f3a90c1aa", "5f3b11d2bb", "c0ffee00cc"):
        found.store.keep(said(answer_id, "By `sign`,\n\x1bwith a key." if answer_id.startswith("c0") else None))
    return found


def test_verdicts_are_listed_the_latest_last(told: Told) -> None:
    done = told("list")
    assert done.code == 0 and done.err == ""
    assert done.out.splitlines() == [
        "5f3a90c1  good  2026-11-28  kiln  how?",
        "5f3b11d2  good  2026-11-28  kiln  how?",
        "c0ffee00  good  2026-11-28  kiln  how?",
        "    your version: By `sign`, \x1bwith a key.",
        f"3 verdicts in {told.store.path}",
    ]
    document = told("list", "--json").document
    assert document["file"] == str(told.store.path) and document["damaged"] == []
    assert document["verdicts"] == [json.loads(encoded(record)) for record in told.store.kept().records]


def test_verdicts_are_deleted_by_the_beginning_of_their_id_or_all(told: Told) -> None:
    assert told("forget", "5f3a", "c0ffee00").out == "Deleted 2 verdicts.\n"
    assert [record.answer_id for record in told.store.kept().records] == ["5f3b11d2bb"]
    assert told("forget", "--all", "--json").document == {"forgotten": 1}
    assert told.store.path is not None and not told.store.path.exists()
    assert (told("forget", "--all").code, told("list").out) == (1, "No verdict is kept.\n")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "say what to delete: the IDs that `scholiast feedback list` shows, or --all."),
        (["5f3a", "--all"], "say what to delete: the IDs that `scholiast feedback list` shows, or --all."),
        (["5f3"], "2 verdicts have an id that begins with '5f3'.\n  See: scholiast feedback list"),
        (["dead"], "no verdict has an id that begins with 'dead'.\n  See: scholiast feedback list"),
        ([""], "no verdict has an id that begins with ''.\n  See: scholiast feedback list"),
    ],
)
def test_what_names_no_verdict_deletes_none(told: Told, arguments: list[str], problem: str) -> None:
    done = told("forget", *arguments)
    assert (done.code, done.out, done.err) == (2, "", f"scholiast: {problem}\n")
    assert len(told.store.kept().records) == 3


def test_a_line_that_can_not_be_read_is_told(told: Told) -> None:
    assert told.store.path is not None
    with told.store.path.open("ab") as file:
        file.write(b"{cut")
    done = told("list")
    assert done.code == 0 and done.err.startswith(f"scholiast: {told.store.path}: line 4 is damaged: ")
    assert len(done.out.splitlines()) == 5
