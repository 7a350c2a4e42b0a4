"""Trains the model that says where a name is defined, and writes it as a GGUF file.

    python -m tests.server.models.llama.trained.training.train --work-dir DIR [--steps 1100]

DIR keeps the state of the training: the same command goes on where it ended. Needs torch and tokenizers beside the
project with its test extra. See README.md one folder up.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import torch
from tests.server.models.llama.trained.files import MODEL
from tests.server.models.llama.trained.prompts import Maker, said_each_time
from tests.server.models.llama.trained.training.batches import (
    Batch,
    Spread,
    Style,
    Tokens,
    batch,
    copying,
    in_tokens,
    looking_up,
)
from tests.server.models.llama.trained.training.export import write_trained
from tests.server.models.llama.trained.training.learning import Optimizer, measured, rate_at, share_right
from tests.server.models.llama.trained.training.library import Library
from tests.server.models.llama.trained.training.net import Shape, Weights, fresh_weights
from tests.server.models.llama.trained.training.vocabulary import Encoder, Vocabulary, learn
from tests.server.models.llama.trained.training.wiring import wire
from tests.server.models.llama.trained.words import HELD_OUT, TRAINED_ON, invented

from scholiast_server.models.prompt import RULES

STATE, NAME = "state.pt", "where is it"
SEED = 7
VOCABULARY = 1_024
QUESTIONS = 6
"""About one context: they share its work."""
LOOKED_AT_EVERY = 50
HELD_OUT_EACH, HELD_OUT_MEANWHILE = 100, 40


class Stage(NamedTuple):
    """How hard examples are from a share of the steps on."""

    begins: float
    pieces_max: int
    lines_max: int
    tokens_max: int
    """Of a batch."""
    bare_share: float
    """Of the batches consist of headings alone, made of tokens at random."""
    real_share: float
    """Of the other examples are real code."""


COPYING_STEPS, COPIED_TOKENS = 150, 2_500
"""Before all else it learns to find what it has seen and to go on as it went on there."""
WIRED_AT, COPYING_SHARE = 450, 0.3
"""Until then copying goes on beside prompts; then heads are set that find the piece."""
LATER_RATE = 0.4
"""Of the rate for copying, for all that comes after it: with more the loss stays where it is."""
STAGES = (
    Stage(0.0, 6, 1, 4_000, 1.0, 0.0),
    Stage(0.05, 4, 2, 4_000, 0.4, 0.2),
    Stage(0.45, 6, 3, 4_000, 0.3, 0.4),
    Stage(0.6, 6, 8, 5_000, 0.05, 0.9),
)
CONTEXT_TOKENS_MAX = 950


class Source:
    """Batches without end, harder with time."""

    def __init__(self, encoder: Encoder, seed: int) -> None:
        self._encoder = encoder
        self._random = Random(seed)
        self._chance = torch.Generator().manual_seed(seed)
        self._code = code_lines()
        self._library = Library()
        self._spread = Spread(self._random, encoder.mark("\n\n"), CONTEXT_TOKENS_MAX)

    def at(self, step: int, steps: int) -> Batch:
        """What a step of so many learns from."""
        share = 1.0 if step < COPYING_STEPS else COPYING_SHARE if step < WIRED_AT else 0.0
        if self._random.random() < share:
            return copying(self._chance, VOCABULARY, COPIED_TOKENS)
        return self.batch(stage_at((step - COPYING_STEPS) / (steps - COPYING_STEPS)))

    def sample(self) -> list[Tokens]:
        """Headings alone, and short prompts, to look into a model with."""
        bare = [looking_up(self._random, self._encoder, QUESTIONS) for _ in range(160)]
        made = Maker(self._random.getrandbits(32), TRAINED_ON, self._code, lines_max=2)
        return [*bare, *(in_tokens(made.example(2 + n % 5, questions=QUESTIONS), self._encoder) for n in range(90))]

    def batch(self, stage: Stage, style: Style | None = None) -> Batch:
        """One of as many examples as fit, with answers put so."""
        if style is None and self._random.random() < stage.bare_share:
            bare = [looking_up(self._random, self._encoder, QUESTIONS) for _ in range(stage.tokens_max // 300)]
            return batch(bare, self._spread)
        maker = Maker(self._random.getrandbits(32), TRAINED_ON, self._code, lines_max=stage.lines_max)
        pieces = self._random.randint(1, stage.pieces_max)
        chosen: list[Tokens] = []
        while True:
            if self._random.random() < stage.real_share:
                example = self._library.example(self._random, pieces, QUESTIONS)
            else:
                example = maker.example(pieces, questions=QUESTIONS)
            made = in_tokens(example, self._encoder, style or str)
            if not made.branches or made.length > CONTEXT_TOKENS_MAX:
                continue
            longest = max(made.length, *(other.length for other in chosen), 1)
            if chosen and (len(chosen) + 1) * longest > stage.tokens_max:
                return batch(chosen, self._spread)
            chosen.append(made)


def stage_at(done: float) -> Stage:
    return [stage for stage in STAGES if stage.begins <= done][-1]


def code_lines() -> list[str]:
    """Lines of the standard library that hold none of the words held out."""
    found: list[str] = []
    for path in sorted(Path(os.__file__).parent.glob("*.py")):
        for line in path.read_text("utf-8", "replace").splitlines():
            if 8 < len(line) <= 90 and not any(word in line.lower() for word in HELD_OUT):
                found.append(line)
    return found


def make_vocabulary() -> Vocabulary:
    """Learnt from names, the rules and code."""
    random = Random(SEED)
    names = [random.choice(TRAINED_ON) for _ in range(60_000)] + [invented(random) for _ in range(6_000)]
    names = [name.capitalize() if random.random() < 0.25 else name for name in names]
    return learn([*names, *code_lines()[::5]], said_each_time(), VOCABULARY)


def held_out(encoder: Encoder, style: Style = str) -> dict[str, list[Tokens]]:
    """Questions about names that no name of the training shares a word with."""
    code = code_lines()[::101]
    cells = {"1": (1, 8), "2": (2, 8), "3": (3, 8), "4": (4, 8), "6": (6, 6)}
    return {
        name: [
            in_tokens(Maker(1_000 + number, HELD_OUT, code, lines_max=lines).example(pieces), encoder, style)
            for number in range(HELD_OUT_EACH)
        ]
        for name, (pieces, lines) in cells.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1_100)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    options.work_dir.mkdir(parents=True, exist_ok=True)
    vocabulary = make_vocabulary()
    encoder = Encoder(vocabulary)
    shape = Shape(len(vocabulary.tokens))
    say(f"{len(vocabulary.tokens)} tokens; the rules take {len(encoder.text(RULES))}")
    train(options, shape, encoder, vocabulary)
    path = options.work_dir / MODEL.name
    write_trained(path, NAME, load(options.work_dir)[0], shape, vocabulary)
    say(f"{path}: {path.stat().st_size:,} bytes")


def load(work_dir: Path) -> tuple[Weights, Vocabulary]:
    """What a training has come to."""
    state: dict[str, Any] = torch.load(work_dir / STATE)
    return state["weights"], Vocabulary(*state["vocabulary"])


def train(options: argparse.Namespace, shape: Shape, encoder: Encoder, vocabulary: Vocabulary) -> None:
    """Learn until all steps are done, keeping what was reached."""
    kept = options.work_dir / STATE
    state: dict[str, Any] = torch.load(kept) if kept.exists() else {"step": 0, "cpu_s": 0.0}
    weights = state.get("weights") or fresh_weights(shape, SEED)
    optimizer = _optimizer(weights)
    if "optimizer" in state:
        optimizer.restore(state["optimizer"])
    cells = held_out(encoder)
    source = Source(encoder, SEED * 100_003 + state["step"])
    for step in range(state["step"], options.steps):
        if step == WIRED_AT:
            wire(weights, shape, encoder, source.sample())
            optimizer = _optimizer(weights)
        learnt = measured(weights, shape, source.at(step, options.steps))
        optimizer.step(learnt.loss, rate_at(step, options.steps) * (LATER_RATE if step >= COPYING_STEPS else 1.0))
        cpu_s = state["cpu_s"] + time.process_time()
        if (step + 1) % 10 == 0:
            say(f"{step + 1:5} loss {learnt.loss.item():.4f} right {learnt.right.float().mean():.2f} {cpu_s:.0f} CPU-s")
        if (step >= COPYING_STEPS and (step + 1) % LOOKED_AT_EVERY == 0) or step + 1 == options.steps:
            few = None if step + 1 == options.steps else HELD_OUT_MEANWHILE
            shares = {name: share_right(weights, shape, cell[:few]) for name, cell in cells.items()}
            say("      held out " + "  ".join(f"{name}: {share:.3f}" for name, share in shares.items()))
            torch.save(
                {"step": step + 1, "cpu_s": cpu_s, "weights": {n: v.detach() for n, v in weights.items()},
                 "optimizer": optimizer.state(), "vocabulary": tuple(vocabulary)},
                kept,
            )  # fmt: skip


def _optimizer(weights: Weights) -> Optimizer:
    for value in weights.values():
        value.requires_grad_()
    return Optimizer(weights, matrix_rate=0.02, other_rate=4e-3)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
