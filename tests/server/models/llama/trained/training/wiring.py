"""Sets two heads of a model that can copy so that they find the piece a name belongs to; must not know training.

What a head of the second layer looks for and what it tells is fitted to what the model says of its tokens by then: from
the number of a piece, and from where one is to be written, it looks back to the nearest colon, behind which the name is
known, and brings along what tells one name from another. A head of the third layer compares that and copies the number.
Left to chance the two did not come about in a thousand steps; fitted they are right in many cases, and learn the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from tests.server.models.llama.trained.training.batches import Tokens, batch
from tests.server.models.llama.trained.training.net import Shape, Weights, states
from tests.server.models.llama.trained.training.vocabulary import Encoder
from torch import Tensor

TELLING_LAYER, TELLING_HEAD = 1, 1
COMPARING_LAYER, COMPARING_HEAD = 2, 0
TOLD = 16
"""How many numbers tell one name from another."""
AT_ONCE = 8
CONTENT_LOGIT, NEARNESS_LOGIT, NEARNESS_PAIRS = 14.0, 12.0, (4, 5)
SAME_LOGIT, NUMBER_LOGIT = 18.0, 8.0
TOLD_SIZE, COPIED_SIZE = 0.8, 0.5
"""Beside what else the model keeps of a token."""
SLOWEST = 30
"""The pair of a head's numbers that places hardly turn; those before it are slow as well."""


class _Seen(NamedTuple):
    """Of a sample, what a layer is given of each token that counts, and which tokens are what."""

    tokens: Tensor
    colons: Tensor
    """Which of them stand behind a name: in headings and in answers."""
    numbers: Tensor
    """Which of them are numbers of pieces."""
    asking: Tensor
    """Behind which of them a number is to be written."""
    pairs: list[tuple[int, int]]
    """The colon of a heading, and that of an answer about it."""


def wire(weights: Weights, shape: Shape, encoder: Encoder, sample: Sequence[Tokens]) -> None:
    """Set both heads, and nothing else."""
    with torch.no_grad():
        _wire(weights, shape, encoder, sample)


def _wire(weights: Weights, shape: Shape, encoder: Encoder, sample: Sequence[Tokens]) -> None:
    given, seen = _gathered(weights, shape, encoder, sample, TELLING_LAYER)
    colon, looking = _detector(given, seen.colons), _detector(given, seen.numbers | seen.asking)
    head = _Head(weights, shape, TELLING_LAYER, TELLING_HEAD)
    head.clear()
    kept, _ = _gathered(weights, shape, encoder, sample[::3], COMPARING_LAYER, normed=False)
    size = kept.pow(2).mean().sqrt()
    free = torch.linalg.eigh(kept.T @ kept)[1][:, :TOLD]
    """Directions in which the model keeps next to nothing so far."""
    head.match(SLOWEST, looking, colon, CONTENT_LOGIT)
    for pair in NEARNESS_PAIRS:
        head.match(2 * pair, looking, colon, NEARNESS_LOGIT)
    head.tell(_telling(given, seen.pairs), free * size * TOLD_SIZE)

    given, seen = _gathered(weights, shape, encoder, sample, COMPARING_LAYER)
    number, asking = _detector(given, seen.numbers), _detector(given, seen.asking)
    told = free.T / weights[f"blk.{COMPARING_LAYER}.attn_norm.weight"]
    at_numbers, at_asking = ((given[which] @ told.T) for which in (seen.numbers, seen.asking))
    query = told - at_asking.mean(0)[:, None] * asking
    key = told - at_numbers.mean(0)[:, None] * number
    same = (at_numbers - at_numbers.mean(0)).pow(2).sum(1).mean()
    head = _Head(weights, shape, COMPARING_LAYER, COMPARING_HEAD)
    head.clear()
    for place in range(TOLD):
        head.match(SLOWEST - TOLD + place, query[place], key[place], SAME_LOGIT / float(same))
    head.match(SLOWEST, asking, number, NUMBER_LOGIT)
    marks = sorted(sample[0].numbers)
    which = (seen.tokens[:, None] == torch.tensor(marks)) & seen.numbers[:, None]
    wanted = (which.float() - 1 / len(marks)) * seen.numbers[:, None]
    said = weights["token_embd.weight"][marks].float()
    said = said - said.mean(0)
    said = said / said.norm(dim=1, keepdim=True) * size * COPIED_SIZE * shape.width**0.5
    head.tell(_fitted(given, wanted, seen.numbers).T, said.T)


