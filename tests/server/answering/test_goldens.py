"""Whole answers over small projects in several languages, kept beside the code they speak of.

Each file in `answers/` holds sources (`=== path`), then questions (`=== ? question`) with the answer as a terminal
without colours shows it. `pytest --update-goldens` rewrites the answers, to be read as a diff.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scholiast_indexer.types import Hit
from scholiast_server.answering.answer import answer_question
from scholiast_server.answering.rendering import plain_text
from scholiast_server.answering.types import Answer, EvidenceSource
from scholiast_server.models.extractive import ExtractiveEngine

Search = Callable[[str], list[Hit]]
Build = Callable[[Mapping[str, str]], tuple[EvidenceSource, Search]]

ANSWERS = sorted((Path(__file__).parent / "answers").glob("*.txt"))


def _sections(file: Path) -> list[tuple[str, str]]:
    parts = ("\n" + file.read_text(encoding="utf-8")).split("\n=== ")[1:]
    return [(head, body) for head, _, body in (part.partition("\n") for part in parts)]


def _answers(build: Build, sections: list[tuple[str, str]]) -> dict[str, Answer]:
    source, search = build({head: body + "\n" for head, body in sections if not head.startswith("? ")})
    questions = [head.removeprefix("? ") for head, _ in sections if head.startswith("? ")]
    return {question: answer_question(question, search(question), ExtractiveEngine(), source) for question in questions}


def _shown(answer: Answer) -> str:
    return plain_text(answer).split("\n\nAnswered from")[0]


def test_there_are_goldens() -> None:
    assert len(ANSWERS) >= 7


@pytest.mark.parametrize("file", ANSWERS, ids=lambda file: file.stem)
def test_answers_read_as_kept(file: Path, build: Build, request: pytest.FixtureRequest) -> None:
    sections = _sections(file)
    answers = _answers(build, sections)
    found = [
        (head, _shown(answers[head.removeprefix("? ")]) if head.startswith("? ") else body) for head, body in sections
    ]
    if request.config.getoption("--update-goldens"):
        text = "\n".join(f"=== {head}\n{body.strip(chr(10))}" for head, body in found)
        file.write_text(text + "\n", encoding="utf-8")
    expected = {head: body.strip("\n") for head, body in _sections(file)}
    assert {head: body.strip("\n") for head, body in found} == expected


@pytest.mark.parametrize("file", ANSWERS, ids=lambda file: file.stem)
def test_the_extractive_engine_writes_nothing_that_the_checker_rejects(file: Path, build: Build) -> None:
    for question, answer in _answers(build, _sections(file)).items():
        assert {citation.status for citation in answer.citations} <= {"verified"}, question
        assert {sentence.status for sentence in answer.sentences} <= {"verified"}, question
        assert [citation.n for citation in answer.citations] == sorted(citation.n for citation in answer.citations)


@pytest.mark.parametrize("file", ANSWERS, ids=lambda file: file.stem)
def test_the_same_question_gets_the_same_answer(file: Path, build: Build) -> None:
    sections = _sections(file)
    first, second = _answers(build, sections), _answers(build, sections)
    assert {q: a.answer for q, a in first.items()} == {q: a.answer for q, a in second.items()}


def test_a_file_that_nobody_reads_is_not_quoted(build: Build) -> None:
    """Nor is a heading: a sentence of prose has some words."""
    files = {
        "cache.py": 'def cached(response):\n    """Return the cached response."""\n    return response\n',
        ".gitignore": "# what the cache of responses leaves behind is nothing to keep\n/.response_cache/\n",
        "notes.md": "# Response Cache\n\nResponse cache\n",
    }
    source, search = build(files)
    question = "how are responses cached?"
    answer = answer_question(question, search(question), ExtractiveEngine(), source)
    assert {citation.path for citation in answer.citations} == {"cache.py"}, answer.answer
