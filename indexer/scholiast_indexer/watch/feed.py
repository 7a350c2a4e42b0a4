"""The one place that knows watchdog: turns its events into hints, and notices what it keeps quiet about.

watchdog watches every folder below the root, says nothing when the system refuses a watch on one of them,
and logs but does not report that the kernel lost events. On Linux its watch group is therefore replaced by
one that enters fewer folders and tells of both; that touches private names, so it is done only for versions
it was tried with.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from scholiast_indexer.watch.hints import Hint, Places, hint_of
from scholiast_indexer.workspace.watchable import Watchable

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

_TRIED_VERSION = 7


class Sink(Protocol):
    """Who is told; called from the feed's threads."""

    def hinted(self, hint: Hint) -> None:
        """Something may have changed."""

    def missed(self) -> None:
        """A folder could not be watched: the system's limit is reached."""


class Feed(Protocol):
    """A running watch."""

    @property
    def tells_losses(self) -> bool:
        """Whether it would say that the system lost events or refused to watch a folder."""
        ...

    def is_alive(self) -> bool:
        """Whether events would still come."""
        ...

    def close(self) -> None:
        """Stop; no call to the sink comes later."""


def open_feed(root: Path, git_folder: Path | None, sink: Sink) -> Feed:
    """Watch a workspace and the git folder's own files, not what lies below that.

    Raises:
        OSError: The system refuses: no more instances (EMFILE), no more watches (ENOSPC), no such folder.
    """
    from watchdog.observers import Observer  # loads ctypes and threads' machinery

    watchable = Watchable(root)
    places = Places(str(root), str(git_folder) if git_folder else "")
    handler = _handler(places, watchable, sink)
    observer: BaseObserver = Observer()
    try:
        emitter_class = _careful_emitter(os.fsencode(root), watchable, sink)
        if emitter_class is not None:
            observer._emitter_class = emitter_class
        observer.schedule(handler, str(root), recursive=True, event_filter=_event_filter())
        if git_folder is not None:
            observer.schedule(handler, str(git_folder), event_filter=_event_filter())
        observer.start()
    except BaseException:
        observer.stop()  # gives the inotify instance back, which it holds since it was made
        raise
    return _ObserverFeed(observer, tells_losses=emitter_class is not None or sys.platform != "linux")


class _ObserverFeed:
    def __init__(self, observer: BaseObserver, *, tells_losses: bool) -> None:
        self._observer = observer
        self.tells_losses = tells_losses

    def is_alive(self) -> bool:
        return self._observer.is_alive() and all(emitter.is_alive() for emitter in self._observer.emitters)

    def close(self) -> None:
        self._observer.stop()
        self._observer.join()


def _handler(places: Places, watchable: Watchable, sink: Sink) -> Any:  # untyped base class
    from watchdog.events import FileSystemEventHandler

    class Handler(FileSystemEventHandler):
        def dispatch(self, event: FileSystemEvent) -> None:
            for path in (event.src_path, event.dest_path):
                hint = hint_of(os.fsdecode(path), places, watchable, folder=event.is_directory) if path else None
                if hint is not None:
                    sink.hinted(hint)

    return Handler()


def _event_filter() -> list[type[FileSystemEvent]]:
    from watchdog import events

    wanted: list[type[FileSystemEvent]] = [
        events.FileCreatedEvent,
        events.FileDeletedEvent,
        events.FileMovedEvent,
        events.DirCreatedEvent,
        events.DirDeletedEvent,
        events.DirMovedEvent,
    ]
    # Linux tells when a writer closes a file, which is one event instead of one per write.
    return [*wanted, events.FileClosedEvent if sys.platform == "linux" else events.FileModifiedEvent]


def _careful_emitter(root: bytes, watchable: Watchable, sink: Sink) -> Any:  # private classes, untyped here
    from watchdog.version import VERSION_INFO

    if sys.platform != "linux" or VERSION_INFO[0] != _TRIED_VERSION:
        return None
    from watchdog.observers.inotify import InotifyEmitter, InotifyWatchGroup

    class Group(InotifyWatchGroup):
        def _add_all_callbacks(self, path: bytes) -> None:
            if not self._enters(path):
                return
            self._add_callback(path)
            if not self.is_recursive:
                return
            for place, folders, _ in os.walk(path):
                below = [os.path.join(place, name) for name in folders]  # noqa: PTH118  bytes
                entered = [inner for inner in below if not os.path.islink(inner) and self._enters(inner)]  # noqa: PTH114  bytes
                folders[:] = [inner.rpartition(b"/")[2] for inner in entered]
                for inner in entered:
                    self._add_callback(inner)

        def _add_callback(self, path: bytes) -> None:
            with warnings.catch_warnings():  # a folder made inside a new one is met twice: by the walk, by its event
                warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
                super()._add_callback(path)
            if path not in self._active_callbacks_by_path and os.path.isdir(path):  # noqa: PTH112  bytes
                sink.missed()

        def on_queue_overflow(self) -> None:
            super().on_queue_overflow()
            sink.hinted(Hint(everything="the system lost events"))

        def _enters(self, path: bytes) -> bool:
            return path == self.path or watchable.enters(path[len(root) + 1 :])

    class Emitter(InotifyEmitter):
        def on_thread_start(self) -> None:
            self._inotify = Group(
                self._inotify_fd,
                os.fsencode(self.watch.path),
                is_recursive=self.watch.is_recursive,
                event_mask=self.get_event_mask_from_filter(),
                follow_symlink=False,
            )

    return Emitter