class _Head:
    """One head of a model, to be set by hand."""

    def __init__(self, weights: Weights, shape: Shape, layer: int, head: int) -> None:
        width = shape.width // shape.heads
        self._rows = slice(head * width, (head + 1) * width)
        self._first = head * width
        self._scale = width**0.5
        self._parts = [weights[f"blk.{layer}.attn_{part}.weight"] for part in ("q", "k", "v", "output")]

    def clear(self) -> None:
        for part in self._parts[:3]:
            part[self._rows] = 0
        self._parts[3][:, self._rows] = 0

    def match(self, place: int, query: Tensor, key: Tensor, logit: float) -> None:
        """Have it look to where `key` is 1 from where `query` is, so strongly."""
        strength = (logit * self._scale) ** 0.5
        self._parts[0][self._first + place] = query * strength
        self._parts[1][self._first + place] = key * strength

    def tell(self, read: Tensor, written: Tensor) -> None:
        """What it brings along `(numbers, width)`, and where that goes `(width, numbers)`."""
        count = len(read)
        self._parts[2][self._first : self._first + count] = read
        self._parts[3][:, self._first : self._first + count] = written


def _fitted(given: Tensor, wanted: Tensor, rare: Tensor, ridge: float = 1e-3) -> Tensor:
    """What makes `wanted` of what is given, rare tokens counting as much as all others together."""
    counts = torch.where(rare, len(given) / rare.sum(), torch.ones(()))[:, None]
    square = (given * counts).T @ given + len(given) * ridge * torch.eye(given.shape[1])
    return torch.linalg.solve(square, (given * counts).T @ wanted)


def _detector(given: Tensor, which: Tensor) -> Tensor:
    """The direction that is 1 for these tokens and 0 for others."""
    return _fitted(given, which.float(), which, 1e-4)


def _telling(given: Tensor, pairs: Sequence[tuple[int, int]], ridge: float = 0.1) -> Tensor:
    """The directions in which two colons behind the same name are most alike, beside how much all colons vary."""
    first, second = (given[[pair[side] for pair in pairs]] for side in (0, 1))
    first, second = first - first.mean(0), second - second.mean(0)
    varies = (first.T @ first + second.T @ second) / (2 * len(pairs)) + ridge * torch.eye(given.shape[1])
    alike = (first.T @ second + second.T @ first) / (2 * len(pairs))
    whitening = torch.linalg.inv(torch.linalg.cholesky(varies))
    found = torch.linalg.eigh(whitening @ alike @ whitening.T)[1]
    return found[:, -TOLD:].T @ whitening


def _gathered(
    weights: Mapping[str, Tensor],
    shape: Shape,
    encoder: Encoder,
    sample: Sequence[Tokens],
    layer: int,
    *,
    normed: bool = True,
) -> tuple[Tensor, _Seen]:
    """What a layer is given of the tokens of a sample."""
    colon = encoder.mark(": ")
    given: list[Tensor] = []
    tokens: list[int] = []
    colons: set[int] = set()
    numbers: set[int] = set()
    asking: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(sample), AT_ONCE):
        examples = sample[start : start + AT_ONCE]
        now = batch(examples)
        made = states(weights, shape, now.tokens, now.positions, now.mask, layer, normed=normed)
        for row, example in enumerate(examples):
            begin = len(tokens)
            headings = _headings(example, encoder)
            colons.update(begin + at for at in headings.values())
            numbers.update(begin + place for place in headings)
            cited = {example.context[place]: begin + at for place, at in headings.items()}
            tokens += example.context
            for asked, answered in example.branches:
                behind = len(tokens) + len(asked) + answered.index(colon)
                number = next(token for token in answered if token in example.numbers)
                asking.add(len(tokens) + len(asked) + answered.index(number) - 1)
                colons.add(behind)
                pairs += [(cited[number], behind)] if number in cited else []
                tokens += [*asked, *answered]
            given.append(made[row, : len(tokens) - begin])
    nowhere = torch.zeros(len(tokens), dtype=torch.bool)

    def marked(places: set[int]) -> Tensor:
        return nowhere.index_fill(0, torch.tensor(sorted(places)), True)

    return torch.cat(given), _Seen(torch.tensor(tokens), marked(colons), marked(numbers), marked(asking), pairs)


def _headings(example: Tokens, encoder: Encoder) -> dict[int, int]:
    """The number of each piece and the colon behind its name, by their places in the context."""
    colon, ends = encoder.mark(": "), {encoder.mark("\n\n"), *encoder.text("\n")}
    found: dict[int, int] = {}
    first: int | None = None
    for place, (token, after) in enumerate(pairwise(example.context)):
        if token in ends:
            first = None
        elif token == colon and first is None:
            first = place
        elif token in example.numbers and after in ends and first is not None:
            found[place] = first
    return found
