"""Keeps the index of one folder current, on a thread of its own: opens it, watches, updates. Must not know LSP.

Hints come from the watcher, from the editor and from the user; they gather while an update runs, and what has
gathered is the next update. So a checkout of thousands of files is one look at the folder, however many events it
makes.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scholiast_server.lsp.condition import CANCELLED, Condition, following_message, progress_message
from scholiast_server.lsp.limits import CLOSE_WAIT_S
from scholiast_server.lsp.loading import load

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_indexer.types import Progress
    from scholiast_indexer.watch.changes import ChangeSet

log = logging.getLogger(__name__)

_RETRY_S = 30.0
"""After a problem, such as a full disk, everything is looked at again this often, or when something changes."""
_RETRY_AT_CHANGE_S = 2.0
"""How soon after a problem a change is reason enough."""
_RETRY_LARGE_S = 600.0
"""The same for a folder of too many files, changed or not: to look whether there are still too many takes a while."""
_LOOK_FOR_FOLDER_S = 1.0
"""A folder that is gone is looked for this often: a checkout or another mount may bring it back."""
_BUSY_WAIT_S = 1.0
"""How long to wait at a time for another process that writes the index; in between, the end is noticed."""
_TOLD_EVERY_S = 0.1
_FOLLOW_RETRY_S = 60.0
"""How soon an embedder that follows behind, and could not get on, is tried again."""


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
        self._asked = False
        self._closing = False
        self._cancelled = threading.Event()
        self._is_partial = False
        self._is_behind = False
        """Whether the embedder that follows behind lacks something, as far as was seen."""
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
            self._full = self._asked = True
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
        load()
        while not self._closing:
            try:
                self._delete_if_asked()
                self._keep()
            except Exception as error:  # noqa: BLE001  whatever it is, the folder is tried again
                self._opened.set()
                self._wait_after(error)
        self._opened.set()

    def _wait_after(self, error: Exception) -> None:
        """Tell the problem, and wait until trying again may help."""
        from scholiast_indexer.errors import ScholiastError, TooManyFilesError
        from scholiast_server.errors import ServerError

        if isinstance(error, ScholiastError | ServerError | OSError):
            message = str(error)
        else:
            log.error("The upkeep of %s failed", self._root, exc_info=error)
            message = f"the index of {self._root.name} can't be kept up to date; the log says why"
        if not self._root.is_dir():
            message = f"the folder {self._root} is gone; it is indexed again when it is back"
        self._tell(msgspec.structs.replace(self.condition, state="problem", message=message, percent=None))
        was_there = self._root.is_dir()
        is_large = isinstance(error, TooManyFilesError)
        retry_s, at_change_s = (_RETRY_LARGE_S,) * 2 if is_large else (_RETRY_S, _RETRY_AT_CHANGE_S)
        tried_s = time.monotonic()
        with self._wake:
            while not (self._closing or self._asked or self._root.is_dir() > was_there):
                waited_s = time.monotonic() - tried_s
                has_changed = self._full or bool(self._paths)
                if waited_s >= retry_s or (has_changed and waited_s >= at_change_s):
                    break
                self._wake.wait(_LOOK_FOR_FOLDER_S)
            self._full, self._asked = True, False

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

        with contextlib.ExitStack() as opened:
            index = opened.enter_context(self._open_index())
            index.check_files()  # before each of its folders is watched
            watcher = opened.enter_context(Watcher(self._root, self._changed))
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
        """Wait for something to do, and do it; False when this index is to be closed.

        Raises:
            WorkspaceError: The folder is gone, and the index with it.
        """
        with self._wake:
            is_idle = False
            while not (self._closing or self._full or self._paths or is_idle):
                is_idle = not self._wake.wait(_FOLLOW_RETRY_S if self._is_behind else None)
            if self._closing or self._reset:
                return False
            # What was cancelled goes on with the next change.
            paths = None if self._full or self._is_partial else frozenset(self._paths)
            self._full, self._asked, self._paths = False, False, set()
            self._cancelled.clear()
        try:
            if not is_idle:
                self._update(paths)
            self._follow()
        except CancelledUpdateError:
            self._is_partial = True
            if not self._closing:
                self._tell_counts()
        except Exception as error:
            if not self._root.is_dir():
                raise
            self._wait_after(error)  # such as a full disk: what is there is searched meanwhile
        return True

    def _update(self, paths: frozenset[str] | None) -> None:
        index = self.index
        assert index is not None, "the upkeep runs while it is open"
        self._check_root()
        if paths is None:
            self._tell(
                msgspec.structs.replace(self.condition, state="indexing", message="looking for changes", percent=None)
            )
        if paths is None:
            self._when_free(lambda: index.update(self._progress, on_wait=self._waits, wait_s=_BUSY_WAIT_S))
        else:
            self._when_free(lambda: index.update_paths(paths, self._progress, on_wait=self._waits, wait_s=_BUSY_WAIT_S))
        self._log_notes(index)
        self._is_partial = self._is_partial and paths is not None
        self._tell_counts()
        self._on_updated(paths)

    def _follow(self) -> None:
        """Let the embedder that follows behind get on, until there is something to update."""
        index = self.index
        assert index is not None, "the upkeep runs while it is open"

        def is_wanted_elsewhere() -> bool:
            return self._closing or self._full or bool(self._paths) or self._cancelled.is_set()

        self._is_behind = not index.embed_upcoming(self._following, cancelled=is_wanted_elsewhere)
        self._log_notes(index)
        self._tell_counts()

    def _following(self, progress: Progress) -> None:
        if progress.total:
            percent = min(99, 100 * progress.done // progress.total)
            message = following_message(progress)
            self._tell(msgspec.structs.replace(self.condition, state="ready", message=message, percent=percent))

    def _log_notes(self, index: Index) -> None:
        for note in dict.fromkeys(index.notes):
            log.info("%s: %s", self._root, note)
        index.notes.clear()

    def _check_root(self) -> None:
        """Before anything is written: an index must not bring a folder back that was deleted."""
        from scholiast_indexer.errors import WorkspaceError

        if not self._root.is_dir():
            raise WorkspaceError(f"{self._root} is gone.")

    def _when_free(self, update: Callable[[], object]) -> None:
        """Update once no other process writes the index."""
        from scholiast_indexer.errors import IndexBusyError

        while True:
            try:
                update()
                return
            except IndexBusyError:
                if self._closing or self._cancelled.is_set():
                    raise CancelledUpdateError from None

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
            self._tell(Condition("paused", CANCELLED, None, files, chunks))
        else:
            self._tell(Condition("ready", "", None, files, chunks))

    def _tell(self, condition: Condition) -> None:
        if condition != self.condition:
            self.condition = condition
            self._on_condition(condition)
