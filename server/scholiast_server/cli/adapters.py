"""Adapters on a terminal and in a pipe. Must not know how one is checked or chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scholiast_server.cli.console import Surface
from scholiast_server.cli.words import counted, size

if TYPE_CHECKING:
    from scholiast_server.adapters.listing import Row
    from scholiast_server.models.llama.adapter_check import Lora

INDENT = "    "


def row_lines(rows: Sequence[Row], surface: Surface) -> Iterator[str]:
    """Adapters in columns, those in use marked, each with what is wrong below it."""
    columns = [
        (row.name, f"×{row.scale:g}" if row.file else "", f"rank {row.rank}" if row.rank else "", tasks_text(row.tasks))
        for row in rows
    ]
    widths = [max(map(len, cells)) for cells in zip(*columns, strict=True)]
    for row, cells in zip(rows, columns, strict=True):
        name, *rest = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
        mark = surface.paint("*", "good") if row.in_use else " "
        yield "  ".join([f"{mark} {surface.paint(name, 'name')}", *rest, _state(row, surface)]).rstrip()
        yield from _told(row, surface)


def check_lines(row: Row, lora: Lora | None, surface: Surface) -> Iterator[str]:
    """All that is known of one adapter."""
    yield f"{surface.paint(surface.visible(row.name), 'name')}   {_state(row, surface)}"
    yield from _told(row, surface)
    if row.file:
        yield f"{INDENT}file      {surface.visible(row.file)}" + (f" ({size(row.size_bytes)})" if row.rank else "")
    if row.rank:
        yield f"{INDENT}LoRA      rank {row.rank}, alpha {row.alpha:g}, scale {row.scale:g}, for {row.architecture}"
    if lora is not None:
        kinds = sorted({change.tensor.removesuffix(".weight").rpartition(".")[2] for change in lora.changes})
        yield f"{INDENT}changes   {counted(len(lora.changes), 'tensor')}: {surface.visible(', '.join(kinds))}"
    if row.base is not None:
        yield f"{INDENT}made for  {surface.visible(row.base.name)}"
    if row.tasks:
        yield f"{INDENT}serves    {tasks_text(row.tasks)}"
    if row.in_use:
        yield f"{INDENT}in use    for {tasks_text(row.in_use)}"


def tasks_text(tasks: Sequence[str]) -> str:
    """`ask, explain`; `every task`."""
    from scholiast_server.adapters.manifest import TASKS

    return "every task" if tuple(tasks) == TASKS else ", ".join(tasks)


def _state(row: Row, surface: Surface) -> str:
    if row.problem:
        return surface.paint("✗ can't be used", "bad")
    return surface.paint("✓ fits", "good") if row.fits else surface.paint("no model to compare it with", "dim")


def _told(row: Row, surface: Surface) -> Iterator[str]:
    for line in (row.problem or "").splitlines():
        yield f"{INDENT}{surface.visible(line)}"
    if row.remark:
        yield f"{INDENT}{surface.paint('!', 'warning')} {surface.visible(row.remark)}"
