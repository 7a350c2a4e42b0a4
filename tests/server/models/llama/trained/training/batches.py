"""Examples as tensors: contexts that several questions share, each of which sees its context and itself alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

import torch
from tests.server.models.llama.trained.prompts import ASKED, DEFINED, HERE, PIECES_MAX, WHERE, Ask, Example, chat
from tests.server.models.llama.trained.training.vocabulary import SPECIAL, Encoder
from torch import Tensor

END, SYSTEM, USER, ASSISTANT = "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"

SPREAD_SHARE = 0.7
NUMBER_WEIGHT = 5.0
"""Which piece it is decides, and is one token among many that are easy."""
Style = Callable[[str], str]
"""How an answer is put."""


class Tokens(NamedTuple):
    """An example in tokens."""

    context: list[int]
    branches: list[tuple[list[int], list[int]]]
    """Questions and answers."""
    numbers: frozenset[int]
    """Tokens that are the number of a piece."""

    @property
    def length(self) -> int:
        return len(self.context) + sum(len(asked) + len(answered) for asked, answered in self.branches)


class Batch(NamedTuple):
    """What a step learns from."""

    tokens: Tensor
    positions: Tensor
    mask: Tensor
    """`(batch, 1, tokens, tokens)`."""
    places: Tensor
    """Where what is written next is learnt, in the flattened batch."""
    wanted: Tensor
    """What is to be written there."""
    answers: Tensor
    """To which answer each of these places belongs."""
    weights: Tensor
    """How much each of them counts."""


def in_tokens(example: Example, encoder: Encoder, style: Style = str) -> Tokens:
    """An example as the product would put it; `style` changes the answers."""
    branches = []
    context: list[int] = []
    for ask in example.asks:
        system, user = chat(example.evidence, ask.question)
        before, marked, question = user.content.rpartition(ASKED)
        told = [encoder.mark(SYSTEM), *encoder.text(system.content), encoder.mark(END)]
        context = [*told, encoder.mark(USER), *encoder.text(before)]
        branches.append(_branch(marked + question, ask, encoder, style))
    return Tokens(context, branches, _numbers(encoder))


def _numbers(encoder: Encoder) -> frozenset[int]:
    return frozenset(encoder.mark(f" [{number}]") for number in range(1, PIECES_MAX + 1))


def _branch(asked: str, ask: Ask, encoder: Encoder, style: Style) -> tuple[list[int], list[int]]:
    question = [*encoder.text(asked), encoder.mark(END), encoder.mark(ASSISTANT)]
    return question, [*encoder.text(style(ask.answer)), encoder.mark(END)]


def batch(examples: Sequence[Tokens], spread: Spread | None = None) -> Batch:
    """Examples side by side; `spread` puts them at places as far apart as those of longer ones."""
    length = max(example.length for example in examples)
    tokens = torch.zeros(len(examples), length, dtype=torch.long)
    positions = torch.zeros(len(examples), length, dtype=torch.long)
    mask = torch.zeros(len(examples), 1, length, length, dtype=torch.bool)
    mask[..., 0] = True  # what is only there to fill a row looks at something too
    places: list[int] = []
    wanted: list[int] = []
    answers: list[int] = []
    weights: list[float] = []
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    for row, example in enumerate(examples):
        end = len(example.context)
        own = mask[row, 0]
        tokens[row, :end] = torch.tensor(example.context)
        gaps = spread.gaps(example) if spread else [0] * (end + 1)
        at = torch.arange(end + 1) + torch.tensor(gaps).cumsum(0)
        positions[row, :end] = at[:end]
        own[:end, :end] = causal[:end, :end]
        start = end
        for asked, answered in example.branches:
            stop = start + len(asked) + len(answered)
            tokens[row, start:stop] = torch.tensor([*asked, *answered])
            positions[row, start:stop] = at[end] + torch.arange(stop - start)
            own[start:stop, :end] = True
            own[start:stop, start:stop] = causal[: stop - start, : stop - start]
            first = row * length + start + len(asked) - 1
            places += range(first, first + len(answered))
            wanted += answered
            answers += [answers[-1] + 1 if answers else 0] * len(answered)
            weights += [NUMBER_WEIGHT if token in example.numbers else 1.0 for token in answered]
            start = stop
    learnt = (torch.tensor(each) for each in (places, wanted, answers, weights))
    return Batch(tokens, positions, mask, *learnt)


class Spread:
    """Room between pieces, as if there were more code: distances are learnt without the work of what would fill it."""

    def __init__(self, random: Random, between: int, most: int) -> None:
        """
        Args:
            random: Decides.
            between: The token that stands between pieces.
            most: Of the last place.
        """
        self._random = random
        self._between = between
        self._most = most

    def gaps(self, example: Tokens) -> list[int]:
        """Before each token of the context, and at the end before questions."""
        context, random = example.context, self._random
        longest = max(len(asked) + len(answered) for asked, answered in example.branches)
        room = random.random() * max(0, self._most - len(context) - longest) if random.random() < SPREAD_SHARE else 0
        places = [place for place, token in enumerate(context) if token == self._between]
        shares = [random.random() ** 2 for _ in range(len(places) + 1)]
        gaps = [0] * (len(context) + 1)
        for place, share in zip([*places, len(context)], shares, strict=True):
            gaps[place] = int(room * share / sum(shares))
        return gaps


def copying(chance: torch.Generator, vocabulary: int, tokens_max: int) -> Batch:
    """Tokens at random, then the same again: what is to be written is what followed the first time."""
    length = int(torch.randint(8, 33, (1,), generator=chance))
    rows = tokens_max // (2 * length)
    once = torch.randint(len(SPECIAL), vocabulary, (rows, length), generator=chance)
    tokens = torch.cat([once, once], 1)
    positions = torch.arange(2 * length).expand(rows, -1)
    mask = torch.ones(2 * length, 2 * length, dtype=torch.bool).tril().expand(rows, 1, -1, -1)
    places = torch.arange(rows)[:, None] * (2 * length) + torch.arange(length, 2 * length - 1)
    answers = torch.arange(rows)[:, None].expand(-1, length - 1)
    wanted = once[:, 1:].flatten()
    return Batch(tokens, positions, mask, places.flatten(), wanted, answers.flatten(), torch.ones(wanted.shape))


def looking_up(random: Random, encoder: Encoder, questions: int, pieces_max: int = 6) -> Tokens:
    """Headings of pieces without their lines, names and paths of tokens at random, and questions about them."""
    fixed, size = len(encoder.vocabulary.fixed), len(encoder.vocabulary.tokens)

    def some(least: int, most: int) -> list[int]:
        return [random.randrange(len(SPECIAL), size - fixed) for _ in range(random.randint(least, most))]

    count = random.randint(1, pieces_max)
    paths = [some(2, 24) for _ in range(random.randint(1, count))]
    tails = [some(1, 6) for _ in range(random.randint(max(1, count - 1), count))]
    colon, dot = encoder.mark(": "), encoder.text(".")
    context = [encoder.mark(USER)]
    branches: list[tuple[list[int], list[int]]] = []
    for number in range(1, count + 1):
        tail = tails[number - 1] if number <= len(tails) else random.choice(tails)
        is_owned = number > len(tails) or random.random() < 0.4
        name = [*some(1, 3), *dot, *tail] if is_owned else tail
        line = encoder.text(f":{int(10 ** random.uniform(0, 3.3))} [{number}]")
        place = [colon, *random.choice(paths), *line]
        said = [*encoder.text(f": {HERE} [{number}]"), encoder.mark(END)]
        context += [*encoder.text("\n\n"), *name, *place]
        if random.random() < 0.5:
            context += [*encoder.text("\n"), *some(1, 12)]
        asked = tail if is_owned and tails.count(tail) == 1 and len(tails) == count and random.random() < 0.5 else name
        question = [encoder.mark(ASKED), encoder.mark(WHERE), *asked, encoder.mark(DEFINED)]
        branches.append(([*question, encoder.mark(END), encoder.mark(ASSISTANT)], [*asked, *said]))
    return Tokens(context, random.sample(branches, min(questions, count)), _numbers(encoder))
