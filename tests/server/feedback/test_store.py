"""Verdicts are kept whole or not at all, each in one line, whoever writes at the same time and however it ends."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from scholiast_server.answering.types import Answer, Confidence, Provenance, Source
from scholiast_server.errors import FeedbackError
from scholiast_server.feedback.limits import FILE_BYTES_MAX, RECORD_BYTES_MAX
from scholiast_server.feedback.record import FORMAT, Record, decoded, encoded
from scholiast_server.feedback.store import Store

PIECE = Source(1, "src/\udcff.py", 1, 3, "sign", "python", "function", "0" * 24, 1.0)
PROVENANCE = Provenance(
    asked="how?", engine="extractive", evidence=(PIECE,), confidence=Confidence("strong", 1.0, 1.0, ())
)
ANSWER = Answer("how?", "By `sign` [1].", "extractive", None, True, (), (), PROVENANCE)


def said(answer_id: str, edit: str | None = None) -> Record:
    return Record(
        answer_id=answer_id, client_id=f"c-{answer_id}", time="2026-11-28T08:00:00+00:00", verdict="good", edit=edit,
        folder="/home/ada/kiln", task="ask", answer=ANSWER,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


def ids(store: Store) -> list[str]:
    return [record.answer_id for record in store.kept().records]


def file_of(store: Store) -> Path:
    assert store.path is not None
    return store.path


def test_what_is_kept_is_kept_whole_and_for_this_user_alone(store: Store) -> None:
    path = store.keep(said("a", "By `sign`.\n\nWith a key 😀."))
    (kept,) = store.kept().records
    piece = msgspec.structs.replace(PIECE, path="src/\ufffd.py")
    provenance = msgspec.structs.replace(PROVENANCE, evidence=(piece,))
    whole = said("a", "By `sign`.\n\nWith a key 😀.")
    assert kept == msgspec.structs.replace(whole, answer=msgspec.structs.replace(ANSWER, provenance=provenance))
    assert json.loads(path.read_text(encoding="utf-8"))["answer"]["provenance"]["evidence"][0]["hash"] == "0" * 24
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_another_verdict_takes_the_place_of_the_one_before(store: Store) -> None:
    for answer_id in ("a", "b", "c"):
        store.keep(said(answer_id))
    path = store.keep(said("b", "another"))
    assert ids(store) == ["a", "c", "b"] and path.read_bytes().count(b'"answer_id":"b"') == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_forgotten_is_gone_from_the_file(store: Store) -> None:
    for answer_id in ("a", "b"):
        path = store.keep(said(answer_id, f"version of {answer_id}"))
    assert store.forget(lambda record: record.answer_id == "a") == 1
    assert ids(store) == ["b"] and b"version of a" not in path.read_bytes()
    assert store.forget(lambda record: record.answer_id == "a") == 0
    assert store.forget() == 1 and not path.exists() and store.kept().records == ()
    assert store.forget() == 0


def test_the_text_of_an_answer_can_not_pass_for_another_one(store: Store) -> None:
    store.keep(said("a", edit='","answer_id":"b"'))
    store.keep(said("b"))
    assert ids(store) == ["a", "b"]


DAMAGED = [
    (b"{", "is damaged"),
    (b"\xff\xfe", "is damaged"),
    (b"[]", "is damaged"),
    (b'{"format":1}', "missing required field `answer_id`"),
    (encoded(said("x"))[:-20], "is damaged"),
    (encoded(msgspec.structs.replace(said("x"), format=FORMAT + 1)).strip(), "written by a newer version"),
]


@pytest.mark.parametrize(("line", "told"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_line_that_can_not_be_read_costs_itself_alone(line: bytes, told: str, store: Store) -> None:
    store.keep(said("a"))
    with file_of(store).open("ab") as file:
        file.write(line)  # without an end, as a crash leaves it
    store.keep(said("b"))
    store.keep(said("a", "again"))
    assert ids(store) == ["b", "a"]
    (problem,) = store.kept().damaged
    assert problem.startswith("line 1 ") and told in problem
    assert line in file_of(store).read_bytes(), "nobody deletes what can't be read"
    assert store.forget() == 3 and not file_of(store).exists()


def test_past_the_limit_the_oldest_give_way(tmp_path: Path) -> None:
    size = len(encoded(said("00")))
    store = Store(tmp_path / "data", bytes_max=10 * size)
    for number in range(11):
        store.keep(said(f"{number:02}"))
    assert ids(store) == [f"{number:02}" for number in range(4, 11)], "a quarter of the room is free again"
    for number in range(11, 14):
        store.keep(said(f"{number:02}"))
    assert len(ids(store)) == 10 and file_of(store).stat().st_size <= 10 * size


def test_one_that_is_too_long_is_refused(store: Store) -> None:
    store.keep(said("a"))
    with pytest.raises(FeedbackError, match="are the limit"):
        store.keep(said("b", "x" * RECORD_BYTES_MAX))
    assert ids(store) == ["a"]


def test_without_a_home_there_is_nothing_and_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert Store().kept().records == ()
    with pytest.raises(FeedbackError, match="Set HOME, or XDG_DATA_HOME"):
        Store().keep(said("a"))


LIMITED = """
import resource, signal, sys
from pathlib import Path
import msgspec
from scholiast_server.errors import FeedbackError
from scholiast_server.feedback.store import Store
store = Store(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
(first,) = store.kept().records
resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size + int(sys.argv[2]), resource.RLIM_INFINITY))
for changed in (msgspec.structs.replace(first, answer_id="b"), msgspec.structs.replace(first, edit="x" * 5000)):
    try:
        store.keep(changed)
        sys.exit("there was room")
    except FeedbackError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX's")
