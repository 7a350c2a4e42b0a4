"""An embedder that follows behind: it embeds beside updates and searches, goes on where it was, and serves at last."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests.indexer.index.conftest import CountingEmbedder, Vectors, World, content_of

from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.errors import EmbedderError, IndexClosedError
from scholiast_indexer.index import Index
from scholiast_indexer.limits import MODEL_GRACE_S
from scholiast_indexer.stores.writer_lock import WriterLock
from scholiast_indexer.types import Progress
from scholiast_indexer.updating.following import LOCK_NAME

FUNCTIONS = 60
LEVEL = StaticEmbedder().fingerprint


class Upcoming(CountingEmbedder):
    """Calls `between` before each batch."""

    def __init__(self, between: Callable[[], object] = lambda: None, name: str = "upcoming") -> None:
        super().__init__(name, 32)
        self.between = between

    def documents(self, texts: Sequence[str]) -> Vectors:
        self.between()
        return super().documents(texts)


def function(number: int) -> str:
    return f"def function_{number}():\n    return 'value number {number}'\n"


@pytest.fixture
def wide(tmp_path: Path) -> World:
    """A workspace of as many chunks as files."""
    return World(tmp_path / "wide", {f"f{number}.py": function(number) for number in range(FUNCTIONS)})


@contextlib.contextmanager
def opened(world: World, upcoming: CountingEmbedder | None) -> Iterator[Index]:
    with Index.open(world.root, upcoming=upcoming) as index:
        yield index


def serving(index: Index) -> str:
    return index.status().embedder


def after(count: int) -> Callable[[], bool]:
    """True when it was asked so often before."""
    asked = iter([False] * count)
    return lambda: next(asked, True)


def test_it_serves_when_it_has_embedded_all(wide: World) -> None:
    upcoming = Upcoming()
    with opened(wide, upcoming) as index:
        report = index.update()
        assert (report.embedded, serving(index), upcoming.texts) == (FUNCTIONS, LEVEL, [])
        assert index.embed_upcoming()
        status = index.status()
        assert (status.embedder, status.dimension) == ("upcoming-32", 32)
        assert status.upcoming is not None and status.upcoming.serves
        assert (status.upcoming.done, status.upcoming.total) == (FUNCTIONS, FUNCTIONS)
        assert len(upcoming.texts) == len(set(upcoming.texts)) == FUNCTIONS
        assert index.search("value number 7")[0].path == "f7.py"
        content_of(index)
        assert index.embed_upcoming() and len(upcoming.texts) == FUNCTIONS
        assert not index.notes and not index.is_stale()


def test_it_holds_what_an_index_of_its_own_would_hold(world: World, tmp_path: Path) -> None:
    with opened(world, Upcoming()) as index:
        index.update()
        index.embed_upcoming()
        with Index.open(world.root, Upcoming(), directory=tmp_path / "own") as own:
            own.update()
            assert content_of(index) == content_of(own)


def test_there_may_be_none(world: World) -> None:
    with opened(world, None) as index:
        index.update()
        assert index.embed_upcoming() and index.status().upcoming is None


def test_one_that_is_level_anyway_does_not_follow(world: World) -> None:
    with Index.open(world.root, Upcoming(), Upcoming()) as index:
        index.update()
        assert index.embed_upcoming() and index.status().upcoming is None


def test_it_goes_on_where_it_was_stopped(wide: World) -> None:
    texts: list[str] = []
    for asked in (0, 1, 3, 2):
        upcoming = Upcoming()
        with opened(wide, upcoming) as index:
            index.update()
            assert not index.embed_upcoming(cancelled=after(asked))
            status = index.status().upcoming
            texts += upcoming.texts
            assert status is not None and (status.done, status.serves) == (len(texts), False)
            assert serving(index) == LEVEL and index.search("value number 7")[0].path == "f7.py"
    upcoming = Upcoming()
    with opened(wide, upcoming) as index:
        assert index.embed_upcoming() and serving(index) == "upcoming-32"
    texts += upcoming.texts
    assert len(texts) == len(set(texts)) == FUNCTIONS


def test_what_a_callback_raises_ends_it(wide: World) -> None:
    def refuse(progress: Progress) -> None:
        raise KeyboardInterrupt

    with opened(wide, Upcoming()) as index:
        index.update()
        with pytest.raises(KeyboardInterrupt):
            index.embed_upcoming(refuse)
        assert index.embed_upcoming()


def test_after_a_kill_it_goes_on_where_it_was(wide: World) -> None:
    killing = textwrap.dedent(f"""
        import os, signal
        from tests.indexer.index.conftest import CountingEmbedder
        from scholiast_indexer.index import Index

        class Killing(CountingEmbedder):
            def documents(self, texts):
                if self.texts:
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().documents(texts)

        with Index.open({str(wide.root)!r}, upcoming=Killing("upcoming", 32)) as index:
            index.update()
            index.embed_upcoming()
    """)
    repository = Path(__file__).parents[3]
    for _ in range(2):
        ended = subprocess.run([sys.executable, "-c", killing], cwd=repository, check=False)
        assert ended.returncode == -signal.SIGKILL
    upcoming = Upcoming()
    with opened(wide, upcoming) as index:
        status = index.status().upcoming
        assert status is not None and 0 < status.done < FUNCTIONS
        assert index.embed_upcoming()
        assert len(upcoming.texts) == FUNCTIONS - status.done
        content_of(index)


def test_progress_counts_what_was_missing(wide: World) -> None:
    told: list[Progress] = []
    upcoming = Upcoming()
    upcoming.between = lambda: time.sleep(0.02)  # progress is told ten times a second at most
    with opened(wide, upcoming) as index:
        index.update()
        index.embed_upcoming(told.append)
    assert told[0].done == 0 and {progress.total for progress in told} == {FUNCTIONS}
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    assert {progress.stage for progress in told} == {"embedding"}


# -- while it follows -----------------------------------------------------------------------------------------------


def test_updates_meanwhile_keep_both_level(wide: World) -> None:
    with opened(wide, upcoming := Upcoming()) as index:
        index.update()
        changes: Iterator[Callable[[], None]] = iter(
            [
                lambda: wide.write("new.py", "def fresh_thing():\n    return 'quite another one'\n"),
                lambda: wide.write("f3.py", "def rewritten():\n    return 'something else'\n"),
                lambda: wide.remove("f4.py"),
                lambda: wide.rename("f5.py", "moved/f5.py"),
            ]
        )

        def change() -> None:
            act = next(changes, None)
            if act is not None:
                act()
                report = index.update()  # from the thread that embeds: it holds no lock meanwhile
                assert index.search("fresh_thing")[0].path == "new.py"
                assert report.embedded <= 1

        upcoming.between = change
        assert index.embed_upcoming() and serving(index) == "upcoming-32"
        content_of(index)
        for query, path in (("fresh_thing", "new.py"), ("rewritten", "f3.py"), ("function_5", "moved/f5.py")):
            assert index.search(query)[0].path == path


def test_searches_in_other_threads_see_one_embedder_or_the_other(wide: World) -> None:
    problems: list[str] = []
    stop = threading.Event()
    with opened(wide, Upcoming()) as index:
        index.update()

        def search() -> None:
            while not stop.is_set():
                hits = index.search("value number 7")
                if hits[0].path != "f7.py" or not hits[0].why["dense"]:
                    problems.append(str(hits[:2]))

        threads = [threading.Thread(target=search) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            assert index.embed_upcoming()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert not problems and not index.notes


def test_unsaved_text_is_found_before_and_after_the_switch(world: World) -> None:
    text = b"def brand_new_parser():\n    '''Reads tokens of a stream.'''\n"
    with opened(world, Upcoming()) as index:
        index.update()
        index.lay_over("src/parser.py", text)
        assert index.search("reads tokens of a stream")[0].path == "src/parser.py"
        index.embed_upcoming()
        best = index.search("reads tokens of a stream")[0]
        assert best.path == "src/parser.py" and best.why["dense"] > 0, "it was given a vector of the one that serves"
        index.lay_over("src/parser.py", text + b"\n\ndef second_thing():\n    return 2\n")
        assert index.search("second_thing")[0].path == "src/parser.py"


def test_unsaved_text_takes_known_vectors_and_a_few_new_ones(tmp_path: Path) -> None:
    lines = "".join(f"    attribute_{line} = '{'x' * 50}'\n" for line in range(20))
    body = "\n\n".join(f"class Thing{n}:\n{lines}" for n in range(12))
    world = World(tmp_path / "work", {"things.py": body})
    with opened(world, upcoming := Upcoming()) as index:
        index.update()
        index.embed_upcoming()
        upcoming.texts.clear()
        index.lay_over("things.py", body.replace("Thing3", "Changed").encode())
        assert len(upcoming.texts) == 1, "the others are known"
        upcoming.texts.clear()
        index.lay_over("things.py", body.replace("Thing", "Altered").encode())
        assert len(upcoming.texts) == 4, "no more than there is time for"
        assert index.search("Altered9")[0].symbol == "Altered9", "words find the rest"


def test_unsaved_text_is_taken_in_though_the_embedder_fails(world: World) -> None:
    with opened(world, upcoming := Upcoming()) as index:
        index.update()
        index.embed_upcoming()

        def fail() -> None:
            raise RuntimeError("gone")

        upcoming.between = fail
        assert index.lay_over("src/other.py", b"def other_thing():\n    return 1\n")
        assert index.search("other_thing")[0].path == "src/other.py"


def test_two_processes_do_not_embed_the_same(world: World) -> None:
    with opened(world, upcoming := Upcoming()) as index:
        index.update()
        with WriterLock(world.directory, LOCK_NAME).held():
            done: list[bool] = []
            thread = threading.Thread(target=lambda: done.append(index.embed_upcoming()))
            thread.start()
            thread.join()
        assert done == [False] and not upcoming.texts
        assert "another process is at work on the vectors of upcoming-32" in index.notes[0]
        assert index.embed_upcoming()


@pytest.mark.parametrize(("at_most", "done"), [(FUNCTIONS - 1, False), (FUNCTIONS, True)])
def test_more_than_was_allowed_is_left(wide: World, at_most: int, done: bool) -> None:
    with opened(wide, upcoming := Upcoming()) as index:
        index.update()
        assert index.embed_upcoming(at_most=at_most) == done
        assert bool(upcoming.texts) == done


# -- once it serves -------------------------------------------------------------------------------------------------


def ready(world: World) -> None:
    with opened(world, Upcoming()) as index:
        index.update()
        assert index.embed_upcoming()


def test_it_serves_at_once_when_it_is_opened_again(wide: World) -> None:
    ready(wide)
    upcoming = Upcoming()
    with opened(wide, upcoming) as index:
        assert serving(index) == "upcoming-32" and not index.is_stale()
        assert index.search("value number 7")[0].why["dense"] > 0
        index.update()
        assert not upcoming.texts


@pytest.mark.parametrize(("changed", "serves"), [(1, True), (10, True), (14, False), (60, False)])
def test_it_goes_on_serving_while_it_lacks_few(wide: World, changed: int, serves: bool) -> None:
    ready(wide)
    for number in range(changed):
        wide.write(f"f{number}.py", f"def altered_{number}():\n    return 'changed thing {number}'\n")
    with opened(wide, None) as index:
        index.update()
    upcoming = Upcoming()
    with opened(wide, upcoming) as index:
        assert (serving(index) == "upcoming-32") == serves
        assert index.search("altered_0")[0].path == "f0.py", "words find what has no vector yet"
        assert index.embed_upcoming() and len(upcoming.texts) == changed
        assert serving(index) == "upcoming-32"
        content_of(index)


def test_new_chunks_have_vectors_once_it_has_followed(wide: World) -> None:
    ready(wide)
    with opened(wide, Upcoming()) as index:
        wide.write("new.py", "def fresh_thing():\n    return 'quite another one'\n")
        index.update()
        assert not index.search("fresh_thing")[0].why["dense"]
        assert index.embed_upcoming()
        assert index.search("fresh_thing")[0].why["dense"] > 0
        content_of(index)


def test_what_it_embedded_before_is_not_embedded_again(wide: World) -> None:
    ready(wide)
    with opened(wide, upcoming := Upcoming()) as index:
        wide.write("f0.py", "def other():\n    return 0\n")
        index.update()
        index.embed_upcoming()
        upcoming.texts.clear()
        wide.write("f0.py", function(0))
        index.update()
        assert index.search("value number 0")[0].why["dense"] > 0
        assert index.embed_upcoming() and not upcoming.texts


def test_switching_back_embeds_nothing(wide: World) -> None:
    ready(wide)
    for upcoming, expected in ((None, LEVEL), (Upcoming(), "upcoming-32"), (None, LEVEL)):
        with opened(wide, upcoming) as index:
            assert index.update().embedded == 0 and serving(index) == expected
            assert upcoming is None or not upcoming.texts
            content_of(index)


def test_vectors_that_nobody_uses_are_dropped_after_the_grace(wide: World) -> None:
    ready(wide)

    def models() -> list[tuple[str, int]]:
        with contextlib.closing(sqlite3.connect(wide.database)) as connection:
            return connection.execute(
                "SELECT fingerprint, count(text_hash) FROM model LEFT JOIN vector ON model_id = id"
                " GROUP BY id ORDER BY id"
            ).fetchall()

    def age(fingerprint: str, seconds: float) -> None:
        with contextlib.closing(sqlite3.connect(wide.database)) as connection:
            connection.execute("UPDATE meta SET value = value - ? WHERE key = ?", (seconds, f"used:{fingerprint}"))
            connection.commit()

    both = [(LEVEL, FUNCTIONS), ("upcoming-32", FUNCTIONS)]
    with opened(wide, None) as index:
        index.update()
        assert models() == both
        age("upcoming-32", MODEL_GRACE_S - 60)
        index.update()
        assert models() == both
    with opened(wide, Upcoming()) as index:
        index.update()  # it is used again
    with opened(wide, None) as index:
        age("upcoming-32", MODEL_GRACE_S - 60)
        index.update()
        assert models() == both
        age("upcoming-32", 120)
        index.update()
        assert models() == both[:1]
    with opened(wide, upcoming := Upcoming()) as index:
        assert serving(index) == LEVEL
        assert index.embed_upcoming() and len(upcoming.texts) == FUNCTIONS


# -- failures -------------------------------------------------------------------------------------------------------


def test_a_failure_is_told_and_what_served_goes_on(wide: World) -> None:
    with opened(wide, upcoming := Upcoming()) as index:
        index.update()

        def fail() -> None:
            if upcoming.texts:
                raise RuntimeError("no more memory")

        upcoming.between = fail
        for _ in range(2):
            assert not index.embed_upcoming()
        assert index.notes == [
            f"searching goes on with {LEVEL}: the embedder upcoming-32 failed: RuntimeError: no more memory"
        ]
        assert serving(index) == LEVEL and index.search("value number 7")[0].path == "f7.py"
        upcoming.between = lambda: None
        assert index.embed_upcoming() and len(upcoming.texts) == FUNCTIONS


def test_one_that_takes_no_question_does_not_serve(wide: World) -> None:
    class Mute(Upcoming):
        def query(self, text: str) -> Vectors:
            raise RuntimeError("no questions")

    with opened(wide, Mute()) as index:
        index.update()
        assert not index.embed_upcoming() and serving(index) == LEVEL
        assert "no questions" in index.notes[0]


class Asking(Upcoming):
    """Has to ask a server what it is, which is away at first."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = True
        self.is_known = False
        self.asked = 0

    def ask(self) -> None:
        self.asked += 1
        if self.is_away:
            raise EmbedderError("the server is away")
        self.is_known = True

    @property
    def fingerprint(self) -> str:
        assert self.is_known, "nobody looks before it was asked"
        return super().fingerprint


