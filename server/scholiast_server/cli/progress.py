"""Shows how far an update is: a bar on a terminal, a line now and then elsewhere. Must not know what is updated."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

from scholiast_server.cli.words import counted, duration

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from scholiast_indexer.types import Progress
    from scholiast_server.cli.console import Console

SHOWN_AFTER_S = 0.3
"""What is done sooner needs no bar."""
BAR_WIDTH = 28
LINE_EVERY_S = 5.0
"""Seconds between lines where there is no terminal."""


@contextlib.contextmanager
def shown_progress(console: Console, name: str, doing: str = "Indexing") -> Iterator[Callable[[Progress], None] | None]:
    """A callback for an update; what it shows on a terminal is gone again afterwards."""
    if console.quiet:
        yield None
    elif not console.err.is_terminal:
        yield Lines(console.note, name, doing)
    else:
        with BarOnTerminal(console.err.stream, name, doing, color=console.err.color) as bar:
            yield bar


class Lines:
    """A line when an update takes long, and one more every few seconds."""

    def __init__(self, note: Callable[[str], None], name: str, doing: str = "Indexing") -> None:
        self._note = note
        self._what = f"{doing.lower()} {name}"
        self._next_s = LINE_EVERY_S

    def __call__(self, progress: Progress) -> None:
        if progress.seconds >= self._next_s:
            self._next_s = progress.seconds + LINE_EVERY_S
            self._note(f"{self._what}: {in_words(progress)}")


class BarOnTerminal:
    """A bar that appears when an update takes longer than a moment."""

    def __init__(self, stream: TextIO, name: str, doing: str = "Indexing", *, color: bool) -> None:
        self._stream = stream
        self._name = name
        self._doing = doing
        self._color = color
        self._bar: Bar | None = None

    def __enter__(self) -> BarOnTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        if self._bar is None:
            if progress.seconds < SHOWN_AFTER_S:
                return
            self._bar = self._started()
        self._bar.update(
            self._bar.task_ids[0], completed=progress.done, total=progress.total or None, told=in_words(progress)
        )

    def _started(self) -> Bar:
        from rich.console import Console as Screen
        from rich.progress import BarColumn, Progress, TextColumn

        bar = Progress(
            TextColumn(self._doing + " {task.fields[name]} ", markup=False),
            BarColumn(bar_width=BAR_WIDTH, complete_style="green", pulse_style="green"),
            TextColumn(" {task.fields[told]}", markup=False),
            console=Screen(file=self._stream, no_color=not self._color),
            transient=True,
        )
        bar.add_task("", total=None, name=self._name, told="")
        bar.start()
        return bar


def in_words(progress: Progress) -> str:
    """`120/226 files · 1,032 chunks · 310 files/s · 4 s left`; the rate only once it means something."""
    if progress.stage == "scanning":
        return "looking for files"
    unit = "files" if progress.stage == "reading" else "chunks"
    if progress.stage == "finishing" or not progress.total:
        return f"{counted(progress.chunks, 'chunk')} · finishing"
    parts = [f"{progress.done:,}/{progress.total:,} {unit}"]
    if unit == "files":
        parts.append(counted(progress.chunks, "chunk"))
    rate = progress.done / progress.seconds if progress.seconds else 0.0
    if rate:
        parts.append(f"{rate:,.0f} {unit}/s")
        parts.append(f"{duration((progress.total - progress.done) / rate)} left")
    return " · ".join(parts)