@pytest.mark.parametrize("room", [0, 1, 200])
def test_where_nothing_can_be_written_it_is_told_and_nothing_has_changed(store: Store, room: int) -> None:
    store.keep(said("a"))
    before = file_of(store).read_bytes()
    command = [sys.executable, "-c", LIMITED, str(file_of(store).parent), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("can't be written: ") == 2 and done.stdout.count("Verdicts are kept there.") == 2
    assert file_of(store).read_bytes() == before
    assert sorted(path.name for path in file_of(store).parent.iterdir()) == ["feedback.jsonl", "feedback.lock"]


def test_a_file_that_can_not_be_read_is_told(store: Store) -> None:
    file_of(store).mkdir(parents=True)
    for act in (store.kept, store.forget, lambda: store.keep(said("a"))):
        with pytest.raises(FeedbackError, match="can't be read: Is a directory"):
            act()


def test_a_file_that_is_none_of_ours_is_left_alone(store: Store) -> None:
    store.keep(said("a"))
    os.truncate(file_of(store), 2 * FILE_BYTES_MAX + 1)
    for act in (store.kept, store.forget, lambda: store.keep(said("b"))):
        with pytest.raises(FeedbackError, match="Set it aside"):
            act()


MANY = """
import sys
from pathlib import Path
import msgspec
from scholiast_server.feedback.record import decoded
from scholiast_server.feedback.store import Store
store, record = Store(Path(sys.argv[1])), decoded(sys.stdin.buffer.read())
for number in range(20):
    store.keep(msgspec.structs.replace(record, answer_id=f"{sys.argv[2]}-{number}"))
    if number % 5 == 4:
        store.forget(lambda known, gone=f"{sys.argv[2]}-{number - 1}": known.answer_id == gone)
"""


def test_processes_at_once_lose_nothing(store: Store) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", MANY, str(file_of(store).parent), name], stdin=subprocess.PIPE)
        for name in ("a", "b", "c")
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(encoded(said("x")))
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    left = [number for number in range(20) if number % 5 != 3]
    assert sorted(ids(store)) == sorted(f"{name}-{number}" for name in "abc" for number in left)
    assert store.kept().damaged == ()


def test_a_kill_while_a_verdict_is_written_costs_that_one_at_most(store: Store) -> None:
    store.keep(said("a"))
    endless = MANY.replace("range(20)", "range(10**9)")
    command = [sys.executable, "-c", endless, str(file_of(store).parent), "k"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(encoded(said("x")))
        process.stdin.close()
        while len(ids(store)) < 10:
            assert process.poll() is None
        process.kill()
    store.keep(said("z"))
    assert ids(store)[0] == "a" and ids(store)[-1] == "z" and len(store.kept().damaged) <= 1


def test_a_line_is_read_as_it_was_written() -> None:
    record = said("a", "b")
    assert encoded(decoded(encoded(record))) == encoded(record)
    assert os.linesep.encode() not in encoded(record)[:-1]
