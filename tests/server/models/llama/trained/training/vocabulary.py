"""A byte-level BPE vocabulary for prompts about code, as llama.cpp reads it; must not know models.

Letters are merged with letters alone, so that a name is made of the same tokens wherever it stands: behind a space, a
backtick or a dot. What the product says the same way in every prompt is one token a sentence: a model of a megabyte
has no room for rules that are hundreds of tokens long.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.server.models.llama.tiny_models import SPECIAL as KNOWN
from tests.server.models.llama.tiny_models import byte_tokens
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

SPECIAL = tuple(mark.replace("fim", "spare") for mark in KNOWN)
"""llama.cpp takes a model with the others for one that fills in the middle."""
SPACE = "Ġ"
"""How GPT-2 writes a space."""
SPACES = (f"{SPACE} {SPACE}", f"{SPACE}{SPACE} {SPACE}{SPACE}")
"""Merges for code's indentation."""
DIGITS = tuple(f"{first} {second}" for first in "0123456789" for second in "0123456789")


class Vocabulary(NamedTuple):
    """Tokens in order of their ids."""

    tokens: tuple[str, ...]
    """Special ones, bytes, what is merged of them, and at the end the texts that are one token each."""
    merges: tuple[str, ...]
    """What is merged, first merge first."""
    fixed: tuple[str, ...]
    """The texts that are one token each, as they are written."""


def learn(texts: Iterable[str], fixed: Sequence[str], size: int) -> Vocabulary:
    """A vocabulary of `size` tokens that makes these texts short."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[A-Za-z]+|[!-/:-@\[-`{-~]+"), "removed", invert=True)
    ready = (*SPACES, *DIGITS)
    count = size - len(SPECIAL) - 256 - len(ready) - len(fixed)
    trainer = trainers.BpeTrainer(vocab_size=size, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    merges = (*_first(_merges(tokenizer), count), *ready)
    tokens = (*SPECIAL, *byte_tokens(), *dict.fromkeys(merge.replace(" ", "") for merge in merges), *fixed)
    assert len(set(tokens)) == size
    return Vocabulary(tokens, merges, tuple(fixed))


def _first(merges: Sequence[str], count: int) -> list[str]:
    """The first merges that make so many tokens; there may be two ways to one."""
    made: set[str] = set()
    kept: list[str] = []
    for merge in merges:
        made.add(merge.replace(" ", ""))
        if len(made) > count:
            break
        kept.append(merge)
    return kept


def _merges(tokenizer: Tokenizer) -> list[str]:
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [merge if isinstance(merge, str) else " ".join(merge) for merge in merges]


class Encoder:
    """Text to tokens, as llama.cpp does it for `gpt2` with the splitting of `gpt-2`."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._ids = {token: number for number, token in enumerate(vocabulary.tokens)}
        merges = [(left, right) for left, right in (merge.split(" ") for merge in vocabulary.merges)]
        merged = {token: number for token, number in self._ids.items() if token not in vocabulary.fixed}
        self._tokenizer = Tokenizer(models.BPE(merged, merges))
        self._tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        self._fixed = sorted(vocabulary.fixed, key=len, reverse=True)

    def mark(self, token: str) -> int:
        """The number of a special token, or of a text that is one token."""
        return self._ids[token]

    def text(self, text: str) -> list[int]:
        """Tokens of a text in which nothing is special."""
        return self._tokens(text, 0)

    def _tokens(self, text: str, place: int) -> list[int]:
        """The longest of the texts that are one token are cut out first, wherever they stand."""
        while place < len(self._fixed) and self._fixed[place] not in text:
            place += 1
        if not text or place == len(self._fixed):
            return list(self._tokenizer.encode(text, add_special_tokens=False).ids)
        fixed = self._fixed[place]
        first, *rest = text.split(fixed)
        found = self._tokens(first, place + 1)
        for part in rest:
            found += [self._ids[fixed], *self._tokens(part, place + 1)]
        return found
