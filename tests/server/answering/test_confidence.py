"""When hits can answer, and when they only share a word with the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from scholiast_indexer.types import Hit
from scholiast_server.answering.confidence import assess
from scholiast_server.answering.inquiry import plain
from scholiast_server.answering.types import EvidenceSource

Search = Callable[[str], list[Hit]]
Build = Callable[[Mapping[str, str]], tuple[EvidenceSource, Search]]

FILES = {
    "provider.py": "class JSONProvider:\n    def dumps(self, value):\n        return supported(value)\n",
    "session.py": "class SessionStore:\n    def save_session(self, session):\n        set_cookie(session)\n",
    "routes.py": "def register_route(rule, view):\n    rules.add(rule, view)\n",
    "README.md": "# Web\n\nA provider of routes. Sessions are kept in cookies.\n",
}


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("how are routes registered?", "strong"),
        ("where are sessions saved?", "strong"),
        ("how does it persist sessions?", "strong"),
        ("where are sesions saved?", "strong"),
        ("what does register_route do?", "strong"),
        ("how is a route decided?", "strong"),
        ("where are views determined and routes chosen?", "strong"),
        ("what is JSONProvider?", "strong"),
        ("JSONProvider.dumps", "strong"),
        ("which payment providers are supported?", "weak"),
        ("how are invoices rendered?", "weak"),
        ("where is the kafka consumer?", "weak"),
        ("how are routes billed to customers?", "weak"),
        ("how are sessions and cookies kept in S3?", "weak"),
        ("how are sessions and cookies kept in Redis?", "weak"),
        ("how are sessions and cookies kept somewhere?", "strong"),
        ("Sessions and cookies: how are they kept?", "strong"),
        ("waht hapens with routes, how do they wrok?", "strong"),
        ("how does the kafka consumer wrok?", "weak"),
    ],
)
def test_the_words_that_matter_decide(question: str, level: str, build: Build) -> None:
    source, search = build(FILES)
    assert assess(question, search(question), source.document_frequency).level == level


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("wo werden die Sessions gespeichert?", "strong"),
        ("où sont enregistrées les sessions ?", "strong"),
        ("¿dónde se guardan las sessions?", "strong"),
        ("wie werden die Rechnungen verschickt?", "weak"),
        ("wo werden die Rechnungen der Kunden mit routes verschickt?", "weak"),
    ],
)
def test_of_a_question_in_another_language_what_it_names_in_code_decides(
    question: str, level: str, build: Build
) -> None:
    source, search = build(FILES)
    sought = plain(question)
    assert sought.is_foreign
    found = assess(sought.sought, search(sought.query), source.document_frequency, is_foreign=True)
    assert found.level == level


def test_missing_words_are_named(build: Build) -> None:
    source, search = build(FILES)
    question = "which payment providers are supported?"
    assert assess(question, search(question), source.document_frequency).missing == ("payment",)


def test_without_hits_nothing_is_answered(build: Build) -> None:
    source, _ = build(FILES)
    confidence = assess("how are routes registered?", [], source.document_frequency)
    assert (confidence.level, confidence.coverage) == ("weak", 0.0)


@pytest.mark.parametrize(
    ("question", "similarity", "level"),
    [
        ("how are rule endpoints for views stored?", 0.9, "strong"),
        ("how are rule endpoints for views stored?", 0.1, "weak"),
        ("how are views and rules resized?", 0.1, "weak"),
        ("how are views and rules resized?", 0.5, "strong"),
        ("how are routes billed to customers?", 0.4, "weak"),
        ("register_route", 0.0, "strong"),
        ("how does registre work?", 0.5, "strong"),
        ("how does regatta work?", 0.5, "weak"),
    ],
)
def test_words_and_nearness_together_decide_where_nearness_is_known(
    question: str, similarity: float, level: str, build: Build
) -> None:
    source, _ = build(FILES)
    why = {"similarity": similarity}
    hit = Hit("routes.py", 1, 2, 1.0, "python", "register_route", "function", FILES["routes.py"], why)
    assert assess(question, [hit], source.document_frequency).level == level
