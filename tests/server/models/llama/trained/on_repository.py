"""The trained model on a repository, all the way: question, evidence, text, citations held against the code.

    python -m tests.server.models.llama.trained.on_repository ROOT [QUESTIONS] [SEED]

ROOT gets an index in `.scholiast/`. What is asked for are definitions whose name nothing else there has; what is right
is known from the index's own outline of the files, never from what the model was given.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.server.models.llama.trained.files import ADAPTER, MODEL, json_style
from tests.server.models.llama.trained.prompts import DEFINED, WHERE, written

from scholiast_indexer.index import Index
from scholiast_server import compose
from scholiast_server.answering.answer import AnswerOptions
from scholiast_server.answering.types import Answer, Source
from scholiast_server.models.llama.client import LlamaProcess
from scholiast_server.models.llama.engine import LlamaEngine
from scholiast_server.models.llama.wire import Load
from scholiast_server.models.protocol import AdapterUse, Engine

ASKED_FOR = frozenset({"function", "method", "class", "struct", "interface", "trait", "enum"})
JSON = AdapterUse("json", str(ADAPTER))
AS_IT_IS = AdapterUse("json", str(ADAPTER), 0.0)
ANSWER_TOKENS = 64


class Wanted(NamedTuple):
    """A definition to ask for."""

    path: str
    name: str
    """Its symbol path, or the last part of it where that is enough to tell it from all others."""

    @property
    def question(self) -> str:
        return f"{WHERE}{self.name}{DEFINED}"


class Result(NamedTuple):
    """What came of a question."""

    wanted: Wanted
    answer: Answer
    piece: Source | None
    """The definition among the evidence; None where the search did not find it, or it did not fit the model."""

    @property
    def expected(self) -> str:
        """The answer of a model that makes no mistake with what it is given."""
        assert self.piece is not None
        return written(self.wanted.name, self.piece.n)

    @property
    def is_verified(self) -> bool:
        """Whether the answer cites the definition, and that held against the code."""
        return self.piece is not None and [(cited.n, cited.status) for cited in self.answer.citations] == [
            (self.piece.n, "verified")
        ]


def definitions(index: Index, count: int, seed: int) -> list[Wanted]:
    """Some of the definitions that have a name of their own, from all over the repository."""
    found = [
        (path, symbol.path) for path in index.paths() for symbol in index.symbols(path) if symbol.kind in ASKED_FOR
    ]
    whole = Counter(name for _, name in found)
    last = Counter(name.rpartition(".")[2] for _, name in found)
    alone = [
        Wanted(path, short if last[short := name.rpartition(".")[2]] == 1 else name)
        for path, name in found
        if whole[name] == 1
    ]
    random = Random(seed)
    return random.sample(alone, min(count, len(alone)))


def ask(index: Index, engine: Engine, wanted: Wanted, *adapters: AdapterUse) -> Result:
    options = AnswerOptions(max_tokens=ANSWER_TOKENS, adapters=adapters)
    answer = compose.ask(index, engine, wanted.question, options=options)
    return Result(wanted, answer, _given(wanted, answer))


def _given(wanted: Wanted, answer: Answer) -> Source | None:
    shown = (piece for piece in answer.provenance.evidence if piece.n not in answer.provenance.left_out)
    return next(
        (piece for piece in shown if piece.path == wanted.path and f".{piece.symbol}".endswith(f".{wanted.name}")), None
    )


def share(results: Sequence[Result], holds: Callable[[Result], bool]) -> float:
    """Of these."""
    return sum(map(holds, results)) / len(results)


def main() -> None:
    root = Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    process = LlamaProcess(Load(0, str(MODEL), threads=1))
    engine = LlamaEngine(process)
    with Index.open(root) as index:
        index.update()
        wanted = definitions(index, count, seed)
        plain = [ask(index, engine, each) for each in wanted]
        styled = [ask(index, engine, each, JSON) for each in wanted]
        zero = [ask(index, engine, each, AS_IT_IS) for each in wanted]
    process.close()
    given = [result for result in plain if result.piece]
    under = [result for result in styled if result.piece]
    print(f"{root.name}: {len(wanted)} questions, in {len(given)} the model was shown the definition")
    print(f"  right to the letter {share(given, lambda each: each.answer.answer == each.expected):.3f}")
    print(f"  cited and verified {share(given, lambda each: each.is_verified):.3f}")
    print(f"  under the adapter right {share(under, lambda each: each.answer.answer == json_style(each.expected)):.3f}")
    print(f"  under the adapter verified {share(under, lambda each: each.is_verified):.3f}")
    same = sum(one.answer.answer == other.answer.answer for one, other in zip(plain, zero, strict=True))
    print(f"  at scale 0 the same text {same / len(wanted):.3f}")
    for result in given:
        if not result.is_verified:
            print(f"    {result.wanted.name}: {result.answer.answer!r}, not {result.expected!r}")


if __name__ == "__main__":
    main()
