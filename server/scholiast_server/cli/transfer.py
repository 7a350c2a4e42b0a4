"""Shows how far bytes are that take a while: a bar on a terminal, a line now and then elsewhere. Must not know why."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from scholiast_server.cli.progress import BAR_WIDTH, LINE_EVERY_S
from scholiast_server.cli.words import duration, size

if TYPE_CHECKING:
    from scholiast_server.cli.console import Console

Transfer = Callable[[int, "int | None"], None]
"""Told how many bytes are done, and how many there will be."""


@contextlib.contextmanager
def shown_transfer(console: Console, doing: str, name: str) -> Iterator[Transfer]:
    """A callback for `doing` something (`Downloading`) with a file; what it shows on a terminal is gone afterwards."""
    if console.quiet:
        yield lambda _done, _total: None
    elif console.err.is_terminal:
        with _bar(console, doing, name) as told:
            yield told
    else:
        yield _lines(console, f"{doing.lower()} {name}")


def in_words(done: int, total: int | None, seconds: float, began_at: int = 0) -> str:
    """`310 MB of 1.1 GB · 12 MB/s · 66 s left`."""
    parts = [f"{size(done)} of {size(total)}" if total else size(done)]
    rate = (done - began_at) / seconds if seconds > 1 else 0.0
    if rate > 0:
        parts.append(f"{size(int(rate))}/s")
        if total:
            parts.append(f"{duration((total - done) / rate)} left")
    return " · ".join(parts)


def _lines(console: Console, what: str) -> Transfer:
    began_s = told_s = time.monotonic()
    began_at: int | None = None

    def tell(done: int, total: int | None) -> None:
        nonlocal told_s, began_at
        began_at = done if began_at is None else began_at
        now_s = time.monotonic()
        if now_s - told_s >= LINE_EVERY_S:
            told_s = now_s
            console.note(f"{what}: {in_words(done, total, now_s - began_s, began_at)}")

    return tell


@contextlib.contextmanager
def _bar(console: Console, doing: str, name: str) -> Iterator[Transfer]:
    from rich.console import Console as Screen
    from rich.progress import BarColumn, Progress, TextColumn

    began_s = time.monotonic()
    began_at: int | None = None
    bar = Progress(
        TextColumn(f"{doing} {{task.fields[name]}} ", markup=False),
        BarColumn(bar_width=BAR_WIDTH, complete_style="green", pulse_style="green"),
        TextColumn(" {task.fields[told]}", markup=False),
        console=Screen(file=console.err.stream, no_color=not console.err.color),
        transient=True,
    )

    def tell(done: int, total: int | None) -> None:
        nonlocal began_at
        began_at = done if began_at is None else began_at
        told = in_words(done, total, time.monotonic() - began_s, began_at)
        bar.update(task, completed=done, total=total, told=told)

    with bar:
        task = bar.add_task("", total=None, name=console.err.visible(name), told="")
        yield tell
