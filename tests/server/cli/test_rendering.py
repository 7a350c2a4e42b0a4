"""Answers, hits, checks and numbers in words, without a process."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scholiast_indexer.types import Hit
from scholiast_server.answering.types import Answer, Citation, Confidence, Provenance, Sentence, Status, Use
from scholiast_server.cli import checkup, words
from scholiast_server.cli.answers import answer_document, answer_lines
from scholiast_server.cli.checkup import Finding
from scholiast_server.cli.console import Console, Surface
from scholiast_server.cli.hits import first_line
from scholiast_server.cli.probes import GrammarFound, Grammars, Libraries, ProbeFailure, probe
from scholiast_server.cli.session import Session
from scholiast_server.cli.verbs.doctor import finding_lines
from scholiast_server.settings import Settings


@pytest.fixture
def session(tmp_path: Path) -> Session:
    surface = Surface(io.StringIO(), color=False, links=False)
    return Session(tmp_path, Settings(), Console(surface, surface))


def citation(n: int, path: str, symbol: str, status: Status, quote: str = "def a():\n    return 1") -> Citation:
    reason = "" if status == "verified" else f"cites {path}, which do not mention `b`"
    return Citation(n, path, 3, 9, status, quote, symbol, reason, (Use(0, 12, status, reason),))


def answer(text: str, *citations: Citation, found: bool = True) -> Answer:
    confidence = Confidence("strong" if found else "weak", 1.0, 0.5, ())
    provenance = Provenance(asked="q", engine="extractive", confidence=confidence, note="Answered from the code alone.")
    sentences = tuple(
        Sentence(use.start, use.end, use.status, use.reason, (citation.n,))
        for citation in citations
        for use in citation.uses
    )
    return Answer("q", text, "extractive", None, found, citations, sentences, provenance)


def test_an_answer_is_text_sources_code_and_a_note(session: Session) -> None:
    made = answer(
        "A does it [2]. B too [1].",
        citation(2, "src/long/path.py", "Thing.a", "moved"),
        citation(1, "b.py", "b", "verified"),
    )
    assert list(answer_lines(made, session, snippets=1)) == [
        "A does it [2]. B too [1].",
        "",
        "[1] b.py:3-9              b        ✓ verified",
        "[2] src/long/path.py:3-9  Thing.a  → moved",
        "",
        "    3 │ def a():",
        "    4 │     return 1",
        "    ⋮   5 more lines",
        "",
        "Answered from the code alone.",
    ]


def test_a_claim_that_does_not_hold_says_so_where_it_stands(session: Session) -> None:
    made = answer("A does b [1].", citation(1, "a.py", "a", "unsupported"))
    lines = list(answer_lines(made, session, snippets=0))
    assert lines[0].startswith("A does b [1] (not supported: cites a.py, which do not mention `b`).")
    assert lines[2].endswith("✗ unsupported")


def test_the_reason_stands_out_where_there_are_colours(session: Session, tmp_path: Path) -> None:
    surface = Surface(io.StringIO(), color=True, links=False)
    colored = Session(tmp_path, Settings(), Console(surface, surface))
    made = answer("A does `b` [1].\ue000 Fine.", citation(1, "a.py", "a", "unsupported"))
    (line, *_) = answer_lines(made, colored, snippets=0)
    mark = surface.paint("(not supported: cites a.py, which do not mention `b`)", "bad")
    assert mark in line and "\ue000" not in line, "as one piece, and nothing of the answer can end it"
    plain = next(iter(answer_lines(made, session, snippets=0)))
    assert "(not supported: cites a.py, which do not mention `b`)" in plain


def test_an_answer_without_citations_has_no_sources(session: Session) -> None:
    assert list(answer_lines(answer("The pieces do not say."), session, snippets=1)) == [
        "The pieces do not say.",
        "",
        "Answered from the code alone.",
    ]


def test_an_answer_that_found_nothing_lists_what_is_closest(session: Session) -> None:
    made = answer("Nothing in this code answers that. The closest:\n  src/a.py:50  Config", found=False)
    assert list(answer_lines(made, session, snippets=1)) == made.answer.split("\n")


def test_any_number_in_brackets_is_text_of_the_answer(session: Session) -> None:
    made = answer(f"A does it [{'9' * 5_000}].")
    assert next(answer_lines(made, session, snippets=1)) == made.answer


def test_what_a_stranger_says_in_a_note_does_not_drive_the_terminal(tmp_path: Path) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    surface = Surface(Screen(), color=False, links=False)
    made = answer("A does it.")
    noted = msgspec.structs.replace(made.provenance, note="The server says: \x1b[2J.")
    shown = answer_lines(
        msgspec.structs.replace(made, provenance=noted),
        Session(tmp_path, Settings(), Console(surface, surface)),
        snippets=1,
    )
    assert list(shown)[-1] == r"The server says: \x1b[2J."


def test_the_document_of_an_answer_keeps_how_it_was_checked_in_its_provenance() -> None:
    document = answer_document(answer("A [1].", citation(1, "a.py", "a", "moved")))
    assert list(document["citations"][0]) == ["n", "path", "start_line", "end_line", "status", "quote"]
    checks: list[dict[str, Any]] = document["provenance"]["checks"]
    assert [(check["n"], check["symbol"]) for check in checks] == [(1, "a")]
    assert checks[0]["uses"][0]["status"] == "moved"


def hit(symbol: str, text: str = "", start_line: int = 1, end_line: int = 20) -> Hit:
    return Hit("a.py", start_line, end_line, 1.0, "python", symbol, "function", text, {})


def test_a_hit_without_a_symbol_shows_its_first_telling_line() -> None:
    cases = {"\n---\n  Title here  \nmore": "Title here", "": "", "x" * 300: "x" * 99 + "…"}
    assert {text: first_line(text) for text in cases} == cases


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (words.counted(1, "file"), "1 file"),
        (words.counted(1204, "file"), "1,204 files"),
        (words.duration(0.038), "38 ms"),
        (words.duration(1.44), "1.4 s"),
        (words.duration(12.3), "12 s"),
        (words.duration(150), "2 min"),
        (words.duration(20_000), "6 h"),
        (words.duration(400_000), "5 days"),
        (words.age(None), "never"),
        (words.age(0.5), "just now"),
        (words.age(65), "65 s ago"),
        (words.size(812), "812 bytes"),
        (words.size(4_100_000), "4.1 MB"),
        (words.size(41_000_000), "41 MB"),
        (words.size(7_300_000_000), "7.3 GB"),
        (words.reasons({"binary": 2, "secrets": 1}), "3: 2 binary, 1 secrets"),
        (words.share(0.914), ".91"),
        (words.share(1.0), "1.00"),
        (words.ordinal(2), "second"),
        (words.ordinal(7), "7th"),
        (words.shortened("abcdef", 4), "abc…"),
    ],
)
def test_numbers_in_words(made: str, expected: str) -> None:
    assert made == expected


def test_doctor_pairs_what_is_fine_and_says_what_to_do_about_the_rest() -> None:
    findings = [
        Finding("a", "fine", "first"),
        Finding("b", "hint", "could be better", "do this"),
        Finding("c", "fine", "second"),
        Finding("d", "broken", "is broken", "mend it"),
    ]
    plain = Surface(io.StringIO(), color=False, links=False, width=200)
    assert list(finding_lines(findings, plain)) == [
        "✓ first",
        "✓ second",
        "✗ is broken\n    → mend it",
        "! could be better\n    → do this",
    ]


GRAMMAR = GrammarFound("python", "wheel", "tree-sitter-python", "0.25", 15, ())


@pytest.mark.parametrize(
    ("finding", "level", "told"),
    [
        (checkup.vector_graph(ProbeFailure("the process died of SIGILL")), "broken", "died of SIGILL"),
        (checkup.vector_graph(Libraries({"hnswlib": "0.8.0"})), "fine", "hnswlib 0.8.0"),
        (checkup.libraries(Libraries({}, {"tantivy": "no module"})), "broken", "tantivy: no module"),
        (checkup.grammar_sources(ProbeFailure("exit code 1")), "broken", "can't be loaded"),
        (checkup.grammar_sources(Grammars((GRAMMAR,))), "fine", "1 grammars: 1 wheels, 0 bundled"),
        (
            checkup.grammar_sources(Grammars((GRAMMAR, msgspec.structs.replace(GRAMMAR, kind="none")))),
            "hint",
            "1 language cut by lines",
        ),
    ],
)
def test_checks_say_what_they_found(finding: Finding, level: str, told: str) -> None:
    assert (finding.level, told in finding.text) == (level, True)
    assert bool(finding.advice) == (level != "fine")


def test_too_few_watches_are_told_with_the_command_that_raises_them(tmp_path: Path) -> None:
    limit = tmp_path / "max_user_watches"
    for name in ("a/b/one.py", "a/c/two.py"):
        (tmp_path / "code" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "code" / name).write_text("x = 1\n")
    cases = {"3": "hint", "192": "fine"}
    for text, level in cases.items():
        limit.write_text(text)
        (finding,) = checkup.watching(tmp_path / "code", limit)
        assert (finding.level, "4 folders" in finding.text) == (level, True)
    assert checkup.watching(tmp_path / "code", tmp_path / "missing") == []


def test_the_log_of_the_language_server_is_named(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    log = tmp_path / "scholiast" / "server.log"
    assert checkup.language_server_log(state).text == f"log of the language server: {log}, none yet"
    log.parent.mkdir()
    log.write_text("a line\n")
    found = checkup.language_server_log(state)
    assert (found.level, found.text) == ("fine", f"log of the language server: {log}, 7 bytes")
    assert checkup.language_server_log({}).level == "hint"


def test_a_damaged_index_is_broken_and_stays_as_it_is(tmp_path: Path) -> None:
    from scholiast_indexer import open_index

    (tmp_path / "a.py").write_text("x = 1\n")
    with open_index(tmp_path) as index:
        index.update()
    database = tmp_path / ".scholiast" / "index.db"
    assert checkup.index(tmp_path).level == "fine"
    database.write_bytes(b"not a database at all" * 100)
    finding = checkup.index(tmp_path)
    assert (finding.level, "not a database" in finding.text) == ("broken", True)
    assert database.read_bytes().startswith(b"not a database")


def test_a_probe_that_does_not_live_is_a_finding_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = probe("no such probe", Libraries)
    assert isinstance(failed, ProbeFailure)
    assert "KeyError" in failed.reason
