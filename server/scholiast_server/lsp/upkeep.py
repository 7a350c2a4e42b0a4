"""Keeps the index of one folder current, on a thread of its own: opens it, watches, updates. Must not know LSP.

Hints come from the watcher, from the editor and from the user; they gather while an update runs, and what has
gathered is the next update. So a checkout of thousands of files is one look at the folder, however many events it
makes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from scholiast_server.lsp.limits import CLOSE_WAIT_S

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_indexer.types import Progress
    from scholiast_indexer.watch.changes import ChangeSet

log = logging.getLogger(__name__)

State = Literal["starting", "indexing", "ready", "paused", "problem"]
_RETRY_S = 30.0
"""After a problem, such as a full disk or a folder that is gone, everything is looked at again this often."""
_TOLD_EVERY_S = 0.1
CANCELLED = "indexing was cancelled; what is indexed so far is searched"


class Condition(msgspec.Struct, frozen=True):
    """How the index of one folder is."""

    state: State = "starting"
    message: str = ""
    percent: int | None = None
    """Of the update that runs; None while its size is unknown, and between updates."""
    files: int = 0
    chunks: int = 0


class CancelledUpdateError(Exception):
    """The user has cancelled the update that runs; what it did stays."""


class Upkeep:
    """One folder's index from `start` to `close`. Callbacks come on its own thread."""

    def __init__(
        self,
        root: Path,
        open_index: Callable[[], Index],
        on_condition: Callable[[Condition], None],
        on_updated: Callable[[frozenset[str] | None], None],
    ) -> None:
        """
        Args:
            root: The folder.
            open_index: Makes its index.
            on_condition: Told whenever the condition changes.
            on_updated: Told the paths that an update has looked at; None is all.
        """
        self._root = root
        self._open_index = open_index
        self._on_condition = on_condition
        self._on_updated = on_updated
        self._wake = threading.Condition()
        self._paths: set[str] = set()
        self._full = True
        self._reset = False
        self._closing = False
        self._cancelled = threading.Event()
        self._is_partial = False
        self._told_s = 0.0
        self._opened = threading.Event()
        self.condition = Condition()
        self.index: Index | None = None
        """None until it is open, and where it can't be opened."""
        self._hint: Callable[[Collection[str]], None] = lambda _: None
        self._thread = threading.Thread(target=self._run, name=f"scholiast-upkeep-{root.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait_until_open(self, timeout_s: float) -> Index | None:
        """The index, once it is open or can't be."""
        self._opened.wait(timeout_s)
        return self.index

    def hint(self, paths: Collection[str]) -> None:
        """These paths may have changed: the watcher decides when to look."""
        self._hint(paths)

    def look_again(self, *, reset: bool = False) -> None:
        """Look at everything, building the index anew with `reset`; goes on after a cancelled update too."""
        with self._wake:
            self._full = True
            self._reset = self._reset or reset
            self._wake.notify_all()

    def cancel(self) -> None:
        """End the update that runs; what it did stays, and the next change or `look_again` goes on."""
        self._cancelled.set()

    def close(self) -> None:
        """End it all, as soon as what was read is written."""
        self.begin_closing()
        if self._thread.ident is not None:
            self._thread.join(CLOSE_WAIT_S)

    def begin_closing(self) -> None:
        """As `close`, without waiting."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()

    # -- the thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        from scholiast_indexer.errors import ScholiastError
        from scholiast_server.errors import ServerError

        while not self._closing:
            try:
                self._delete_if_asked()
                self._keep()
                continue
            except (ScholiastError, ServerError, OSError) as error:
                message = str(error)
            except Exception:
                log.exception("The upkeep of %s failed", self._root)
                message = f"the index of {self._root.name} can't be kept up to date; the log says why"
            self._opened.set()
            self._tell(msgspec.structs.replace(self.condition, state="problem", message=message, percent=None))
            with self._wake:
                if not self._closing:
                    self._wake.wait(_RETRY_S)
                self._full = True
        self._opened.set()

    def _delete_if_asked(self) -> None:
        from scholiast_indexer.index import reset_index
        from scholiast_indexer.location import existing_index_directory

        with self._wake:
            reset, self._reset = self._reset, False
        directory = existing_index_directory(self._root) if reset else None
        if directory is not None:
            reset_index(directory)

    def _keep(self) -> None:
        """From opening the index to its end: of this upkeep, or of that index."""
        from scholiast_indexer.watch.watcher import Watcher

        with self._open_index() as index, Watcher(self._root, self._changed) as watcher:
            self.index, self._hint = index, watcher.notify
            self._opened.set()
            try:
                self._count()
                while self._take_up():
                    pass
            finally:
                self.index, self._hint = None, lambda _: None

    def _changed(self, change: ChangeSet) -> None:
        """From the watcher's thread."""
        with self._wake:
            self._full = self._full or change.full
            self._paths |= change.paths
            self._wake.notify_all()

    def _take_up(self) -> bool:
        """Wait for something to do, and do it; False when this index is to be closed."""
        with self._wake:
            while not (self._closing or self._full or self._paths):
                self._wake.wait()
            if self._closing or self._reset:
                return False
            paths = None if self._full else frozenset(self._paths)
            self._full, self._paths = False, set()
            self._cancelled.clear()
        try:
            self._update(paths)
        except CancelledUpdateError:
            self._is_partial = True
            if not self._closing:
                self._tell_counts()
        except BaseException:
            with self._wake:
                self._full = True
            raise
        return True

    def _update(self, paths: frozenset[str] | None) -> None:
        index = self.index
        assert index is not None, "the upkeep runs while it is open"
        if paths is None:
            self._tell(
                msgspec.structs.replace(self.condition, state="indexing", message="looking for changes", percent=None)
            )
            index.update(self._progress, on_wait=self._waits)
        else:
            index.update_paths(paths, self._progress, on_wait=self._waits)
        for note in dict.fromkeys(index.notes):
            log.info("%s: %s", self._root, note)
        index.notes.clear()
        self._is_partial = self._is_partial and paths is not None
        self._tell_counts()
        self._on_updated(paths)

    def _progress(self, progress: Progress) -> None:
        if self._closing or self._cancelled.is_set():
            raise CancelledUpdateError
        now_s = time.monotonic()
        if now_s - self._told_s < _TOLD_EVERY_S:
            return
        self._told_s = now_s
        is_counted = progress.stage != "scanning" and progress.total > 0
        self._tell(
            msgspec.structs.replace(
                self.condition,
                state="indexing",
                message=progress_message(progress),
                percent=min(99, 100 * progress.done // progress.total) if is_counted else None,
                chunks=max(progress.chunks, self.condition.chunks),
            )
        )

    def _waits(self, message: str) -> None:
        self._tell(msgspec.structs.replace(self.condition, state="indexing", message=message, percent=None))

    def _count(self) -> None:
        assert self.index is not None, "it is open"
        files, chunks = self.index.counts()
        self.condition = msgspec.structs.replace(self.condition, files=files, chunks=chunks)

    def _tell_counts(self) -> None:
        self._count()
        files, chunks = self.condition.files, self.condition.chunks
        if self._is_partial:
            self._tell(
                Condition("paused", "indexing was cancelled; what is indexed so far is searched", None, files, chunks)
            )
        else:
            self._tell(Condition("ready", "", None, files, chunks))

    def _tell(self, condition: Condition) -> None:
        if condition != self.condition:
            self.condition = condition
            self._on_condition(condition)


def progress_message(progress: Progress) -> str:
    """`120 of 900 files · 3,400 chunks · 4 s left`."""
    if progress.stage == "scanning":
        return "looking for changes"
    if progress.stage == "finishing":
        return "finishing"
    unit = "files" if progress.stage == "reading" else "chunks"
    parts = [f"{progress.done:,} of {progress.total:,} {unit}"]
    if progress.stage == "reading":
        parts.append(f"{progress.chunks:,} chunks")
    if progress.done and progress.seconds > 1:
        left_s = progress.seconds * (progress.total - progress.done) / progress.done
        parts.append(f"{left_s:.0f} s left" if left_s < 90 else f"{left_s / 60:.0f} min left")
    return " · ".join(parts)
