"""Writes a model and an adapter as GGUF files; must not know how they were trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
from tests.server.models.llama.tiny_models import TEMPLATE
from tests.server.models.llama.trained.training.net import EPSILON, ROPE_BASE, Shape
from tests.server.models.llama.trained.training.vocabulary import SPECIAL, Vocabulary
from torch import Tensor

Q8 = gguf.GGMLQuantizationType.Q8_0


def write_trained(path: Path, name: str, weights: Mapping[str, Tensor], shape: Shape, vocabulary: Vocabulary) -> None:
    """The model with 8 bits a weight."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_license("apache-2.0")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(list(vocabulary.tokens))
    kinds = [gguf.TokenType.NORMAL] * shape.vocabulary
    kinds[: len(SPECIAL)] = [gguf.TokenType.CONTROL] * len(SPECIAL)
    kinds[-len(vocabulary.fixed) :] = [gguf.TokenType.USER_DEFINED] * len(vocabulary.fixed)
    writer.add_token_types(kinds)
    writer.add_token_merges(list(vocabulary.merges))
    for key in ("bos", "eos", "eot"):
        writer.add_uint32(f"tokenizer.ggml.{key}_token_id", 0)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    for tensor, value in weights.items():
        numbers = value.detach().float().numpy()
        if numbers.ndim == 1:
            writer.add_tensor(tensor, numbers)
        else:
            writer.add_tensor(tensor, gguf.quants.quantize(numbers, Q8), raw_dtype=Q8)
    _close(writer)


def write_lora(path: Path, name: str, halves: Mapping[str, tuple[Tensor, Tensor]], alpha: float) -> None:
    """An adapter of 16 bits a weight.

    Args:
        path: The file.
        name: What it calls itself.
        halves: For each tensor of the model `(rank, in)` and `(out, rank)`.
        alpha: Divided by the rank it is how much they count.
    """
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_name(name)
    writer.add_license("apache-2.0")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for tensor, (first, second) in halves.items():
        writer.add_tensor(f"{tensor}.lora_a", first.detach().float().numpy().astype(np.float16))
        writer.add_tensor(f"{tensor}.lora_b", second.detach().float().numpy().astype(np.float16))
    _close(writer)


def _close(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
