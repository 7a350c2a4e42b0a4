"""`scholiast adapters`: list, add, remove, check and use LoRA adapters. Must not know how one is checked or chosen."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from scholiast_server.cli.adapters import check_lines, row_lines, tasks_text
from scholiast_server.cli.console import Console
from scholiast_server.cli.session import Session, start
from scholiast_server.errors import AdapterError, UsageError

if TYPE_CHECKING:
    from scholiast_server.adapters.listing import Models, Row
    from scholiast_server.adapters.registry import Registry
    from scholiast_server.adapters.selection import Place
    from scholiast_server.adapters.wanted import Wanted
    from scholiast_server.models.llama.adapter_check import Lora
    from scholiast_server.models.protocol import Task


def list_all(options: Namespace, _console: Console) -> int:
    """0, whether there are any or not."""
    session = start(options)
    rows = _rows(session)
    if options.json:
        session.console.document({"adapters": msgspec.to_builtins(rows), "model": _models(session).writing or None})
    elif not rows:
        session.console.line("There is no adapter yet.   scholiast adapters add FILE.gguf")
    else:
        for line in row_lines(rows, session.console.out):
            session.console.line(line)
    return 0


def add(options: Namespace, _console: Console) -> int:
    """0 when it is registered."""
    from scholiast_server.adapters.checking import examined
    from scholiast_server.adapters.manifest import TASKS

    session, registry = start(options), _registry()
    file = os.path.abspath(options.file)  # noqa: PTH100  a link stays one: what it leads to may move
    tasks: tuple[Task, ...] = tuple(task for task in TASKS if task in options.task) or TASKS
    model = _models(session).of(tasks)
    made = examined(file, options.name or Path(file).stem, model, scale=options.scale, tasks=tasks)
    registry.add(made, replace=options.replace)
    if options.json:
        session.console.document(msgspec.to_builtins(_row(session, registry, made.name)))
        return 0
    told_for = made.base.name if made.base else f"some {made.architecture} model"
    session.console.line(
        f"Added {made.name}: rank {made.rank}, alpha {made.alpha:g}, for {told_for}, {tasks_text(tasks)}."
    )
    session.console.line(f"  {session.console.out.paint(f'scholiast adapters use {made.name}', 'dim')}")
    return 0


def remove(options: Namespace, _console: Console) -> int:
    """0 when it is forgotten."""
    from scholiast_server.adapters.selection import forget

    session, registry = start(options), _registry()
    registry.remove(options.name)
    was_in_use = forget(registry.folder, options.name)
    if options.json:
        session.console.document({"removed": options.name, "was_in_use": was_in_use})
    else:
        told = " and is in use no more" if was_in_use else ""
        session.console.line(f"Removed {options.name}; its file stays where it is{told}.")
    return 0


def check(options: Namespace, _console: Console) -> int:
    """0 when nothing is wrong, 1 when something is."""
    session, registry = start(options), _registry()
    rows = _rows(session) if options.named is None else [_row(session, registry, options.named)]
    if options.json:
        found = [{**msgspec.to_builtins(row), "changes": _changes(row)} for row in rows]
        session.console.document({"adapters": found, "model": _models(session).writing or None})
    else:
        for row in rows:
            for line in check_lines(row, _lora(row), session.console.out):
                session.console.line(line)
    return 1 if any(row.problem for row in rows) else 0


def use(options: Namespace, _console: Console) -> int:
    """0 when it is chosen."""
    from scholiast_server.adapters.manifest import TASKS
    from scholiast_server.adapters.selection import ANY, change_selection
    from scholiast_server.adapters.wanted import written

    session, registry = start(options), _registry()
    if (options.wanted is None) != options.unset:
        raise UsageError("say what to use, or --unset, one of them.\n  scholiast adapters use house-style")
    wanted = () if options.unset else _wanted(options, registry)
    text = None if options.unset else written(wanted)
    places: tuple[Place, ...] = tuple(task for task in TASKS if task in options.task) or (ANY,)
    change_selection(registry.folder, text, places=places, root=session.root if options.here else None)
    _warn(session, wanted)
    for_what = "every text" if places == (ANY,) else tasks_text(options.task)
    where = f" in {session.name}" if options.here else ""
    if options.json:
        document = {"used": text, "tasks": options.task, "root": str(session.root) if options.here else None}
        session.console.document(document)
    elif text is None:
        session.console.line(f"Nothing is chosen for {for_what}{where} any more.")
    else:
        named = text if wanted else "no adapter"
        session.console.line(f"From now on {for_what} is written under {named}{where}.")
    return 0


# -- what they share --------------------------------------------------------------------------------------------------


def _registry() -> Registry:
    from scholiast_server.adapters.registry import Registry

    return Registry()


def _models(session: Session) -> Models:
    from scholiast_server.compose import adapted_models

    return adapted_models(session.settings)


def _rows(session: Session) -> list[Row]:
    from scholiast_server.compose import adapter_rows

    return adapter_rows(session.settings, session.root)


def _row(session: Session, registry: Registry, named: str) -> Row:
    """Of a name, or of a file that need not be registered."""
    from scholiast_server.adapters.listing import row_of_file
    from scholiast_server.adapters.manifest import is_name
    from scholiast_server.adapters.registry import UnknownAdapterError

    try:
        registry.get(named)
    except UnknownAdapterError:
        if not is_name(named) or Path(named).exists():
            return row_of_file(os.path.abspath(named), _models(session))  # noqa: PTH100
        raise
    except AdapterError:
        pass  # it is damaged, which the row tells
    (row,) = [row for row in _rows(session) if row.name == named]
    return row


def _wanted(options: Namespace, registry: Registry) -> tuple[Wanted, ...]:
    from scholiast_server.adapters.wanted import checked_wanted

    wanted = checked_wanted(options.wanted, registry, options.task)
    if options.scale is None:
        return wanted
    if len(wanted) != 1 or wanted[0].scale is not None:
        raise UsageError(
            "--scale is for one adapter without a scale of its own.\n  Write NAME:SCALE for each of several."
        )
    return (msgspec.structs.replace(wanted[0], scale=options.scale),)


def _warn(session: Session, wanted: tuple[Wanted, ...]) -> None:
    """Of what keeps a choice from having effect."""
    names = {each.name for each in wanted}
    for row in _rows(session):
        if row.name in names and row.problem:
            session.console.note(row.problem)
    own = session.settings.adapters
    held = [f"adapters.{name}" for name in own.__struct_fields__ if getattr(own, name)]
    held += ["model.adapter"] if session.settings.model.adapter else []
    if held:
        session.console.note(f"your settings hold over this choice: {', '.join(held)}")


def _lora(row: Row) -> Lora | None:
    from scholiast_server.adapters.files import lora_in

    try:
        return lora_in(row.file) if row.file else None
    except AdapterError:  # the row tells why
        return None


def _changes(row: Row) -> list[dict[str, Any]]:
    changes = lora.changes if (lora := _lora(row)) is not None else ()
    return [{"tensor": change.tensor, "shape": change.shape[::-1], "rank": change.rank} for change in changes]
