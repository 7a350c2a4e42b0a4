"""Watches a workspace and calls back with change sets, one at a time;
must not know what is done with them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from scholiast_indexer.watch.changes import ChangeSet, Pending, Timing, WatchState
from scholiast_indexer.watch.feed import Feed, Sink, open_feed
from scholiast_indexer.watch.hints import Hint, hint_below
from scholiast_indexer.watch.system import message_for_error, message_for_missed
from scholiast_indexer.workspace.repository import git_folder, repository_above
from scholiast_indexer.workspace.watchable import Watchable

log = logging.getLogger(__name__)

OpenFeed = Callable[[Path, Path | None, Sink], Feed]
_LOCK_POLL_S = 0.05
_JOIN_S_MAX = 30.0
"""How long closing waits for a callback that is under way."""
DEFAULT_TIMING = Timing()


class Watcher:
    """Runs between `__enter__` and `close`, and calls back on its own thread, never twice at once.

    Update the index after entering, not before: changes made in between are then seen.
    """

    def __init__(
        self,
        root: Path,
        on_change: Callable[[ChangeSet], None],
        *,
        timing: Timing = DEFAULT_TIMING,
        open_feed: OpenFeed = open_feed,
    ) -> None:
        self._root = Path(root).resolve()
        self._on_change = on_change
        self._timing = timing
        self._open_feed = open_feed
        self._wake = threading.Condition()
        self._pending = Pending(timing)
        self._hint_rules = Watchable(self._root)
        self._feed: Feed | None = None
        self._missed = 0
        self._trouble = ""
        self._rewatch = False
        self._closing = False
        self._next_full_s = 0.0
        self._locked_since_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="scholiast-watch", daemon=True)

    def __enter__(self) -> Watcher:
        self._open()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def state(self) -> WatchState:
        """How well changes are seen at this moment."""
        if self._feed is None:
            return WatchState("polling", 0, self._trouble)
        if self._missed:
            return WatchState("watching", self._missed, message_for_missed(self._missed, self._timing.poll_every_s))
        return WatchState()

    def notify(self, paths: Iterable[str]) -> None:
        """Further hints: paths relative to the workspace that a client says changed;
        a folder ends in a slash."""
        for path in paths:
            hint = hint_below(path.rstrip("/"), self._hint_rules, folder=path.endswith("/"))
            if hint is not None:
                self.hinted(hint)

    def close(self) -> None:
        """Stop watching, and wait for a callback under way (unless that is what closes)."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(_JOIN_S_MAX)
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()

    def hinted(self, hint: Hint) -> None:
        """For the feed: takes one hint in."""
        with self._wake:
            now_s = time.monotonic()
            self._rewatch = self._rewatch or hint.rewatch
            if hint.everything:
                self._pending.add_everything(hint.everything, now_s)
            else:
                self._pending.add(hint.path, now_s)
            self._wake.notify_all()

    def missed(self) -> None:
        """For the feed: counts a folder that could not be watched."""
        with self._wake:
            self._missed += 1
            self._next_full_s = min(self._next_full_s, time.monotonic() + self._timing.poll_every_s)
            self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                if self._closing:
                    return
                wait_s = self._wait_s(time.monotonic())
                if wait_s > 0:
                    self._wake.wait(wait_s)
                    continue
            self._watch_again_if_needed()
            with self._wake:
                change = self._pending.take()
            self._deliver(change)

    def _wait_s(self, now_s: float) -> float:
        """Seconds to sleep before the next look at the clock; 0 when a change set is to be delivered."""
        if now_s >= self._next_full_s:
            self._pending.add_everything("time for a full look", now_s - self._timing.quiet_s)
            self._next_full_s = now_s + self._full_every_s()
        due_in_s = self._pending.due_in_s(now_s)
        until_full_s = self._next_full_s - now_s
        if due_in_s is None:
            return until_full_s
        if due_in_s > 0:
            return min(due_in_s, until_full_s)
        return _LOCK_POLL_S if self._waits_for_git(now_s) else 0.0

    def _waits_for_git(self, now_s: float) -> bool:
        """Whether git holds its index, for a bounded time: it is about to change more files."""
        git = self._git_folder()
        if git is None or not (git / "index.lock").exists():
            self._locked_since_s = None
            return False
        self._locked_since_s = now_s if self._locked_since_s is None else self._locked_since_s
        return now_s - self._locked_since_s < self._timing.lock_wait_s_max

    def _deliver(self, change: ChangeSet) -> None:
        try:
            self._on_change(change)
        except Exception:  # whatever the callback raises, later changes must still be seen
            log.exception("An update after a change failed; everything is looked at again later")
            every_s = self._timing.poll_every_s
        else:
            if not change.full:
                return
            every_s = self._full_every_s()
        with self._wake:
            self._next_full_s = time.monotonic() + every_s

    def _full_every_s(self) -> float:
        sees_all = self._feed is not None and self._feed.tells_losses and not self._missed
        timing = self._timing
        return timing.full_every_s if sees_all else min(timing.full_every_s, timing.poll_every_s)

    def _watch_again_if_needed(self) -> None:
        """A new feed when the rules changed or the old one died;
        it is open before the change is delivered."""
        with self._wake:
            alive = self._feed is not None and self._feed.is_alive()
            if alive and not self._rewatch:
                return
            self._rewatch = False
        if self._feed is not None:
            self._feed.close()
        self._open()
        if self._feed is not None:
            with self._wake:
                self._pending.add_everything("watching began anew", time.monotonic())

    def _open(self) -> None:
        self._missed = 0
        self._hint_rules = Watchable(self._root)
        try:
            self._feed = self._open_feed(self._root, self._git_folder(), self)
        except OSError as error:
            self._feed = None
            message = message_for_error(error, self._timing.poll_every_s)
            if message != self._trouble:
                log.warning("%s", message)
            self._trouble = message
        with self._wake:
            self._next_full_s = time.monotonic() + self._full_every_s()

    def _git_folder(self) -> Path | None:
        work_tree = repository_above(self._root)
        return git_folder(work_tree) if work_tree else None
