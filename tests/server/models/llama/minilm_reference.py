"""all-MiniLM-L6-v2 worked out with numpy alone, as its makers define it; must not know llama.cpp.

Source: the tokenizer and the encoder of BERT, https://arxiv.org/abs/1810.04805; pooling as in the model's own card.
"""

from __future__ import annotations

import math
import unicodedata
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tests.server.models.llama.minilm import HEADS, Tensors, read_tensors

Rows = npt.NDArray[np.float32]
EPSILON = 1e-12
_ERF = np.vectorize(math.erf, otypes=[np.float32])


class Reference:
    """The model in float32, one text at a time."""

    def __init__(self, folder: Path) -> None:
        self._tensors = read_tensors(folder)
        words = (folder / "vocab.txt").read_text("utf-8").split("\n")
        self._ids = {word: number for number, word in enumerate(words) if word}

    def tokens(self, text: str) -> list[int]:
        """WordPiece of a text in lower case without accents, between its two marks."""
        pieces = [piece for word in _words(text) for piece in self._pieces(word)]
        return [self._ids[piece] for piece in ("[CLS]", *pieces, "[SEP]")]

    def vector(self, text: str) -> Rows:
        """Its mean over all tokens, of unit length."""
        tensors = self._tensors
        ids = self.tokens(text)
        state = tensors["embeddings.word_embeddings.weight"][ids]
        state = state + tensors["embeddings.position_embeddings.weight"][: len(ids)]
        state = state + tensors["embeddings.token_type_embeddings.weight"][0]
        state = _normed(tensors, "embeddings.LayerNorm", state)
        layer = 0
        while f"encoder.layer.{layer}.output.dense.weight" in tensors:
            state = _layer(tensors, f"encoder.layer.{layer}", state)
            layer += 1
        mean = state.mean(0)
        vector: Rows = mean / np.linalg.norm(mean)
        return vector

    def _pieces(self, word: str) -> list[str]:
        """The longest known beginning of a word, then that of the rest."""
        found: list[str] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in self._ids), 0)
            if not end:
                return ["[UNK]"]
            found.append(mark + word[start:end])
            start = end
        return found


def _words(text: str) -> list[str]:
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text.lower()) if _is_kept(letter))
    spaced = "".join(f" {letter} " if _stands_alone(letter) else letter for letter in plain)
    return spaced.split()


def _is_kept(letter: str) -> bool:
    category = unicodedata.category(letter)
    return letter in "\t\n\r" or not (category == "Mn" or category.startswith("C"))


def _stands_alone(letter: str) -> bool:
    is_mark = letter.isascii() and letter.isprintable() and not letter.isalnum() and letter != " "
    return is_mark or unicodedata.category(letter).startswith("P") or 0x4E00 <= ord(letter) <= 0x9FFF


def _layer(tensors: Tensors, name: str, state: Rows) -> Rows:
    attention = f"{name}.attention"
    query, key, value = (
        _by_heads(_linear(tensors, f"{attention}.self.{part}", state)) for part in ("query", "key", "value")
    )
    weights = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])
    weights = np.exp(weights - weights.max(-1, keepdims=True))
    seen = (weights / weights.sum(-1, keepdims=True)) @ value
    joined = seen.swapaxes(0, 1).reshape(state.shape)
    state = _normed(
        tensors, f"{attention}.output.LayerNorm", state + _linear(tensors, f"{attention}.output.dense", joined)
    )
    inner = _linear(tensors, f"{name}.intermediate.dense", state)
    inner = inner * 0.5 * (1 + _ERF(inner / math.sqrt(2)))
    return _normed(tensors, f"{name}.output.LayerNorm", state + _linear(tensors, f"{name}.output.dense", inner))


def _by_heads(state: Rows) -> Rows:
    return state.reshape(len(state), HEADS, -1).swapaxes(0, 1)


def _linear(tensors: Tensors, name: str, state: Rows) -> Rows:
    made: Rows = state @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]
    return made


def _normed(tensors: Tensors, name: str, state: Rows) -> Rows:
    centred = state - state.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
    made: Rows = scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]
    return made
