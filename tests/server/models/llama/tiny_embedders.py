"""Makes small embedding models as GGUF files: BERTs with random weights. Must not know what they are for."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_.:,;()[]{}=+-*/'\"#"


def write_embedder(  # noqa: PLR0913  (each is a part of the format)
    path: Path,
    *,
    seed: int = 0,
    width: int = 32,
    layers: int = 2,
    heads: int = 4,
    window: int = 64,
    name: str = "Tiny Embedder",
    pooling: gguf.PoolingType = gguf.PoolingType.MEAN,
    size: float = 0.3,
) -> Path:
    """A BERT whose tokens are single letters, so that the length of a text is its letters and two marks."""
    random = np.random.default_rng(seed)
    words = [f"\u2581{letter}" for letter in LETTERS]
    tokens = [*SPECIAL, *words, *LETTERS]
    hidden = width * 2
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name(name)
    writer.add_context_length(window)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(hidden)
    writer.add_head_count(heads)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(pooling)
    writer.add_vocab_size(len(tokens))
    writer.add_token_type_count(2)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL] * len(SPECIAL) + [gguf.TokenType.NORMAL] * (2 * len(LETTERS)))
    for key, mark in (("bos", "[CLS]"), ("eos", "[SEP]"), ("seperator", "[SEP]"), ("padding", "[PAD]")):
        writer.add_uint32(f"tokenizer.ggml.{key}_token_id", SPECIAL.index(mark))
    writer.add_unk_token_id(SPECIAL.index("[UNK]"))
    writer.add_mask_token_id(SPECIAL.index("[MASK]"))

    def add(tensor: str, *shape: int) -> None:
        writer.add_tensor(tensor, (random.standard_normal(shape) * size).astype(np.float32))

    def add_norm(tensor: str) -> None:
        writer.add_tensor(f"{tensor}.weight", np.ones(width, np.float32))
        writer.add_tensor(f"{tensor}.bias", np.zeros(width, np.float32))

    add("token_embd.weight", len(tokens), width)
    add("position_embd.weight", window, width)
    add("token_types.weight", 2, width)
    add_norm("token_embd_norm")
    for layer in range(layers):
        block = f"blk.{layer}"
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"{block}.{part}.weight", width, width)
            add(f"{block}.{part}.bias", width)
        add_norm(f"{block}.attn_output_norm")
        add(f"{block}.ffn_up.weight", hidden, width)
        add(f"{block}.ffn_up.bias", hidden)
        add(f"{block}.ffn_down.weight", width, hidden)
        add(f"{block}.ffn_down.bias", width)
        add_norm(f"{block}.layer_output_norm")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
