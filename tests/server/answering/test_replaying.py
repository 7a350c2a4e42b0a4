"""An answer can be written again from its provenance, as long as its code is the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest
from tests.server.answering.scripted import ScriptedEngine, ended
from tests.server.answering.test_goldens import ANSWERS, _sections

from scholiast_indexer.types import Hit
from scholiast_server.answering.answer import AnswerOptions, answer_question
from scholiast_server.answering.inquiry import Context, inquire
from scholiast_server.answering.replaying import request_again
from scholiast_server.answering.types import EvidenceSource, Provenance
from scholiast_server.models.extractive import ExtractiveEngine
from scholiast_server.models.protocol import AdapterUse, Outcome, Turn

Search = Callable[[str], list[Hit]]
Build = Callable[[Mapping[str, str]], tuple[EvidenceSource, Search]]

FILES = {
    "app.py": 'def register_route(rule):\n    """Register a route under its rule."""\n    keep_rule(rule)\n',
    "rules.py": 'def keep_rule(rule):\n    """Keep the rule of a registered route."""\n    rules.add(rule)\n',
}
QUESTION = "how are routes registered?"


@pytest.mark.parametrize("file", ANSWERS, ids=lambda file: file.stem)
def test_the_extractive_engine_says_the_same_again(file: Path, build: Build) -> None:
    sections = _sections(file)
    source, search = build({head: body + "\n" for head, body in sections if not head.startswith("? ")})
    for question in (head.removeprefix("? ") for head, _ in sections if head.startswith("? ")):
        answer = answer_question(question, search(question), ExtractiveEngine(), source)
        if answer.found:
            request = request_again(answer.provenance, source)
            assert request is not None
            assert "".join(ExtractiveEngine().answer(request)) == answer.answer


def test_a_model_is_asked_the_same_again(build: Build) -> None:
    source, search = build(FILES)
    use = AdapterUse("style", "/style.gguf", 0.5)
    engine = ScriptedEngine(ended("It is [1].", Outcome("stop", adapters=(use,))))
    options = AnswerOptions(max_tokens=99, temperature=0.3, seed=4, adapters=(use,))
    inquiry = inquire("and where is it called?", Context(history=(Turn(QUESTION, "By `register_route` [1]."),)), source)
    answer = answer_question(inquiry.question, search(QUESTION), engine, source, inquiry=inquiry, options=options)
    kept = msgspec.json.decode(msgspec.json.encode(answer.provenance), type=Provenance)
    again = request_again(kept, source)
    assert again is not None and again == msgspec.structs.replace(engine.requests[0], evidence=again.evidence)
    for told, first in zip(again.evidence, engine.requests[0].evidence, strict=True):
        assert told == msgspec.structs.replace(first, score=told.score)
        assert abs(told.score - first.score) < 1e-6


@pytest.mark.parametrize("changed", [FILES["rules.py"].replace("add", "append"), "", "# moved\n" + FILES["rules.py"]])
def test_of_other_code_nothing_is_written_again(build: Build, changed: str) -> None:
    source, search = build(FILES)
    answer = answer_question(QUESTION, search(QUESTION), ExtractiveEngine(), source)
    later, _ = build({**FILES, "rules.py": changed})
    assert request_again(answer.provenance, source) is not None
    assert request_again(answer.provenance, later) is None