def test_one_that_has_to_ask_what_it_is_is_asked_before_it_embeds_and_never_to_open_an_index(wide: World) -> None:
    with opened(wide, upcoming := Asking()) as index:
        index.update()
        assert index.search("value number 7") and index.status().upcoming is None
        assert not upcoming.asked and not index.notes
        assert not index.embed_upcoming() and index.status().upcoming is None
        assert index.notes == [f"searching goes on with {LEVEL}: the server is away"]
        upcoming.is_away = False
        assert index.embed_upcoming() and serving(index) == "upcoming-32"
    with opened(wide, known := Asking()) as index:
        known.is_known = True
        assert serving(index) == LEVEL, "what it turned out to be is the embedder's own to remember"
    known = Asking()
    known.is_known = True
    with opened(wide, known) as index:
        assert serving(index) == "upcoming-32" and not known.asked


def test_damage_is_mended_on_the_way(wide: World) -> None:
    with opened(wide, upcoming := Upcoming()) as index:
        index.update()

        def damage() -> None:
            if len(upcoming.texts) == 0:
                with contextlib.closing(sqlite3.connect(wide.database)) as connection:
                    connection.execute("UPDATE content SET data = zeroblob(20)")
                    connection.commit()

        upcoming.between = damage
        assert index.embed_upcoming() and serving(index) == "upcoming-32"
        assert any("damaged" in note for note in index.notes)
        content_of(index)


def test_closing_ends_it(wide: World) -> None:
    index = Index.open(wide.root, upcoming=(upcoming := Upcoming()))
    index.update()
    begun = threading.Event()
    upcoming.between = begun.set

    def close() -> None:
        begun.wait()
        index.close()

    closing = threading.Thread(target=close)
    closing.start()
    ended = False
    with contextlib.suppress(IndexClosedError):
        ended = index.embed_upcoming()
    closing.join()
    with opened(wide, Upcoming()) as again:
        assert again.embed_upcoming() or ended
