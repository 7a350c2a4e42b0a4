"""What an editor points at is evidence, and comes first where the question is about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from scholiast_indexer.types import Hit
from scholiast_server.answering.answer import answer_question
from scholiast_server.answering.focus import Focus, file_pieces, pointed_pieces
from scholiast_server.answering.inquiry import Context, inquire
from scholiast_server.answering.limits import EVIDENCE_LINES_MAX, EVIDENCE_MAX
from scholiast_server.answering.types import Answer, EvidenceSource
from scholiast_server.models.extractive import ExtractiveEngine
from scholiast_server.models.protocol import Request, Turn, never

Search = Callable[[str], list[Hit]]
Build = Callable[[Mapping[str, str]], tuple[EvidenceSource, Search]]

APP = '''\
import os

LIMIT = 3


class Router:
    """Maps paths to views."""

    def register_route(self, path, view):
        """Register a view under a path."""
        keep_rule(path)
        self.table[path] = view

    def forget_route(self, path):
        """Forget a path."""
        del self.table[path]


def start(router):
    router.register_route("/", None)
'''
RULES = 'def keep_rule(rule):\n    """Keep the rule of a registered route."""\n    rules.add(rule)\n'
SESSIONS = 'def sign_session(session):\n    """Sign the session cookie."""\n    return mac(session)\n'
FILES = {"app.py": APP, "rules.py": RULES, "sessions.py": SESSIONS}


def focus_on(text: str, first: str, last: str = "", *, selected: str = "", path: str = "app.py") -> Focus:
    """A cursor on the line that holds `first`; a selection up to the one that holds `last`."""
    lines = text.split("\n")
    start = next(place for place, line in enumerate(lines) if first in line)
    end = next(place for place, line in enumerate(lines) if (last or first) in line and place >= start)
    chosen = "\n".join(lines[start : end + 1])
    return Focus(path, start + 1, end + 1, chosen, selected or (chosen if last else ""))


def ask(build: Build, question: str, context: Context) -> Answer:
    source, search = build(FILES)
    inquiry = inquire(question, context, source)
    return answer_question(question, search(inquiry.query), ExtractiveEngine(), source, inquiry=inquiry)


METHOD = focus_on(APP, "keep_rule(path)")
SELECTION = focus_on(APP, "def register_route", "self.table[path] = view")


@pytest.mark.parametrize(
    ("focus", "question", "resolved"),
    [
        (METHOD, "explain this", "explain `Router.register_route`"),
        (METHOD, "What does this function do?", "What does `Router.register_route` do?"),
        (METHOD, "where is it used?", "where is `Router.register_route` used?"),
        (METHOD, "how are views kept here?", "how are views kept in `Router.register_route`?"),
        (METHOD, "explain the current method", "explain `Router.register_route`"),
        (SELECTION, "what does it do?", "what does `Router.register_route` do?"),
        (SELECTION, "any problems?", "any problems in `Router.register_route`?"),
        (SELECTION, "explain register_route's use of Router.register_route", None),
        (focus_on(APP, "keep_rule(path)", selected="keep_rule"), "explain this", "explain `keep_rule`"),
        (focus_on(APP, "import os"), "explain this", None),
    ],
)
def test_this_is_what_the_editor_points_at(build: Build, focus: Focus, question: str, resolved: str | None) -> None:
    source, _ = build(FILES)
    inquiry = inquire(question, Context(focus=focus), source)
    assert inquiry.resolved == (question if resolved is None else resolved)
    assert inquiry.question == question and inquiry.pointed


@pytest.mark.parametrize(
    ("focus", "question", "first"),
    [
        (METHOD, "explain this", "Router.register_route"),
        (SELECTION, "why so?", "Router.register_route"),
        (SELECTION, "which errors does a hacker provoke?", "Router.register_route"),
        (focus_on(APP, "class Router"), "what is this?", "Router"),
        (focus_on(APP, "keep_rule(path)", selected="keep_rule"), "explain this", "keep_rule"),
        (focus_on(APP, "self.table[path] = view", selected="self.table"), "explain this", "Router.register_route"),
        (METHOD, "how are session cookies signed?", "sign_session"),
        (SELECTION, "how are session cookies signed?", "sign_session"),
        (METHOD, "how does this project sign session cookies?", "sign_session"),
    ],
)
def test_code_pointed_at_opens_the_answer_where_the_question_is_about_it(
    build: Build, focus: Focus, question: str, first: str
) -> None:
    answer = ask(build, question, Context(focus=focus))
    assert answer.found
    assert answer.citations[0].symbol == first, answer.answer
    assert {citation.status for citation in answer.citations} == {"verified"}


def test_a_selection_that_the_question_is_not_about_is_evidence_all_the_same(build: Build) -> None:
    answer = ask(build, "how are session cookies signed?", Context(focus=SELECTION))
    symbols = [piece.symbol for piece in answer.provenance.evidence]
    assert symbols[-1] == "Router.register_route" != symbols[0] and len(symbols) <= EVIDENCE_MAX


def test_what_the_code_pointed_at_calls_comes_along(build: Build) -> None:
    answer = ask(build, "explain this", Context(focus=METHOD))
    assert "`keep_rule`" in answer.answer
    assert "keep_rule" in {citation.symbol for citation in answer.citations}


def test_a_name_that_nothing_defines_is_explained_by_the_lines_around_it(build: Build) -> None:
    focus = focus_on(SESSIONS, "mac(session)", selected="mac", path="sessions.py")
    assert ask(build, "what is this?", Context(focus=focus)).citations[0].symbol == "sign_session"


@pytest.mark.parametrize(
    ("focus", "expected"),
    [
        (METHOD, [("Router.register_route", 9, 12)]),
        (focus_on(APP, "Maps paths"), [("Router", 6, 16)]),
        (focus_on(APP, "def register_route", "del self.table"), [("Router", 6, 16)]),
        (focus_on(APP, "class Router", 'register_route("/"'), [("Router", 6, 16), ("start", 19, 20)]),
        (focus_on(APP, "import os"), [("", 1, 1)]),
    ],
)
def test_the_definition_around_a_cursor_or_those_in_a_selection_are_the_evidence(
    build: Build, focus: Focus, expected: list[tuple[str, int, int]]
) -> None:
    source, _ = build(FILES)
    assert [(p.symbol, p.start_line, p.end_line) for p in pointed_pieces(focus, source)] == expected


def test_lines_that_have_moved_since_they_were_indexed_are_found(build: Build) -> None:
    source, _ = build(FILES)
    moved = Focus("app.py", METHOD.start_line + 5, METHOD.end_line + 5, METHOD.text)
    assert [piece.symbol for piece in pointed_pieces(moved, source)] == ["Router.register_route"]


@pytest.mark.parametrize("path", ["app.py", "not_indexed.py"])
def test_lines_that_are_not_indexed_are_evidence_as_they_stand(build: Build, path: str) -> None:
    source, _ = build(FILES)
    [piece] = pointed_pieces(Focus(path, 4, 5, "fresh = 1\nlines = 2", "fresh = 1\nlines"), source)
    assert (piece.start_line, piece.end_line, piece.text, piece.symbol) == (4, 5, "fresh = 1\nlines = 2", "")


def test_of_a_long_definition_the_lines_around_the_focus_are_the_evidence(build: Build) -> None:
    text = "def long():\n" + "".join(f"    step({n})\n" for n in range(500))
    source, _ = build({"long.py": text})
    [piece] = pointed_pieces(focus_on(text, "step(300)", path="long.py"), source)
    assert piece.end_line - piece.start_line < EVIDENCE_LINES_MAX and "step(300)" in piece.text


@pytest.mark.parametrize(
    "focus",
    [Focus("app.py", 1, 1, ""), Focus("app.py", 9_000, 9_001, "\n"), Focus("app.py", 4, 4, ""), Focus("", 1, 1, "")],
)
def test_a_focus_on_nothing_is_no_evidence(build: Build, focus: Focus) -> None:
    answer = ask(build, "explain this", Context(focus=focus))
    assert all(citation.status == "verified" for citation in answer.citations)


def test_a_question_about_the_file_is_answered_from_its_main_definitions(build: Build) -> None:
    source, _ = build(FILES)
    assert [piece.symbol for piece in file_pieces(METHOD, source)] == ["Router", "start"]
    assert ask(build, "what does this file do?", Context(focus=METHOD)).citations[0].symbol == "Router"


class Recorder:
    """A generative engine that keeps what it is asked."""

    name = "recorder"
    model = "recorder-1"
    is_generative = True

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def answer(self, request: Request, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        self.requests.append(request)
        yield "It is so [1]."


def test_an_engine_that_writes_is_told_the_conversation(build: Build) -> None:
    source, search = build(FILES)
    history = (Turn("what does register_route do?", "It registers a route [1]."),)
    inquiry = inquire("where is it called?", Context(history=history), source)
    engine = Recorder()
    answer = answer_question("where is it called?", search(inquiry.query), engine, source, inquiry=inquiry)
    assert engine.requests[0].history == history
    assert engine.requests[0].question == "where is it called?" == answer.provenance.asked


def test_an_engine_without_memory_is_asked_a_question_that_says_all(build: Build) -> None:
    history = (Turn("what does register_route do?", "It registers a route [1]."),)
    answer = ask(build, "where is it called?", Context(history=history))
    assert answer.provenance.asked == "where is `register_route` called?"
    assert answer.question == "where is it called?"
    assert "start" in {citation.symbol for citation in answer.citations}


def test_nothing_is_written_for_a_question_that_is_cancelled_already(build: Build) -> None:
    source, search = build(FILES)
    engine = Recorder()
    answer = answer_question("how are routes registered?", search("routes"), engine, source, cancelled=lambda: True)
    assert (answer.answer, answer.provenance.complete, engine.requests) == ("", False, [])
