"""`scholiast feedback`: show and delete what was said of answers. Must not know how it is kept."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scholiast_server.cli.console import Console
from scholiast_server.cli.session import start
from scholiast_server.cli.words import counted, shortened
from scholiast_server.errors import UsageError

if TYPE_CHECKING:
    from scholiast_server.cli.console import Surface
    from scholiast_server.feedback.record import Record

ID_CHARACTERS = 8
"""Of an id, so many are shown: enough to tell thousands apart."""
_TEXT_CHARACTERS_MAX = 200


def list_all(options: Namespace, _console: Console) -> int:
    """0, whether there are any or not."""
    from scholiast_server.feedback.store import Store

    console, store = start(options).console, Store()
    kept = store.kept()
    if options.json:
        verdicts = [msgspec.to_builtins(record) for record in kept.records]
        console.document({"file": str(store.path), "verdicts": verdicts, "damaged": list(kept.damaged)})
        return 0
    for problem in kept.damaged:
        console.note(f"{store.path}: {problem}")
    for record in kept.records:
        _show(record, console.out)
    told = f"{counted(len(kept.records), 'verdict')} in {store.path}" if kept.records else "No verdict is kept."
    console.line(console.out.paint(console.out.visible(told), "dim"))
    return 0


def forget(options: Namespace, _console: Console) -> int:
    """0 when something was deleted, 1 when there was nothing."""
    from scholiast_server.feedback.store import Store

    console = start(options).console
    if bool(options.ids) == options.all:
        raise UsageError("say what to delete: the IDs that `scholiast feedback list` shows, or --all.")
    store = Store()
    wanted = None if options.all else _wanted(options.ids, store.kept().records)
    forgotten = store.forget(None if wanted is None else lambda record: record.answer_id in wanted)
    if options.json:
        console.document({"forgotten": forgotten})
    else:
        console.line(f"Deleted {counted(forgotten, 'verdict')}.")
    return 0 if forgotten else 1


def _wanted(ids: list[str], records: tuple[Record, ...]) -> set[str]:
    """The whole ids that these are the beginnings of, each of one verdict."""
    wanted: set[str] = set()
    for beginning in ids:
        found = {record.answer_id for record in records if beginning and record.answer_id.startswith(beginning)}
        if len(found) != 1:
            told = f"{len(found)} verdicts have" if found else "no verdict has"
            raise UsageError(f"{told} an id that begins with {beginning!r}.\n  See: scholiast feedback list")
        wanted |= found
    return wanted


def _show(record: Record, out: Surface) -> None:
    style = "good" if record.verdict == "good" else "bad"
    head = [out.paint(record.answer_id[:ID_CHARACTERS], "dim"), out.paint(f"{record.verdict:<4}", style)]
    out.write(
        "  ".join([*head, record.time[:10], out.visible(Path(record.folder).name), _line(record.answer.question, out)])
    )
    out.write("\n")
    if record.edit is not None:
        out.write(f"    your version: {_line(record.edit, out)}\n")


def _line(text: str, out: Surface) -> str:
    return out.visible(shortened(" ".join(text.split()), _TEXT_CHARACTERS_MAX))
