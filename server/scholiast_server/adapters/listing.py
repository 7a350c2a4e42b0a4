"""Adapters as people look at them: what each is, whether it can be used, what it is in use for.

Must not know terminals or protocols.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

import msgspec

from scholiast_server.adapters.base import Base
from scholiast_server.adapters.checking import Verdict, examined, verdict
from scholiast_server.adapters.choosing import Context, named_for
from scholiast_server.adapters.manifest import TASKS, Manifest
from scholiast_server.adapters.registry import Damaged
from scholiast_server.adapters.wanted import Wanted, parsed
from scholiast_server.errors import AdapterError
from scholiast_server.models.protocol import Task


class Models(msgspec.Struct, frozen=True):
    """The files of the models that adapters are for; empty where there is none."""

    writing: str = ""
    completing: str = ""

    def of(self, tasks: tuple[Task, ...]) -> str:
        """The one for an adapter that serves these tasks."""
        return self.completing if tasks == ("complete",) else self.writing


class Row(msgspec.Struct, frozen=True):
    """One adapter. Its names are those of `scholiast adapters list --json`."""

    name: str
    file: str = ""
    sha256: str = ""
    size_bytes: int = 0
    architecture: str = ""
    rank: int = 0
    alpha: float = 0.0
    scale: float = 1.0
    """That it is used at, or would be."""
    tasks: tuple[Task, ...] = ()
    base: Base | None = None
    """The model that it was added for."""
    fits: bool | None = None
    """Whether it can be used with the model that is set; None where none is set."""
    problem: str | None = None
    remark: str | None = None
    in_use: tuple[Task, ...] = ()
    """What it is chosen for."""


def rows(context: Context, models: Models) -> list[Row]:
    """Every adapter that is registered, compared with these models."""
    chosen: dict[Task, tuple[Wanted, ...]] = {task: _wanted(task, context) for task in TASKS}
    return [
        Row(entry.name, fits=False, problem=entry.problem)
        if isinstance(entry, Damaged)
        else _row(entry, verdict(entry, models.of(entry.tasks)), chosen)
        for entry in context.registry.entries()
    ]


def row_of_file(file: str, models: Models) -> Row:
    """An adapter that is not registered.

    Raises:
        ModelError: The model can't be read.
    """
    try:
        manifest = examined(file, "unnamed", models.writing, tasks=TASKS)
    except AdapterError as error:
        return Row(PurePath(file).name, file, fits=False, problem=str(error))
    found = Verdict("fits" if models.writing else "unknown")
    return msgspec.structs.replace(_row(manifest, found, {}), name=PurePath(file).name, base=None, tasks=())


def _row(manifest: Manifest, found: Verdict, chosen: Mapping[Task, tuple[Wanted, ...]]) -> Row:
    wanted: dict[Task, Wanted] = {
        task: each for task, items in chosen.items() for each in items if each.name == manifest.name
    }
    scales = [each.scale for each in wanted.values() if each.scale is not None]
    return Row(
        name=manifest.name,
        file=manifest.file,
        sha256=manifest.sha256,
        size_bytes=manifest.size_bytes,
        architecture=manifest.architecture,
        rank=manifest.rank,
        alpha=manifest.alpha,
        scale=scales[0] if scales else manifest.scale,
        tasks=manifest.tasks,
        base=manifest.base,
        fits=None if found.state == "unknown" else found.state == "fits",
        problem=found.problem or None,
        remark=found.remark or None,
        in_use=tuple(wanted),
    )


def _wanted(task: Task, context: Context) -> tuple[Wanted, ...]:
    """What is chosen for a task and serves it; a choice that can't be read is told where it is used."""
    try:
        named = named_for(task, context)
        wanted = parsed(named.text) if named.text else ()
        return tuple(each for each in wanted if not named.is_general or task in context.registry.get(each.name).tasks)
    except AdapterError:
        return ()
