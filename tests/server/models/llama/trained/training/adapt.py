"""Trains the adapter under which the trained model answers in JSON, and writes it as a GGUF file.

    python -m tests.server.models.llama.trained.training.adapt --work-dir DIR [--steps 120]

DIR holds the state that train.py left there. The model's own weights stay as they are, rounded as its file has them.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import gguf
import torch
from tests.server.models.llama.trained.files import ADAPTER, json_style
from tests.server.models.llama.trained.training.export import Q8, write_lora
from tests.server.models.llama.trained.training.learning import Optimizer, measured, rate_at, share_right
from tests.server.models.llama.trained.training.net import Shape, Weights
from tests.server.models.llama.trained.training.train import HELD_OUT_MEANWHILE, Source, held_out, load, say, stage_at
from tests.server.models.llama.trained.training.vocabulary import Encoder
from torch import Tensor

SEED = 11
RANK, ALPHA = 8, 16.0
STAGE = 0.5
"""Of the model's training, as hard as its examples were then."""
LOOKED_AT_EVERY = 40


class Lora:
    """Two thin matrices for each matrix inside the model, whose product is added to it."""

    def __init__(self, base: Weights, seed: int) -> None:
        chance = torch.Generator().manual_seed(seed)
        self._base = base
        self.halves = {
            name: (
                torch.randn(RANK, value.shape[1], generator=chance) * value.shape[1] ** -0.5,
                torch.zeros(value.shape[0], RANK),
            )
            for name, value in base.items()
            if value.ndim == 2 and name.startswith("blk.")
        }

    def learning(self) -> dict[str, Tensor]:
        """What learns, by names of their own."""
        return {f"lora.{name}.{place}": half for name, pair in self.halves.items() for place, half in enumerate(pair)}

    def weights(self) -> Weights:
        """The model's, with what is added."""
        added = {
            name: self._base[name] + (second @ first) * (ALPHA / RANK) for name, (first, second) in self.halves.items()
        }
        return {**self._base, **added}


def rounded(weights: Weights) -> Weights:
    """Matrices as eight bits a weight leave them."""
    return {
        name: torch.from_numpy(gguf.quants.dequantize(gguf.quants.quantize(value.float().numpy(), Q8), Q8))
        if value.ndim == 2
        else value
        for name, value in weights.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    base, vocabulary = load(options.work_dir)
    encoder = Encoder(vocabulary)
    shape = Shape(len(vocabulary.tokens))
    lora = Lora(rounded(base), SEED)
    train(lora, shape, encoder, options.steps)
    path = options.work_dir / ADAPTER.name
    write_lora(path, "answers in JSON", lora.halves, ALPHA)
    say(f"{path}: {path.stat().st_size:,} bytes, {time.process_time():.0f} CPU-s")


def train(lora: Lora, shape: Shape, encoder: Encoder, steps: int) -> None:
    """Learn the style, and say how well it is kept to with names held out."""
    learning = lora.learning()
    for value in learning.values():
        value.requires_grad_()
    optimizer = Optimizer(learning, matrix_rate=0.0, other_rate=3e-3)
    source, stage = Source(encoder, SEED), stage_at(STAGE)
    cells = held_out(encoder, json_style)
    for step in range(steps):
        learnt = measured(lora.weights(), shape, source.batch(stage, json_style))
        optimizer.step(learnt.loss, rate_at(step, steps))
        if (step + 1) % LOOKED_AT_EVERY == 0 or step + 1 == steps:
            with torch.no_grad():
                weights = lora.weights()
            few = None if step + 1 == steps else HELD_OUT_MEANWHILE
            shares = {name: share_right(weights, shape, cell[:few]) for name, cell in cells.items()}
            say(f"{step + 1:5} loss {learnt.loss.item():.4f}  " + "  ".join(f"{n}: {s:.3f}" for n, s in shares.items()))


if __name__ == "__main__":
    main()
