"""The watcher on real folders with real events, and on feeds that fail as the system makes them fail."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from watchdog.version import VERSION_INFO

from scholiast_indexer.watch import feed as feed_module
from scholiast_indexer.watch.changes import ChangeSet, Timing
from scholiast_indexer.watch.feed import Feed, Sink
from scholiast_indexer.watch.hints import Hint
from scholiast_indexer.watch.watcher import Watcher

QUICK = Timing(quiet_s=0.05, wait_s_max=0.5, full_every_s=1_000, poll_every_s=1_000)
LIMIT_S = 20.0
careful = pytest.mark.skipif(
    sys.platform != "linux" or VERSION_INFO[0] != 7,
    reason="watchdog 7 on Linux alone is told to enter fewer folders and to speak of losses",
)


class Changes:
    """Keeps the change sets of a watcher, and waits for what they should say."""

    def __init__(self) -> None:
        self.sets: list[ChangeSet] = []
        self._news = threading.Condition()

    def __call__(self, change: ChangeSet) -> None:
        with self._news:
            self.sets.append(change)
            self._news.notify_all()

    def wait(self, holds: Callable[[list[ChangeSet]], bool]) -> list[ChangeSet]:
        with self._news:
            assert self._news.wait_for(lambda: holds(self.sets), LIMIT_S), self.sets
            return list(self.sets)

    def wait_for_paths(self, *paths: str) -> None:
        self.wait(lambda sets: set(paths) <= self.paths())

    def wait_for_full(self, reason: str) -> ChangeSet:
        return next(s for s in self.wait(lambda sets: any(reason in s.reason for s in sets)) if reason in s.reason)

    def paths(self) -> set[str]:
        return {path for change in self.sets for path in change.paths}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    for name in ("src/deep", "node_modules/x", ".scholiast"):
        (folder / name).mkdir(parents=True)
    for name in ("a.py", "src/b.py", "src/deep/c.py"):
        (folder / name).write_text("old\n")
    return folder


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def watcher(root: Path, changes: Changes) -> Iterator[Watcher]:
    with Watcher(root, changes, timing=QUICK) as running:
        assert running.state.mode == "watching"
        yield running


def overwrite(root: Path) -> None:
    (root / "a.py").write_text("new\n")


def append(root: Path) -> None:
    with (root / "src/b.py").open("a") as file:
        file.write("more\n")


def save_like_vim(root: Path) -> None:
    (root / "a.py").rename(root / "a.py~")
    (root / "a.py").write_text("new\n")
    (root / "a.py~").unlink()


def save_by_rename(root: Path) -> None:
    (root / "src/.b.py.tmp").write_text("new\n")
    (root / "src/.b.py.tmp").replace(root / "src/b.py")


def replace_from_outside(root: Path) -> None:
    (root.parent / "new.py").write_text("new\n")
    (root.parent / "new.py").replace(root / "src/deep/c.py")


def delete(root: Path) -> None:
    (root / "src/b.py").unlink()


def rename_file(root: Path) -> None:
    (root / "a.py").rename(root / "src/z.py")


def rename_folder(root: Path) -> None:
    (root / "src/deep").rename(root / "deeper")


def move_folder_out(root: Path) -> None:
    (root / "src").rename(root.parent / "away")


def move_folder_in(root: Path) -> None:
    (root.parent / "outside").mkdir()
    (root.parent / "outside/n.py").write_text("x\n")
    (root.parent / "outside").rename(root / "inside")


def make_folders_and_write(root: Path) -> None:
    (root / "x/y/z").mkdir(parents=True)
    (root / "x/y/z/n.py").write_text("x\n")


def delete_tree(root: Path) -> None:
    shutil.rmtree(root / "src")


def write_odd_names(root: Path) -> None:
    for name in (b"caf\xe9.py", b"new\nline.py"):
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text("x\n")


@pytest.mark.parametrize(
    ("act", "paths"),
    [
        (overwrite, ["a.py"]),
        (append, ["src/b.py"]),
        (save_like_vim, ["a.py"]),
        (save_by_rename, ["src/b.py"]),
        (replace_from_outside, ["src/deep/c.py"]),
        (delete, ["src/b.py"]),
        (rename_file, ["a.py", "src/z.py"]),
        (rename_folder, ["src/deep/", "deeper/"]),
        (move_folder_out, ["src/"]),
        (move_folder_in, ["inside/"]),
        (make_folders_and_write, ["x/"]),
        (delete_tree, ["src/", "src/b.py", "src/deep/c.py"]),
        (write_odd_names, ["caf\udce9.py", "new\nline.py"]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_whatever_happens_to_a_file_its_path_is_named(
    root: Path, changes: Changes, watcher: Watcher, act: Callable[[Path], None], paths: list[str]
) -> None:
    act(root)
    changes.wait_for_paths(*paths)
    assert not any(change.full for change in changes.sets)


def test_files_written_after_a_folder_was_renamed_or_made_are_named(
    root: Path, changes: Changes, watcher: Watcher
) -> None:
    rename_folder(root)
    make_folders_and_write(root)
    changes.wait_for_paths("deeper/", "x/")
    (root / "deeper/later.py").write_text("x\n")
    (root / "x/y/z/later.py").write_text("x\n")
    changes.wait_for_paths("deeper/later.py", "x/y/z/later.py")


def test_thousands_of_files_are_one_full_look(root: Path, changes: Changes) -> None:
    with Watcher(root, changes, timing=Timing(quiet_s=0.5, wait_s_max=30.0)):
        for n in range(3_000):
            (root / f"src/{n}.py").write_text("x\n")
        changes.wait(bool)
    assert [(change.full, change.reason) for change in changes.sets] == [(True, "over 500 paths changed at once")]


def test_what_does_not_belong_is_not_named(root: Path, changes: Changes, watcher: Watcher) -> None:
    (root / "node_modules/x/new.js").write_text("x\n")
    (root / ".scholiast/index.db").write_text("x\n")
    (root / "src/link.py").symlink_to("b.py")
    (root / "last.py").write_text("x\n")
    changes.wait_for_paths("last.py")
    assert changes.paths() <= {"last.py", "src/link.py"}


def test_reading_is_not_a_change(root: Path, changes: Changes, watcher: Watcher) -> None:
    (root / "src/b.py").read_text()
    overwrite(root)
    changes.wait_for_paths("a.py")
    assert changes.paths() == {"a.py"}


@careful
def test_a_changed_ignore_file_changes_what_is_watched(root: Path, changes: Changes, watcher: Watcher) -> None:
    (root / ".scholiastignore").write_text("!node_modules/\n/src/deep/\n")
    changes.wait_for_full("rules")
    (root / "node_modules/x/new.js").write_text("x\n")
    changes.wait_for_paths("node_modules/x/new.js")
    (root / "src/deep/c.py").write_text("new\n")
    overwrite(root)
    changes.wait_for_paths("a.py")
    assert "src/deep/c.py" not in changes.paths()


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "gc.auto=0")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def test_a_checkout_is_a_full_look(root: Path, changes: Changes) -> None:
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    git(root, "switch", "-qc", "other")
    for n in range(50):
        (root / f"src/{n}.py").write_text("x\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "two")
    with Watcher(root, changes, timing=QUICK):
        git(root, "switch", "-q", "-")
        assert changes.wait_for_full("git").paths == frozenset()


def test_a_repository_made_later_is_heard(root: Path, changes: Changes, watcher: Watcher) -> None:
    git(root, "init", "-q")
    changes.wait_for_full("repository")
    git(root, "add", "-A")
    changes.wait_for_full("git index changed")


def test_a_linked_worktree_hears_its_own_head(root: Path, changes: Changes, tmp_path: Path) -> None:
    git(root, "init", "-q")
    git(root, "commit", "-qm", "one", "--allow-empty")
    git(root, "worktree", "add", "-q", str(tmp_path / "second"))
    with Watcher(tmp_path / "second", changes, timing=QUICK):
        git(tmp_path / "second", "switch", "-qc", "other")
        changes.wait_for_full("git HEAD changed")


def test_changes_wait_while_git_holds_its_index(root: Path, changes: Changes) -> None:
    git(root, "init", "-q")
    lock = root / ".git/index.lock"
    with Watcher(root, changes, timing=QUICK) as watcher:
        lock.touch()
        watcher.notify(["a.py"])
        assert wait_until(lambda: watcher._locked_since_s is not None)
        assert changes.sets == []
        lock.unlink()
        changes.wait_for_paths("a.py")


def test_a_lock_left_behind_does_not_hold_up_changes_for_ever(root: Path, changes: Changes) -> None:
    git(root, "init", "-q")
    (root / ".git/index.lock").touch()
    with Watcher(root, changes, timing=Timing(quiet_s=0.01, lock_wait_s_max=0.2)) as watcher:
        watcher.notify(["a.py"])
        changes.wait_for_paths("a.py")


def test_hints_of_clients_are_taken(root: Path, changes: Changes, watcher: Watcher) -> None:
    watcher.notify(["src/b.py", "src/deep/", "node_modules/x/y.js", ".git/config"])
    changes.wait_for_paths("src/b.py", "src/deep/")
    assert changes.paths() == {"src/b.py", "src/deep/"}


def test_everything_is_looked_at_from_time_to_time(root: Path, changes: Changes) -> None:
    with Watcher(root, changes, timing=Timing(full_every_s=0.05)):
        sets = changes.wait(lambda sets: len(sets) >= 3)
    assert {(change.full, change.reason) for change in sets} == {(True, "time for a full look")}


def test_a_failing_callback_does_not_end_the_watch(
    root: Path, changes: Changes, caplog: pytest.LogCaptureFixture
) -> None:
    failed = threading.Event()

    def fail_once(change: ChangeSet) -> None:
        if not failed.is_set():
            failed.set()
            raise ValueError("disk full")
        changes(change)

    with Watcher(root, fail_once, timing=Timing(quiet_s=0.01, poll_every_s=0.05)) as watcher:
        watcher.notify(["a.py"])
        assert changes.wait_for_full("time for a full look")
    assert "disk full" in caplog.text


def test_the_callback_never_runs_twice_at_once(root: Path) -> None:
    running, overlaps, calls = threading.Lock(), [], threading.Semaphore(0)

    def slow(change: ChangeSet) -> None:
        if not running.acquire(blocking=False):
            overlaps.append(change)
            return
        threading.Event().wait(0.02)
        running.release()
        calls.release()

    with Watcher(root, slow, timing=Timing(quiet_s=0.0, full_every_s=0.01)) as watcher:
        for n in range(5):
            watcher.notify([f"{n}.py"])
            assert calls.acquire(timeout=LIMIT_S)
    assert overlaps == []


def test_closing_from_the_callback_works_and_closing_twice_too(root: Path) -> None:
    closed = threading.Event()

    def close_at_once(change: ChangeSet) -> None:
        running.close()
        closed.set()

    running = Watcher(root, close_at_once, timing=QUICK)
    with running:
        running.notify(["a.py"])
        assert closed.wait(LIMIT_S)
    running.close()


def test_no_thread_or_descriptor_stays(root: Path, changes: Changes) -> None:
    with Watcher(root, changes, timing=QUICK):
        pass
    threads, descriptors = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with Watcher(root, changes, timing=QUICK):
            pass
    assert wait_until(lambda: threading.active_count() <= threads)
    assert len(list(Path("/proc/self/fd").iterdir())) <= descriptors


def test_a_folder_that_goes_and_comes_back_is_watched_again(root: Path, changes: Changes) -> None:
    timing = Timing(quiet_s=0.02, poll_every_s=0.05)
    with Watcher(root, changes, timing=timing) as watcher:
        shutil.rmtree(root)
        assert wait_until(lambda: watcher.state.mode == "polling")
        assert "the folder is gone" in watcher.state.message
        root.mkdir()
        assert wait_until(lambda: watcher.state.mode == "watching")
        (root / "n.py").write_text("x\n")
        changes.wait_for_paths("n.py")


@pytest.mark.parametrize(
    ("code", "setting"), [(errno.EMFILE, "max_user_instances"), (errno.ENOSPC, "max_user_watches")]
)
def test_without_watches_the_folder_is_polled_and_the_limit_named(
    root: Path, changes: Changes, code: int, setting: str
) -> None:
    def refuse(root: Path, git_folder: Path | None, sink: Sink) -> Feed:
        raise OSError(code, "limit reached")

    with Watcher(root, changes, timing=Timing(quiet_s=0.01, poll_every_s=0.05), open_feed=refuse) as watcher:
        assert watcher.state.mode == "polling"
        assert f"sudo sysctl fs.inotify.{setting}=" in watcher.state.message
        changes.wait(lambda sets: sum(change.full for change in sets) >= 2)
        watcher.notify(["a.py"])
        changes.wait_for_paths("a.py")


@careful
def test_the_instance_is_given_back_when_watching_fails(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(FileNotFoundError):
        feed_module.open_feed(tmp_path / "missing", None, Recorder())
    assert len(list(Path("/proc/self/fd").iterdir())) == before


class Recorder:
    """A sink that keeps what it is told."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []
        self.misses = 0

    def hinted(self, hint: Hint) -> None:
        self.hints.append(hint)

    def missed(self) -> None:
        self.misses += 1


