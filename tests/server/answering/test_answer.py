"""A question, hits and an engine make one checked answer, streamed, cancellable, and marked where it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec
import pytest

from scholiast_indexer.types import Hit
from scholiast_server.answering.answer import AnswerOptions, answer_question
from scholiast_server.answering.drafting import Delta, renumbered
from scholiast_server.answering.limits import ANSWER_CHARACTERS_MAX
from scholiast_server.answering.provenance import NO_MODEL_NOTE
from scholiast_server.answering.rendering import marked_text, plain_text, source_rows
from scholiast_server.answering.types import EvidenceSource
from scholiast_server.models.extractive import ExtractiveEngine
from scholiast_server.models.protocol import AdapterUse, Outcome, Request, never

Search = Callable[[str], list[Hit]]
Build = Callable[[Mapping[str, str]], tuple[EvidenceSource, Search]]

QUESTION = "how are routes registered?"
FILES = {
    "app.py": 'def register_route(rule):\n    """Register a route under its rule."""\n    keep_rule(rule)\n',
    "rules.py": 'def keep_rule(rule):\n    """Keep the rule of a registered route."""\n    rules.add(rule)\n',
}


class CannedEngine:
    """A generative engine with one reply, which remembers what it was asked."""

    name = "canned"
    model = "canned-1"
    is_generative = True

    def __init__(self, *pieces: str | Outcome) -> None:
        self.pieces = pieces
        self.written = 0
        self.requests: list[Request] = []

    def answer(self, request: Request, cancelled: Callable[[], bool] = never) -> Iterator[str | Outcome]:
        self.requests.append(request)
        for piece in self.pieces:
            self.written += 1
            yield piece


def test_an_answer_is_the_document_that_the_terminal_prints_as_json(build: Build) -> None:
    source, search = build(FILES)
    answer = answer_question(QUESTION, search(QUESTION), ExtractiveEngine(), source)
    document = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(answer)))
    keys = ["question", "answer", "engine", "adapter", "found", "citations", "sentences", "provenance"]
    assert list(document) == keys
    assert (document["question"], document["engine"], document["adapter"]) == (QUESTION, "extractive", None)
    assert {"n", "path", "start_line", "end_line", "status", "quote"} <= set(document["citations"][0])
    assert document["citations"][0]["quote"].startswith("def register_route(rule):")
    assert document["provenance"]["note"] == NO_MODEL_NOTE


def test_a_weak_question_claims_nothing(build: Build) -> None:
    source, search = build({**FILES, "provider.py": "class Provider:\n    supported = True\n"})
    question = "which payment providers are supported?"
    answer = answer_question(question, search(question), ExtractiveEngine(), source)
    assert not answer.found
    assert answer.citations == ()
    assert answer.answer == (
        "Nothing in this code answers that. The closest, with weak evidence:\n  provider.py:1  Provider"
    )
    empty = answer_question(question, [], ExtractiveEngine(), source)
    assert (empty.answer, empty.found) == ("Nothing in this code answers that.", False)


def test_deltas_are_the_answer(build: Build) -> None:
    source, search = build(FILES)
    for engine in (ExtractiveEngine(), CannedEngine("Routes are kept ", "by `register_route` [1].")):
        deltas: list[Delta] = []
        answer = answer_question(QUESTION, search(QUESTION), engine, source, on_delta=deltas.append)
        assert "".join(delta.text for delta in deltas) == answer.answer != ""


def test_what_a_model_made_up_is_marked_and_not_hidden(build: Build) -> None:
    source, search = build(FILES)
    engine = CannedEngine("`register_route` keeps it [1]. It writes to `url_map` [1]. As is known [9].")
    answer = answer_question(QUESTION, search(QUESTION), engine, source)
    assert [(citation.n, citation.status) for citation in answer.citations] == [(1, "unsupported"), (9, "unsupported")]
    assert marked_text(answer) == (
        "`register_route` keeps it [1]. It writes to `url_map` [1]. (not supported: cites lines 1-3, which do not "
        "mention `url_map`) As is known [9]. (not supported: cites [9], but the evidence has 2 pieces)"
    )
    assert source_rows(answer)[1] == ("[9]", "no such evidence", "", "✗ unsupported")
    assert "no model" not in plain_text(answer)


def test_the_live_text_of_a_file_is_what_a_citation_is_held_against(build: Build) -> None:
    source, search = build(FILES)
    live = {"app.py": b"import os\n\n" + FILES["app.py"].encode(), "rules.py": b""}
    answer = answer_question(QUESTION, search(QUESTION), ExtractiveEngine(), source, read=live.get)
    assert [(citation.path, citation.status) for citation in answer.citations] == [
        ("app.py", "moved"),
        ("rules.py", "unsupported"),
    ]


def test_a_cancelled_answer_is_what_was_written_until_then(build: Build) -> None:
    source, search = build(FILES)
    engine = CannedEngine("First [1]. ", "Second [1]. ", "Third [1].")
    answer = answer_question(QUESTION, search(QUESTION), engine, source, cancelled=lambda: engine.written >= 2)
    assert answer.answer == "First [1]. Second [1]. "
    assert not answer.provenance.complete


def test_an_engine_that_does_not_stop_is_stopped(build: Build) -> None:
    source, search = build(FILES)
    engine = CannedEngine(*["word " * 1_000] * 1_000)
    answer = answer_question(QUESTION, search(QUESTION), engine, source)
    assert len(answer.answer) == ANSWER_CHARACTERS_MAX
    assert engine.written < 20
    assert not answer.provenance.complete


def test_provenance_is_enough_to_ask_again(build: Build) -> None:
    source, search = build(FILES)
    use = AdapterUse("house-style", "/adapters/house-style.gguf", 0.5)
    options = AnswerOptions(max_tokens=64, temperature=0.2, seed=7, adapters=(use,))
    engine = CannedEngine("It is [1].", Outcome("stop", prompt_tokens=90, adapters=(use,)))
    answer = answer_question(QUESTION, search(QUESTION), engine, source, options=options)
    provenance = answer.provenance
    assert (provenance.engine, provenance.model) == ("canned", "canned-1")
    assert (provenance.temperature, provenance.seed, provenance.max_tokens) == (0.2, 7, 64)
    assert (engine.requests[0].temperature, engine.requests[0].seed, engine.requests[0].max_tokens) == (0.2, 7, 64)
    assert (engine.requests[0].adapters, provenance.adapters, provenance.prompt_tokens) == ((use,), (use,), 90)
    assert (answer.adapter, provenance.adapter, provenance.adapter_scale) == ("house-style", "house-style", 0.5)
    assert [(piece.n, piece.path) for piece in provenance.evidence] == [(1, "app.py"), (2, "rules.py")]
    assert all(len(piece.hash) == 24 for piece in provenance.evidence)
    assert all("lexical" in piece.why for piece in provenance.evidence)
    assert set(provenance.timings_ms) == {"evidence", "engine", "check", "prompt", "generation", "total"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [2]. And [1][2].", "See [1]. And [2][1]."),
        ("See [1].", "See [1]."),
        ("None.", "None."),
        ("[9] [2].", "[9] [1]."),
    ],
)
def test_numbers_follow_the_order_of_first_citation(text: str, expected: str, build: Build) -> None:
    source, search = build(FILES)
    engine = CannedEngine("x")
    answer_question(QUESTION, search(QUESTION), engine, source)
    changed, evidence = renumbered(text, engine.requests[0].evidence)
    assert changed == expected
    assert sorted(piece.n for piece in evidence) == [1, 2]
    assert [piece.path for piece in evidence] == [piece.path for piece in engine.requests[0].evidence]
