"""Collects hints until a change is worth acting on; pure, the time is always passed in."""

from __future__ import annotations

from typing import Literal

import msgspec

from scholiast_indexer import limits


class ChangeSet(msgspec.Struct, frozen=True):
    """What to look at again."""

    paths: frozenset[str]
    """Relative to the workspace. Each stands for itself and all below it; a known folder ends in a slash."""
    full: bool
    """Everything may have changed; then `paths` is empty."""
    reason: str
    """Why everything has to be looked at, in words; empty otherwise."""


class Timing(msgspec.Struct, frozen=True):
    """How patient a watcher is."""

    quiet_s: float = limits.WATCH_QUIET_S
    wait_s_max: float = limits.WATCH_WAIT_S_MAX
    paths_max: int = limits.WATCH_PATHS_MAX
    full_every_s: float = limits.WATCH_FULL_EVERY_S
    poll_every_s: float = limits.WATCH_POLL_EVERY_S
    lock_wait_s_max: float = limits.WATCH_LOCK_WAIT_S_MAX


class WatchState(msgspec.Struct, frozen=True):
    """How well changes are seen."""

    mode: Literal["watching", "polling"] = "watching"
    missed: int = 0
    """Folders that could not be watched."""
    message: str = ""
    """What is wrong and what to do about it, for the user; empty when nothing is."""


class Pending:
    """The dirty set: hints since the last change set."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._paths: set[str] = set()
        self._reason = ""
        self._first_s: float | None = None
        self._last_s = 0.0

    def add(self, path: str, now_s: float) -> None:
        """A path to look at again."""
        self._touch(now_s)
        if self._reason:
            return
        self._paths.add(path)
        if len(self._paths) > self._timing.paths_max:
            self.add_everything(f"over {self._timing.paths_max} paths changed at once", now_s)

    def add_everything(self, reason: str, now_s: float) -> None:
        """Paths will not do: everything is to be looked at again. The first reason stays."""
        self._touch(now_s)
        self._reason = self._reason or reason
        self._paths.clear()

    def due_in_s(self, now_s: float) -> float | None:
        """Seconds until the hints are old enough to act on, 0 or less when they are; None without hints.

        They wait for a quiet moment, but not for ever.
        """
        if self._first_s is None:
            return None
        return min(self._last_s + self._timing.quiet_s, self._first_s + self._timing.wait_s_max) - now_s

    def take(self) -> ChangeSet:
        """The hints so far as a change set; what comes later belongs to the next one."""
        change = ChangeSet(frozenset(self._paths), bool(self._reason), self._reason)
        self._paths, self._reason, self._first_s = set(), "", None
        return change

    def _touch(self, now_s: float) -> None:
        self._first_s = now_s if self._first_s is None else self._first_s
        self._last_s = now_s
