"""Makes small models and adapters as GGUF files: random weights, real format. Must not know what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")


def byte_tokens() -> list[str]:
    """The 256 bytes as GPT-2 writes them: each a character that can be seen."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters: dict[int, str] = {byte: chr(byte) for byte in seen}
    for number, byte in enumerate(byte for byte in range(256) if byte not in letters):
        letters[byte] = chr(256 + number)
    return [letters[byte] for byte in range(256)]


def write_model(  # noqa: PLR0913  (each is a part of the format)
    path: Path,
    *,
    seed: int = 0,
    width: int = 64,
    layers: int = 2,
    heads: int = 4,
    context: int = 512,
    template: str | None = TEMPLATE,
    architecture: str = "llama",
    name: str = "tiny",
    fim: bool = True,
    ordinary: tuple[str, ...] = (),
    tied: bool = True,
    norm: float = 1.0,
    metadata: dict[str, Any] | None = None,
) -> Path:
    """A llama with random weights whose tokens are bytes and a few marks.

    `ordinary` are further marks that are no control tokens: any text that spells them becomes one. `tied`: it writes
    with the matrix that it reads with. `norm` is what its smallest tensors are made of.
    """
    random = np.random.default_rng(seed)
    special = SPECIAL if fim else [mark.replace("fim", "spare") for mark in SPECIAL]  # llama.cpp knows them by name
    tokens = [*special, *byte_tokens(), *ordinary]
    kinds = [gguf.TokenType.CONTROL] * len(SPECIAL) + [gguf.TokenType.NORMAL] * 256
    kinds += [gguf.TokenType.USER_DEFINED] * len(ordinary)
    hidden = width * 2
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(hidden)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(["h e"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_eot_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    if template is not None:
        writer.add_chat_template(template)
    if fim:
        for number, key in enumerate(("fim_pre", "fim_suf", "fim_mid"), start=4):
            writer.add_uint32(f"tokenizer.ggml.{key}_token_id", number)
    for key, value in (metadata or {}).items():
        writer.add_key_value(key, value, gguf.GGUFValueType.get_type(value))

    def add(tensor: str, *shape: int) -> None:
        writer.add_tensor(tensor, (random.standard_normal(shape) * 0.2).astype(np.float32))

    add("token_embd.weight", len(tokens), width)
    writer.add_tensor("output_norm.weight", np.full(width, norm, np.float32))
    if not tied:
        add("output.weight", len(tokens), width)
    for layer in range(layers):
        block = f"blk.{layer}"
        writer.add_tensor(f"{block}.attn_norm.weight", np.full(width, norm, np.float32))
        writer.add_tensor(f"{block}.ffn_norm.weight", np.full(width, norm, np.float32))
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"{block}.{part}.weight", width, width)
        add(f"{block}.ffn_gate.weight", hidden, width)
        add(f"{block}.ffn_up.weight", hidden, width)
        add(f"{block}.ffn_down.weight", width, hidden)
    _close(writer)
    return path


def write_adapter(  # noqa: PLR0913  (each is a part of the format)
    path: Path,
    *,
    seed: int = 1,
    width: int = 64,
    layers: int = 2,
    rank: int = 4,
    alpha: float = 8.0,
    size: float = 0.5,
    architecture: str = "llama",
    kind: str = "adapter",
    parts: tuple[str, ...] = ("attn_q", "attn_v"),
) -> Path:
    """A LoRA adapter with random weights for the model above."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(kind)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for layer in range(layers):
        for part in parts:
            for half, shape in (("lora_a", (rank, width)), ("lora_b", (width, rank))):
                weights = (random.standard_normal(shape) * size).astype(np.float32)
                writer.add_tensor(f"blk.{layer}.{part}.weight.{half}", weights)
    _close(writer)
    return path


def write_lora(
    path: Path,
    tensors: Mapping[str, tuple[int, ...]],
    *,
    adapter: str = "lora",
    alpha: float = 8.0,
    kind: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
    fill: float | None = None,
) -> Path:
    """An adapter for it of exactly these tensors, by name with their shapes, rows first."""
    random = np.random.default_rng(3)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", adapter)
    writer.add_float32("adapter.lora.alpha", alpha)
    for name, shape in tensors.items():
        weights = (random.standard_normal(shape) * 0.5).astype(np.float32)
        if fill is not None:
            weights[:] = fill
        writer.add_tensor(name, gguf.quants.quantize(weights, kind), raw_dtype=kind)
    _close(writer)
    return path


def _close(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