@careful
def test_folders_over_the_limit_are_counted_and_polled(
    root: Path, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchdog.observers.inotify_c import InotifyFD

    for n in range(10):
        (root / f"many/{n}").mkdir(parents=True)
    real_add, added = InotifyFD.add_callback, []

    def add_up_to_five(self: Any, path: bytes, *rest: Any) -> Any:
        added.append(path)
        if len(added) > 5:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return real_add(self, path, *rest)

    monkeypatch.setattr(InotifyFD, "add_callback", add_up_to_five)
    with Watcher(root, changes, timing=Timing(quiet_s=0.01, poll_every_s=0.1)) as watcher:
        assert watcher.state.mode == "watching"
        assert watcher.state.missed == len(added) - 5 > 0
        assert "max_user_watches" in watcher.state.message
        changes.wait_for_full("time for a full look")


@careful
def test_only_folders_that_belong_cost_a_watch(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from watchdog.observers.inotify_c import InotifyFD

    for n in range(50):
        (root / f"node_modules/{n}/lib").mkdir(parents=True)
    git(root, "init", "-q")
    real_add, added = InotifyFD.add_callback, []

    def note(self: Any, path: bytes, *rest: Any) -> Any:
        added.append(path.decode())
        return real_add(self, path, *rest)

    monkeypatch.setattr(InotifyFD, "add_callback", note)
    feed = feed_module.open_feed(root, root / ".git", Recorder())
    feed.close()
    assert set(added) == {str(root), str(root / "src"), str(root / "src/deep"), str(root / ".git")}


@careful
def test_lost_events_are_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Recorder()
    feed = feed_module.open_feed(root, None, sink)
    try:
        observer: Any = feed
        (emitter,) = observer._observer.emitters
        emitter._inotify.on_queue_overflow()
    finally:
        feed.close()
    assert sink.hints == [Hint(everything="the system lost events")]


@careful
def test_a_folder_met_twice_is_watched_on(root: Path) -> None:
    feed = feed_module.open_feed(root, None, Recorder())
    try:
        observer: Any = feed
        (emitter,) = observer._observer.emitters
        emitter._inotify._add_all_callbacks(os.fsencode(root / "src"))  # warnings are errors in tests
        assert feed.is_alive()
    finally:
        feed.close()


@pytest.mark.parametrize("version", [(6, 0, 0), (99, 0, 0)])
def test_an_untried_watchdog_is_used_as_it_is(
    root: Path, changes: Changes, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    monkeypatch.setattr("watchdog.version.VERSION_INFO", version)
    with Watcher(root, changes, timing=QUICK):
        (root / "node_modules/x/new.js").write_text("x\n")
        overwrite(root)
        changes.wait_for_paths("a.py")
    assert changes.paths() == {"a.py"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux loses events in silence")
def test_a_watch_that_would_not_tell_of_losses_is_backed_by_polling(
    root: Path, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchdog.version.VERSION_INFO", (6, 0, 0))
    with Watcher(root, changes, timing=Timing(quiet_s=0.01, full_every_s=1_000, poll_every_s=0.05)):
        changes.wait(lambda sets: sum(change.full for change in sets) >= 2)


def wait_until(holds: Callable[[], bool]) -> bool:
    """For state that announces nothing; looks often, and gives up late."""
    until_s = time.monotonic() + LIMIT_S
    tick = threading.Event()
    while not holds():
        if time.monotonic() > until_s:
            return False
        tick.wait(0.01)
    return True
