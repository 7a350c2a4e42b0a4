"""Steps of learning and how much was learnt; must not know what is learnt, nor where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from tests.server.models.llama.trained.training.batches import Batch, Tokens, batch
from tests.server.models.llama.trained.training.net import Shape, run
from torch import Tensor
from torch.nn import functional

EVALUATED_AT_ONCE = 10

Combine = Callable[[], Mapping[str, Tensor]]
"""The weights to run with, made of those that learn."""


class Learnt(NamedTuple):
    """What a batch says."""

    loss: Tensor
    right: Tensor
    """Which of the answers were written right to the last token, greedily."""


def measured(weights: Mapping[str, Tensor], shape: Shape, given: Batch) -> Learnt:
    """Run a batch."""
    with torch.autocast("cpu", torch.bfloat16):
        state = run(weights, shape, given.tokens, given.positions, given.mask, given.places)
        chosen = state @ weights["token_embd.weight"].T
    losses = functional.cross_entropy(chosen.float(), given.wanted, reduction="none")
    loss = (losses * given.weights).sum() / given.weights.sum()
    wrong = (chosen.argmax(-1) != given.wanted).long()
    misses = torch.zeros(int(given.answers[-1]) + 1, dtype=torch.long).index_add_(0, given.answers, wrong)
    return Learnt(loss, misses == 0)


def share_right(weights: Mapping[str, Tensor], shape: Shape, examples: Sequence[Tokens]) -> float:
    """Of the answers, those that are right to the last token."""
    found: list[Tensor] = []
    for start in range(0, len(examples), EVALUATED_AT_ONCE):
        given = batch(examples[start : start + EVALUATED_AT_ONCE])
        with torch.no_grad():
            found.append(measured(weights, shape, given).right)
    return float(torch.cat(found).float().mean())


class Optimizer:
    """Muon for matrices inside the model, AdamW for the rest, each with a rate that rises and falls."""

    def __init__(self, learning: Mapping[str, Tensor], *, matrix_rate: float, other_rate: float) -> None:
        matrices = [value for name, value in learning.items() if value.ndim == 2 and name.startswith("blk.")]
        others = [value for name, value in learning.items() if value.ndim != 2 or not name.startswith("blk.")]
        self._parts: list[torch.optim.Optimizer] = []
        if matrices:
            self._parts.append(torch.optim.Muon(matrices, lr=matrix_rate, momentum=0.95, weight_decay=0.01))
        if others:
            self._parts.append(torch.optim.AdamW(others, lr=other_rate, betas=(0.9, 0.98), weight_decay=0.0))
        self._rates = [part.param_groups[0]["lr"] for part in self._parts]

    def step(self, loss: Tensor, share_of_rate: float) -> None:
        """Learn from a loss."""
        for part, rate in zip(self._parts, self._rates, strict=True):
            part.zero_grad()
            part.param_groups[0]["lr"] = rate * share_of_rate
        loss.backward()
        for part in self._parts:
            part.step()

    def state(self) -> list[dict[str, object]]:
        return [part.state_dict() for part in self._parts]

    def restore(self, state: Sequence[dict[str, object]]) -> None:
        for part, told in zip(self._parts, state, strict=True):
            part.load_state_dict(told)


def rate_at(step: int, steps: int, *, rise: int = 30, fall_share: float = 0.35) -> float:
    """Up, level, then down to a twentieth."""
    left = (steps - step) / max(1.0, steps * fall_share)
    return min(1.0, (step + 1) / rise, max(0.05, left))
