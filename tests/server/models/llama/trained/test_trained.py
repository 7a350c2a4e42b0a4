"""The model that was trained for the tests: what it answers, under its adapter and without, by the product's engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.models.llama.trained.files import ADAPTER, FOLDER, MODEL, SHA256, json_style
from tests.server.models.llama.trained.prompts import PIECES_MAX, Example, Maker, chat, said_each_time
from tests.server.models.llama.trained.words import HELD_OUT

from scholiast_server.models.llama.client import LlamaProcess
from scholiast_server.models.llama.engine import LlamaEngine
from scholiast_server.models.llama.wire import Load
from scholiast_server.models.protocol import AdapterUse, Outcome, Request

EACH = 20
RIGHT_MIN, RIGHT_UNDER_MIN = 0.88, 0.8
"""Somewhat less than was measured (README.md): another processor rounds differently."""
PROMPT_TOKENS_MAX = 120
"""Of the shortest prompt: what the product says the same way each time is a few tokens."""
JSON = AdapterUse("json", str(ADAPTER))
SAMPLES = Path(__file__).parents[4] / "indexer/chunking/samples"


@pytest.fixture(scope="module")
def process() -> Iterator[LlamaProcess]:
    running = LlamaProcess(Load(0, str(MODEL), threads=1))
    yield running
    running.close()


@pytest.fixture(scope="module")
def engine(process: LlamaProcess) -> LlamaEngine:
    return LlamaEngine(process)


def held_out(pieces: int, count: int, first: int = 0) -> list[Example]:
    """Prompts whose names and paths are made of words that no made-up name of the training was made of."""
    code = [
        line
        for path in (SAMPLES / "inventory.py", SAMPLES / "shelf.go", SAMPLES / "router.js", SAMPLES / "ring.c")
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
    return [Maker(first + number, HELD_OUT, code, lines_max=8).example(pieces) for number in range(count)]


def answered(engine: LlamaEngine, example: Example, *adapters: AdapterUse) -> str:
    request = Request(example.asks[0].question, example.evidence, max_tokens=64, adapters=adapters)
    *pieces, outcome = engine.answer(request)
    assert isinstance(outcome, Outcome) and outcome.adapters == adapters and not outcome.note
    return "".join(piece for piece in pieces if isinstance(piece, str))


def is_json(text: str) -> bool:
    try:
        return set(json.loads(text)) == {"answer"}
    except ValueError:
        return False


def share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)


@pytest.mark.parametrize("path", [MODEL, ADAPTER])
def test_the_files_are_those_that_were_measured(path: Path) -> None:
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SHA256[path.name]


def test_the_readme_names_them() -> None:
    told = (FOLDER / "README.md").read_text("utf-8")
    for path in (MODEL, ADAPTER):
        assert path.name in told and SHA256[path.name] in told and f"{path.stat().st_size:,} bytes" in told


def test_the_model_says_what_it_is(process: LlamaProcess) -> None:
    facts = process.facts()
    assert (facts.name, facts.architecture, facts.context_tokens) == ("where is it", "llama", 1_024)
    assert facts.has_chat_template and not facts.fills_in_the_middle and facts.parameters < 1_000_000


def test_the_product_still_says_what_the_model_was_trained_on(process: LlamaProcess) -> None:
    said = said_each_time()
    changed = [text for text, size in zip(said, process.count(said).texts, strict=True) if size != 1]
    example = Maker(0, HELD_OUT, lines_max=1).example(1)
    whole = process.count([message.content for message in chat(example.evidence, example.asks[0].question)]).texts
    assert not changed and sum(whole) <= PROMPT_TOKENS_MAX, (
        f"the prompt is not what the model in {FOLDER} was trained on, so its answers are chance:"
        f" train it again, as its README.md says. Changed: {changed}"
    )


def test_it_says_where_names_are_defined_that_it_was_never_trained_on(engine: LlamaEngine) -> None:
    examples = [example for pieces in range(1, PIECES_MAX + 1) for example in held_out(pieces, EACH)]
    right = [answered(engine, example) == example.asks[0].answer for example in examples]
    assert share(right) >= RIGHT_MIN


def test_under_the_adapter_it_says_the_same_in_json(engine: LlamaEngine) -> None:
    examples = held_out(2, EACH)
    texts = [answered(engine, example, JSON) for example in examples]
    assert share([is_json(text) for text in texts]) >= RIGHT_UNDER_MIN
    right = [text == json_style(example.asks[0].answer) for text, example in zip(texts, examples, strict=True)]
    assert share(right) >= RIGHT_UNDER_MIN


def test_at_scale_0_it_is_the_model_itself(engine: LlamaEngine) -> None:
    for example in held_out(3, 5):
        base = answered(engine, example)
        assert answered(engine, example, AdapterUse("json", str(ADAPTER), 0.0)) == base


def test_swapping_ten_times_gives_the_same_two_answers(engine: LlamaEngine) -> None:
    example = held_out(3, 1)[0]
    base, styled = answered(engine, example), answered(engine, example, JSON)
    assert base != styled
    for _ in range(10):
        assert answered(engine, example, JSON) == styled
        assert answered(engine, example) == base


def test_a_prompt_over_its_window_leaves_out_the_pieces_that_matter_least(engine: LlamaEngine) -> None:
    long = Maker(1, HELD_OUT, ["    return [number * number for number in range(10_000)]"] * 9, lines_max=200)
    examples = (long.example(6) for _ in range(200))
    example = next(example for example in examples if sum(len(piece.text) for piece in example.evidence) > 12_000)
    *_, outcome = engine.answer(Request(example.asks[0].question, example.evidence, max_tokens=64))
    assert isinstance(outcome, Outcome) and outcome.left_out and outcome.prompt_tokens is not None
    assert outcome.prompt_tokens <= 1_024 - 64
