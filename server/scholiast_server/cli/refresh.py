"""Brings an index up to date before it is used, as far as that pays. Must not know what it is used for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from scholiast_server.cli.progress import BAR_WIDTH, shown_progress
from scholiast_server.cli.words import counted, duration, part
from scholiast_server.errors import UsageError

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_indexer.types import UpdateReport
    from scholiast_server.cli.session import Session

FOLLOWED_AT_ONCE_MAX = 64
"""Changed chunks that a question waits for until a model has embedded them, some 3 s; more are left to
`scholiast index` and to editors, and words find them meanwhile."""
OLD_AFTER_S = 60.0
"""An index used as it is, without a look at the files, is called old after this."""


def make_current(index: Index, session: Session, refresh: Literal["auto", "always", "never"]) -> None:
    """Bring the index up to date, build it when it was never built, or leave it and say so.

    `auto` leaves an index of more than `search.refresh_files_max` files as it is: to look at them all would take
    longer than the search. While another process writes the index, what is there is used.
    """
    from scholiast_indexer.errors import IndexBusyError

    files, chunks = index.counts()
    updated_at = index.updated_at()
    if refresh == "never":
        return
    if refresh == "auto" and updated_at and files > session.settings.search.refresh_files_max:
        _say_how_old(session, files, time.time() - updated_at)
        return
    if updated_at and not index.is_stale():
        return  # what it takes to parse need not even be loaded
    try:
        report = update(index, session, wait=not chunks)
        follow(index, session, at_most=FOLLOWED_AT_ONCE_MAX)
    except IndexBusyError:
        session.console.note("another process is updating this index; using what is there already")
        return
    if updated_at is None:
        _say_that_it_was_built(session, report)


def update(index: Index, session: Session, *, wait: bool = True) -> UpdateReport:
    """Bring the index up to date, showing progress.

    Raises:
        KeyboardInterrupt: After saying that what is done stays.
        IndexBusyError: Another process writes it (at once, unless `wait`).
    """
    from scholiast_indexer.limits import LOCK_WAIT_S

    try:
        with shown_progress(session.console, session.name) as progress:
            return index.update(progress, on_wait=session.console.note, wait_s=LOCK_WAIT_S if wait else 0.0)
    except KeyboardInterrupt:
        files, chunks = index.counts()
        held = f"the index is usable and holds {counted(files, 'file')}, {counted(chunks, 'chunk')}"
        session.console.note(f"interrupted; {held if files else 'nothing is indexed yet'}. To go on: scholiast index")
        raise


def follow(index: Index, session: Session, *, at_most: int | None = None) -> None:
    """Let the embedder that follows behind embed what it lacks, showing progress; `at_most` so many chunks.

    Raises:
        KeyboardInterrupt: After saying that what is done stays.
    """
    try:
        with shown_progress(session.console, session.name, "Embedding") as progress:
            index.embed_upcoming(progress, at_most=at_most)
    except KeyboardInterrupt:
        upcoming = index.status().upcoming
        if upcoming is not None:
            done = part(upcoming.done, upcoming.total, "chunk")
            session.console.note(f"interrupted; {upcoming.embedder} has embedded {done}. To go on: scholiast index")
        raise


def require_index(session: Session) -> None:
    """Raises UsageError when there is no index and none may be built."""
    if session.settings.search.refresh == "never" and session.existing_index() is None:
        raise UsageError(f"{session.name} has no index yet, and refreshing is off.\n  Build it: scholiast index")


def summary(session: Session, report: UpdateReport) -> str:
    """`indexed flask: 226 files, 1,032 chunks, 1.4 s`."""
    found = f"{counted(report.files, 'file')}, {counted(report.chunks, 'chunk')}"
    return f"indexed {session.name}: {found}, {duration(report.seconds)}"


def _say_that_it_was_built(session: Session, report: UpdateReport) -> None:
    """A user who only asked a question sees where the time went."""
    err = session.console.err
    if not err.is_terminal:
        session.console.note(summary(session, report))
    elif not session.console.quiet:
        bar = err.paint("█" * BAR_WIDTH, "good")
        held = f"{counted(report.files, 'file')} · {counted(report.chunks, 'chunk')} · {duration(report.seconds)}"
        err.write(f"Indexing {err.visible(session.name)}  {bar}  {held}\n\n")


def _say_how_old(session: Session, files: int, seconds: float) -> None:
    if session.console.err.is_terminal and seconds > OLD_AFTER_S:
        session.console.note(
            f"{files:,} files: searched as they were {duration(seconds)} ago. To refresh: scholiast index"
        )
