"""The open documents: the life of one, clients that say what they should not, and threads."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from scholiast_server.lsp.documents import Document, Documents
from scholiast_server.lsp.edits import Change
from scholiast_server.lsp.limits import DOCUMENT_BYTES_MAX
from scholiast_server.lsp.positions import Encoding, Position, Range

URI = "file:///w/a.py"


def append(line: int, text: str) -> Change:
    end = Position(line, 2**31)
    return Change(text, Range(end, end))


def current(documents: Documents, uri: str = URI) -> Document:
    document = documents.get(uri)
    assert document is not None
    return document


def test_a_document_lives_from_open_to_close() -> None:
    documents = Documents()
    opened = documents.open(URI, "python", 1, "x = 1")
    assert (opened.uri, opened.language_id, opened.version) == (URI, "python", 1)
    assert (opened.text, opened.unsaved) == ("x = 1", False)
    changed = documents.change(URI, 2, [append(0, "0\n"), append(1, "y = 2")])
    assert changed is not None and documents.get(URI) is changed
    assert (changed.version, changed.text, changed.lines.count, changed.unsaved) == (2, "x = 10\ny = 2", 2, True)
    assert opened.text == "x = 1", "a document is a value"
    saved = documents.save(URI)
    assert saved is not None and (saved.version, saved.text, saved.unsaved) == (2, changed.text, False)
    assert documents.close(URI) == saved
    assert (documents.get(URI), documents.uris()) == (None, [])


def test_what_was_saved_is_taken_as_the_text(caplog: pytest.LogCaptureFixture) -> None:
    documents = Documents()
    documents.open(URI, "python", 1, "x")
    documents.save(URI, "x")
    assert not caplog.records
    documents.save(URI, "x  # formatted\n")
    assert (current(documents).text, len(caplog.records)) == ("x  # formatted\n", 1)


@pytest.mark.parametrize(("encoding", "expected"), [("utf-8", "🙂Xb"), ("utf-16", "🙂abX"), ("utf-32", "🙂abX")])
def test_ranges_count_in_the_encoding_agreed_upon(encoding: Encoding, expected: str) -> None:
    documents = Documents()
    documents.encoding = encoding
    documents.open(URI, "text", 0, "🙂ab")
    documents.change(URI, 1, [Change("X", Range(Position(0, 4), Position(0, 5)))])
    assert current(documents).text == expected


def test_the_clients_own_changes_are_taken() -> None:
    types = pytest.importorskip("lsprotocol.types")
    documents = Documents(types.PositionEncodingKind.Utf8)
    documents.open(URI, "text", 0, "é|")
    where = types.Range(types.Position(0, 2), types.Position(0, 3))
    documents.change(URI, 1, [types.TextDocumentContentChangePartial(where, "X")])
    assert current(documents).text == "éX"
    documents.change(URI, 2, [types.TextDocumentContentChangeWholeDocument("new")])
    assert current(documents).text == "new"


def test_an_older_version_is_left_out_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    documents = Documents()
    documents.open(URI, "python", 5, "x")
    assert documents.change(URI, 4, [Change("old")]) is None
    assert (current(documents).text, current(documents).version) == ("x", 5)
    assert [record.getMessage() for record in caplog.records] == [
        f"{URI}: version 4 comes after 5 and is left out",
    ]
    assert documents.change(URI, None, [Change("no version")]) is not None
    assert (current(documents).text, current(documents).version) == ("no version", 5)
    documents.close(URI)
    documents.open(URI, "python", 1, "anew")
    assert documents.change(URI, 2, [Change("newer")]) is not None


def test_what_was_never_opened_is_left_out_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    documents = Documents()
    assert documents.change(URI, 1, [Change("x")]) is None
    assert documents.save(URI) is None
    assert documents.close(URI) is None
    assert documents.get(URI) is None
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, f"{URI} is {what} without having been opened") for what in ("changed", "saved", "closed")
    ]


def test_a_document_opened_twice_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    documents = Documents()
    documents.open(URI, "python", 9, "old")
    documents.open(URI, "python", 1, "new")
    assert (current(documents).text, current(documents).version, len(caplog.records)) == ("new", 1, 1)


def test_one_document_has_many_spellings() -> None:
    documents = Documents(flavour="windows")
    documents.open("file:///c%3A/w/a%20b.py", "python", 1, "x")
    documents.change("file:///C:/w/a b.py", 2, [Change("y")])
    assert current(documents, "file:///c:/W/A%20b.py").text == "y"
    assert documents.uris() == ["file:///c%3A/w/a%20b.py"]
    documents.close("file:///C:/w/a%20b.py")
    assert documents.uris() == []


def test_documents_that_are_no_files_are_kept_too() -> None:
    documents = Documents()
    for uri in ("untitled:Untitled-1", "untitled:Untitled-2", "git:/w/a.py?%7B%7D", URI):
        documents.open(uri, "python", 1, uri)
    assert [current(documents, uri).text for uri in documents.uris()] == documents.uris()
    assert len(documents.uris()) == 4


def test_a_document_past_the_limit_keeps_its_positions_right() -> None:
    line = "x = 'é'\n"  # 9 bytes
    documents = Documents()
    documents.open(URI, "python", 1, line * (DOCUMENT_BYTES_MAX // 9))
    assert not current(documents).too_large
    documents.change(URI, 2, [Change(line * 2, Range(Position(0, 0), Position(0, 0)))])
    document = current(documents)
    assert document.too_large
    assert document.lines.position(document.lines.offset(1_000_000, 6, "utf-16"), "utf-16") == Position(1_000_000, 6)
    documents.change(URI, 3, [Change("small")])
    assert not current(documents).too_large


def test_half_a_surrogate_pair_is_kept_as_one_unit() -> None:
    documents = Documents()
    documents.open(URI, "text", 1, "a\ud83d")
    documents.change(URI, 2, [append(0, "\ude00"), append(0, "b")])
    assert (current(documents).text, current(documents).lines.offset(0, 3, "utf-16")) == ("a\ufffd\ufffdb", 7)


def test_threads_lose_no_change_and_readers_are_not_disturbed() -> None:
    documents = Documents()
    uris = [f"file:///w/{number}.py" for number in range(8)]
    documents.open(URI, "python", 0, "")

    def write(uri: str) -> None:
        documents.open(uri, "python", 0, "")
        for version in range(1, 101):
            documents.change(uri, version, [append(0, "x")])
            documents.change(URI, None, [append(0, "x")])

    def read(_: int) -> None:
        for _ in range(500):
            for uri in documents.uris():
                document = current(documents, uri)
                assert document.text == "x" * len(document.text)

    with ThreadPoolExecutor(12) as pool:
        readers = [pool.submit(read, number) for number in range(4)]
        writers = [pool.submit(write, uri) for uri in uris]
    for done in (*readers, *writers):
        done.result()
    assert [current(documents, uri).text for uri in uris] == ["x" * 100] * 8
    assert len(current(documents).text) == 800
