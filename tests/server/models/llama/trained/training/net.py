"""A llama of a few hundred thousand weights in torch, its tensors named as in GGUF; must not know what it learns.

Weights are a dict from name to tensor, so that exporting is writing it down and an adapter is another such dict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

Weights = dict[str, Tensor]

EPSILON = 1e-5
ROPE_BASE = 1e7
"""Slow turns leave most of a head to what tokens are, whatever lies between them."""
LOOKED_BACK = (1, 2, 3)
SAME_FOR_ALL, SHARPNESS, FAST_PAIRS = 0.12, 50.0, 5
"""Of the embeddings at the start; of the looks back; and by how many of the fastest turning pairs places are told."""


class Shape(NamedTuple):
    """How large a model is."""

    vocabulary: int
    width: int = 128
    layers: int = 4
    heads: int = 4
    hidden: int = 192
    context: int = 1_024


def fresh_weights(shape: Shape, seed: int) -> Weights:
    """Random ones to start from."""
    chance = torch.Generator().manual_seed(seed)
    made: Weights = {}

    def add(name: str, rows: int, columns: int, size: float) -> None:
        made[f"{name}.weight"] = torch.randn(rows, columns, generator=chance) * size

    add("token_embd", shape.vocabulary, shape.width, 0.06)
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        for part in ("attn_q", "attn_k", "attn_v"):
            add(f"{block}.{part}", shape.width, shape.width, shape.width**-0.5)
        add(f"{block}.attn_output", shape.width, shape.width, 0.0)
        for part in ("ffn_gate", "ffn_up"):
            add(f"{block}.{part}", shape.hidden, shape.width, shape.width**-0.5)
        add(f"{block}.ffn_down", shape.width, shape.hidden, 0.0)
        for norm in ("attn_norm", "ffn_norm"):
            made[f"{block}.{norm}.weight"] = torch.ones(shape.width)
    made["output_norm.weight"] = torch.ones(shape.width)
    _look_back(made, shape)
    return made


def _look_back(weights: Weights, shape: Shape) -> None:
    """Have heads of the first layer look one, two and three tokens back from the start.

    Finding a name again and going on as it went on there begins with that. Left to chance, it took more than 400 steps
    to come about; so made, the copying that rests on it comes after 100.
    """
    width = shape.width // shape.heads
    embedding = weights["token_embd.weight"]
    embedding[:, 0] = SAME_FOR_ALL  # what all tokens have in common is what a place alone can be asked by
    strength = SHARPNESS**0.5 / (SAME_FOR_ALL / embedding.pow(2).mean(1).sqrt()).mean()
    speeds = _speeds(width)
    for head, distance in enumerate(LOOKED_BACK):
        rows = slice(head * width, (head + 1) * width)
        query, key = (weights[f"blk.0.{part}.weight"][rows] for part in ("attn_q", "attn_k"))
        query *= 0.1
        key *= 0.1
        for pair in range(FAST_PAIRS):
            key[2 * pair : 2 * pair + 2, 0] = torch.tensor([strength, 0.0])
            angle = distance * speeds[pair]
            query[2 * pair : 2 * pair + 2, 0] = strength * torch.stack([angle.cos(), -angle.sin()])


def run(
    weights: Mapping[str, Tensor], shape: Shape, tokens: Tensor, positions: Tensor, mask: Tensor, places: Tensor
) -> Tensor:
    """What the last layer says at some places `(places, width)`.

    Args:
        weights: Of the model, those of an adapter added.
        shape: Of the model.
        tokens: `(batch, tokens)`.
        positions: The same shape.
        mask: `(batch, 1, tokens, tokens)`, true where a token may look.
        places: In the flattened batch.
    """
    state, turned = _begun(weights, shape, tokens, positions, mask)
    for layer in range(shape.layers):
        state = _after_looking(weights, shape, layer, state, turned)
        if layer == shape.layers - 1:
            state = state.flatten(0, 1)[places]
        state = _after_thinking(weights, layer, state)
    return _normed(state, weights["output_norm.weight"])


def states(
    weights: Mapping[str, Tensor],
    shape: Shape,
    tokens: Tensor,
    positions: Tensor,
    mask: Tensor,
    layer: int,
    *,
    normed: bool = True,
) -> Tensor:
    """What a layer is given of each token `(batch, tokens, width)`, as its heads see it or as it is kept."""
    state, turned = _begun(weights, shape, tokens, positions, mask)
    for before in range(layer):
        state = _after_thinking(weights, before, _after_looking(weights, shape, before, state, turned))
    return _normed(state, weights[f"blk.{layer}.attn_norm.weight"]) if normed else state


class _Turned(NamedTuple):
    """What all layers need of places."""

    turns: tuple[Tensor, Tensor]
    bias: Tensor


def _begun(
    weights: Mapping[str, Tensor], shape: Shape, tokens: Tensor, positions: Tensor, mask: Tensor
) -> tuple[Tensor, _Turned]:
    bias = torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))
    turned = _Turned(_turns(positions, shape.width // shape.heads), bias)
    return functional.embedding(tokens, weights["token_embd.weight"]), turned


def _after_looking(weights: Mapping[str, Tensor], shape: Shape, layer: int, state: Tensor, turned: _Turned) -> Tensor:
    block = f"blk.{layer}"
    normed = _normed(state, weights[f"{block}.attn_norm.weight"])
    query, key, value = (
        _by_heads(normed @ weights[f"{block}.{part}.weight"].T, shape.heads) for part in ("attn_q", "attn_k", "attn_v")
    )
    seen = _attended(_turned(query, turned.turns), _turned(key, turned.turns), value, turned.bias)
    return state + seen.transpose(1, 2).reshape(state.shape) @ weights[f"{block}.attn_output.weight"].T


def _after_thinking(weights: Mapping[str, Tensor], layer: int, state: Tensor) -> Tensor:
    block = f"blk.{layer}"
    normed = _normed(state, weights[f"{block}.ffn_norm.weight"])
    gate = functional.silu(normed @ weights[f"{block}.ffn_gate.weight"].T)
    return state + (gate * (normed @ weights[f"{block}.ffn_up.weight"].T)) @ weights[f"{block}.ffn_down.weight"].T


def _attended(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    """What torch's own function does, row by row: half as long here, as what a row needs stays in the cache."""
    scale = query.shape[-1] ** -0.5
    bias = bias.to(query.dtype)
    rows = []
    for q, k, v, b in zip(query, key, value, bias, strict=True):
        rows.append(torch.baddbmm(b.expand(len(q), -1, -1), q, k.transpose(1, 2), alpha=scale).softmax(-1) @ v)
    return torch.stack(rows)


def _normed(state: Tensor, weight: Tensor) -> Tensor:
    exact = state.float()
    return (exact * torch.rsqrt(exact.pow(2).mean(-1, keepdim=True) + EPSILON) * weight.float()).to(state.dtype)


def _by_heads(state: Tensor, heads: int) -> Tensor:
    batch, tokens, width = state.shape
    return state.view(batch, tokens, heads, width // heads).transpose(1, 2)


def _turns(positions: Tensor, width: int) -> tuple[Tensor, Tensor]:
    angles = positions[:, None, :, None] * _speeds(width)
    return angles.cos(), angles.sin()


def _speeds(width: int) -> Tensor:
    return ROPE_BASE ** (-torch.arange(0, width, 2) / width)


def _turned(state: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Pairs of neighbours turned by their position, which is how the architecture `llama` of llama.cpp does it."""
    even, odd = state[..., ::2].float(), state[..., 1::2].float()
    cosine, sine = turns
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2).to(state.dtype)
