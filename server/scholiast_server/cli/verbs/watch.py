"""`scholiast watch`: keeps an index current until it is interrupted. Must not know how changes are noticed."""

from __future__ import annotations

import logging
import threading
import time
from argparse import Namespace
from typing import TYPE_CHECKING

from scholiast_server.cli.console import Console
from scholiast_server.cli.refresh import FOLLOWED_AT_ONCE_MAX, follow, summary, update
from scholiast_server.cli.session import Session, start
from scholiast_server.cli.words import counted, duration

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_indexer.types import UpdateReport
    from scholiast_indexer.watch.changes import ChangeSet

PATHS_SHOWN_MAX = 3
ERROR = 2


def run(options: Namespace, _console: Console) -> int:
    """0 when the user ends it, 2 when the workspace is gone."""
    from scholiast_indexer.watch.watcher import Watcher

    session = start(options)
    with session.index() as index:
        keeper = Keeper(session, index)
        with _LogNotes(session.console), Watcher(session.root, keeper.changed) as watcher:
            session.console.line(summary(session, update(index, session)))
            how = "watching for changes" if watcher.state.mode == "watching" else "looking for changes now and then"
            session.console.line(f"{how}; Ctrl-C ends it")
            _flush(session)
            if watcher.state.message:
                session.console.note(watcher.state.message)
            try:
                follow(index, session)
                keeper.ended.wait()
            except KeyboardInterrupt:
                return 0
    return ERROR


class Keeper:
    """Brings the index up to date with each change set, and says so in a line."""

    def __init__(self, session: Session, index: Index) -> None:
        self._session = session
        self._index = index
        self.ended = threading.Event()
        """Set when there is nothing left to watch."""

    def changed(self, change: ChangeSet) -> None:
        from scholiast_indexer.errors import ScholiastError, WorkspaceError

        try:
            report = self._index.update() if change.full else self._index.update_paths(change.paths)
            self._index.embed_upcoming(at_most=FOLLOWED_AT_ONCE_MAX)
        except WorkspaceError as error:
            self._session.console.problem(str(error))
            self.ended.set()
        except ScholiastError as error:
            self._session.console.problem(str(error))
        else:
            self._tell(change, report)

    def _tell(self, change: ChangeSet, report: UpdateReport) -> None:
        nothing_new = not report.embedded and not report.removed
        if change.full and nothing_new and not self._session.console.verbose:
            return
        self._session.console.line(change_line(change, report, time.strftime("%H:%M:%S")))
        _flush(self._session)


def change_line(change: ChangeSet, report: UpdateReport, clock: str) -> str:
    """`12:03:04  src/app.py   4 chunks embedded, 0.1 s`."""
    what = change.reason or _listed(sorted(change.paths))
    done = [f"{counted(report.embedded, 'chunk')} embedded"] if report.embedded else []
    done += [f"{counted(report.removed, 'file')} gone"] if report.removed else []
    return f"{clock}  {what}   {', '.join(done) or 'nothing new'}, {duration(report.seconds)}"


def _listed(paths: list[str]) -> str:
    more = len(paths) - PATHS_SHOWN_MAX
    return ", ".join(paths[:PATHS_SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")


def _flush(session: Session) -> None:
    session.console.out.stream.flush()


class _LogNotes(logging.Handler):
    """What the watching parts log becomes notes, while this context lasts."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console
        self._logger = logging.getLogger("scholiast_indexer")

    def emit(self, record: logging.LogRecord) -> None:
        self._console.note(record.getMessage())

    def __enter__(self) -> None:
        self._logger.addHandler(self)

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
