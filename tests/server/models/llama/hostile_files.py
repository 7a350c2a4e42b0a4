"""Models and adapters that are damaged, of the wrong kind or made to do harm, each with what is told of it."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import gguf
import numpy as np
from tests.server.models.llama.tiny_embedders import write_embedder
from tests.server.models.llama.tiny_models import write_adapter, write_lora, write_model

CONTEXT = 256
SHAPES = "has wrong shape"
GONE = "cut off or damaged"


class Hostile(NamedTuple):
    """One file."""

    name: str
    make: Callable[[Path], object]
    """Puts it at a path."""
    told: str
    """A pattern of what the user is told."""


def tampered(change: Callable[[bytearray], object]) -> Callable[[Path], object]:
    """A sound model with its bytes changed; what `change` gives back takes their place if it is bytes."""

    def make(path: Path) -> None:
        data = bytearray(write_model(path, context=CONTEXT).read_bytes())
        changed = change(data)
        path.write_bytes(changed if isinstance(changed, bytes | bytearray) else data)

    return make


def scalar(key: str, form: str, value: float) -> Callable[[Path], object]:
    """A sound model that says something else under a key."""
    return tampered(lambda data: struct.pack_into(form, data, _value_at(data, key), value))


def without(key: str) -> Callable[[Path], object]:
    """A sound model that lacks a key."""
    return tampered(lambda data: data.replace(key.encode(), key[::-1].encode(), 1))


def tensor(form: str, behind_name: int, value: int) -> Callable[[Path], object]:
    """A sound model that says something else of its first query matrix."""
    name = b"blk.0.attn_q.weight"
    return tampered(lambda data: struct.pack_into(form, data, data.index(name) + len(name) + behind_name, value))


def model(**options: object) -> Callable[[Path], object]:
    return lambda path: write_model(path, context=CONTEXT, **options)  # type: ignore[arg-type]


def cut(share: float) -> Callable[[Path], object]:
    return tampered(lambda data: data[: int(len(data) * share)])


def flipped(seed: int) -> Callable[[Path], object]:
    """Eight bits of the header are others."""

    def flip(data: bytearray) -> None:
        chance = random.Random(seed)
        for _ in range(8):
            data[chance.randrange(8, 1_200)] ^= 1 << chance.randrange(8)

    return tampered(flip)


def vast(path: Path) -> None:
    """Four terabytes of weights, of which nothing is on the disk."""
    rows = 1 << 40
    name = b"blk.0.attn_q.weight"
    data = bytearray(write_model(path, context=CONTEXT).read_bytes())
    struct.pack_into("<Q", data, data.index(name) + len(name) + 4, rows // 64)
    path.write_bytes(data)
    os.truncate(path, 4 * rows + len(data))


def _value_at(data: bytearray, key: str) -> int:
    """Where the value of a key begins: behind its length, itself and the kind of value."""
    named = struct.pack("<Q", len(key)) + key.encode()
    return data.index(named) + len(named) + 4


NO_HEADER = (
    Hostile("missing", lambda path: None, "is not there"),
    Hostile("empty", lambda path: path.write_bytes(b""), "is empty"),
    Hostile("text", lambda path: path.write_text("Once upon a time"), "is no GGUF file"),
    Hostile("archive", lambda path: path.write_bytes(b"PK\x03\x04" + bytes(500)), "is no GGUF file"),
    Hostile("magic-alone", lambda path: path.write_bytes(b"GGUF"), GONE),
    Hostile("zeros", lambda path: path.write_bytes(bytes(10_000)), "is no GGUF file"),
    Hostile("folder", lambda path: path.mkdir(), "is a folder"),
    Hostile("pipe", os.mkfifo, "is no regular file"),
    Hostile("link-to-itself", lambda path: path.symlink_to(path), "can't be read"),
)
"""Neither models nor adapters."""

REFUSED = (
    *NO_HEADER,
    Hostile("version-1", tampered(lambda data: struct.pack_into("<I", data, 4, 1)), "version 1, which is too old"),
    Hostile("version-99", tampered(lambda data: struct.pack_into("<I", data, 4, 99)), "version 99, which is unknown"),
    Hostile("big-endian", tampered(lambda data: struct.pack_into(">I", data, 4, 3)), "the other byte order"),
    Hostile("cut-in-keys", cut(0.001), GONE),
    Hostile("cut-in-tensors", cut(0.0125), GONE),
    Hostile("cut-in-half", cut(0.5), GONE),
    Hostile("cut-by-a-byte", tampered(lambda data: data[:-1]), GONE),
    Hostile(
        "tensors-without-end", tampered(lambda data: struct.pack_into("<Q", data, 8, 1 << 62)), "is damaged: it says"
    ),
    Hostile(
        "keys-without-end", tampered(lambda data: struct.pack_into("<Q", data, 16, 1 << 62)), "is damaged: it says"
    ),
    Hostile("name-without-end", tampered(lambda data: struct.pack_into("<Q", data, 24, 1 << 63)), "is damaged: a name"),
    Hostile("text-without-end", scalar("general.name", "<Q", 1 << 62), GONE),
    Hostile("tensor-of-nine-sides", tensor("<I", 0, 9), "is damaged: what should be"),
    Hostile("tensor-as-large-as-the-world", tensor("<Q", 4, 1 << 62), GONE),
    Hostile("tensor-out-of-the-file", tensor("<Q", 24, 1 << 40), GONE),
    Hostile("million-layers", scalar("llama.block_count", "<I", 1_000_000), "says that it has 1,000,000 layers"),
    Hostile("no-layers", scalar("llama.block_count", "<I", 0), "says that it has 0 layers"),
    Hostile("adapter", write_adapter, "is a LoRA adapter, which changes a model"),
    Hostile("vocabulary-alone", tampered(lambda data: struct.pack_into("<Q", data, 8, 0)), "it holds no weights"),
)
"""Models that llama.cpp is not asked to load."""

UNLOADABLE = (
    Hostile("list-without-end", scalar("tokenizer.ggml.tokens", "<Q", (1 << 62) + 8), "is damaged|" + GONE),
    Hostile("tensor-of-no-kind", tensor("<I", 20, 99), "invalid ggml type 99"),
    Hostile("tensor-of-another-kind", tensor("<I", 20, 1), "has offset"),
    Hostile("a-layer-too-many", scalar("llama.block_count", "<I", 3), "'blk.2.attn_norm.weight' not found"),
    Hostile("wider-than-it-is", scalar("llama.embedding_length", "<I", 128), "can't be loaded: "),
    Hostile("no-heads", scalar("llama.attention.head_count", "<I", 0), SHAPES),
    Hostile("heads-that-do-not-divide", scalar("llama.attention.head_count", "<I", 7), "can't be loaded: "),
    Hostile("no-key-heads", scalar("llama.attention.head_count_kv", "<I", 0), SHAPES),
    Hostile("no-feed-forward", scalar("llama.feed_forward_length", "<I", 0), SHAPES),
    Hostile("no-tokens", without("tokenizer.ggml.tokens"), "tokenizer vocab"),
    Hostile("no-merges", without("tokenizer.ggml.merges"), "tokenizer merges"),
    Hostile("no-architecture", without("general.architecture"), "unknown model architecture"),
    Hostile("unknown-architecture", model(architecture="gpt99"), "unknown model architecture: 'gpt99'"),
    Hostile("sees-pictures", model(architecture="clip"), "CLIP cannot be used as main model"),
    Hostile("other-architecture", model(architecture="mamba"), "key not found in model"),
    Hostile("vast", vast, "there is no memory for the model"),
    Hostile("not-a-number", scalar("llama.attention.layer_norm_rms_epsilon", "<f", float("nan")), "GGML_ASSERT"),
)
"""Models that do not load, or end the process."""

ODD_MODELS = (
    *(Hostile(f"flipped-{seed}", flipped(seed), "") for seed in range(6)),
    Hostile("weights-are-no-numbers", tampered(lambda data: data[:8_000] + b"\xff" * (len(data) - 8_000)), ""),
    Hostile("ends-with-no-token", scalar("tokenizer.ggml.eos_token_id", "<I", 999_999), ""),
    Hostile("trained-for-billions", scalar("llama.context_length", "<I", 2_000_000_000), ""),
    Hostile("trained-for-nothing", scalar("llama.context_length", "<I", 0), ""),
    Hostile("words-without-end", scalar("llama.vocab_size", "<I", 2_000_000_000), ""),
)
"""They answer, or say why not: either will do."""


def lora(*tensors: tuple[str, tuple[int, ...]], **options: object) -> Callable[[Path], object]:
    return lambda path: write_lora(path, dict(tensors), **options)  # type: ignore[arg-type]


Q, HALVES = "blk.0.attn_q.weight", (".lora_a", ".lora_b")


def pair(name: str, inputs: int, outputs: int, rank: int = 4) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return ((f"{name}.lora_a", (rank, inputs)), (f"{name}.lora_b", (outputs, rank)))


def tampered_adapter(change: Callable[[bytearray], object]) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        data = bytearray(write_adapter(path).read_bytes())
        changed = change(data)
        path.write_bytes(changed if isinstance(changed, bytes | bytearray) else data)

    return make


ADAPTERS = (
    *NO_HEADER,
    Hostile("cut-header", tampered_adapter(lambda data: data[:300]), GONE),
    Hostile("cut-weights", tampered_adapter(lambda data: data[: len(data) // 2]), GONE),
    Hostile("cut-by-a-byte", tampered_adapter(lambda data: data[:-1]), GONE),
    Hostile("model", model(), "is no adapter: it says nothing of what it is"),
    Hostile("kind", lambda path: write_adapter(path, kind="model"), "is no adapter: it is a model"),
    Hostile("control-vector", lora(*pair(Q, 64, 64), adapter="control_vector"), "of the kind control_vector, not LoRA"),
    Hostile(
        "architecture", lambda path: write_adapter(path, architecture="gpt2"), "It is for gpt2; hostile.* is llama"
    ),
    Hostile("narrow", lambda path: write_adapter(path, width=32), "as 32 × 32; hostile.* has 64 × 64"),
    Hostile("wide", lambda path: write_adapter(path, width=512), "as 512 × 512; hostile.* has 64 × 64"),
    Hostile("inputs", lora(*pair(Q, 32, 64)), "as 64 × 32; hostile.* has 64 × 64"),
    Hostile("outputs", lora(*pair(Q, 64, 65)), "as 65 × 64; hostile.* has 64 × 64"),
    Hostile(
        "layers", lambda path: write_adapter(path, layers=3), "changes blk.2.attn_q.weight, which hostile.* does not"
    ),
    Hostile("unknown-tensor", lora(*pair("blk.0.magic.weight", 64, 64)), "blk.0.magic.weight, which hostile"),
    Hostile("vector", lora(*pair("output_norm.weight", 64, 1)), "as a matrix; in hostile.* it is a list of 64 numbers"),
    Hostile(
        "tied", lora(("token_embd.weight.lora_a", (263, 4)), ("token_embd.weight.lora_b", (64, 4))), "writes with it"
    ),
    Hostile("half", lora((Q + ".lora_a", (4, 64))), "holds no lora_b"),
    Hostile("other-half", lora((Q + ".lora_b", (64, 4))), "holds no lora_a"),
    Hostile("ranks", lora((Q + ".lora_a", (4, 64)), (Q + ".lora_b", (64, 8))), "do not go together, 4 × 64 and 64 × 8"),
    Hostile("transposed", lora((Q + ".lora_a", (64, 4)), (Q + ".lora_b", (4, 64))), "as 4 × 4|do not go together"),
    Hostile("third-half", lora(*pair(Q, 64, 64), (Q + ".lora_c", (4, 64))), "lora_c, which is no part"),
    Hostile("list", lora((Q + ".lora_a", (64,)), (Q + ".lora_b", (64,))), "is no matrix"),
    Hostile("huge-rank", lora(*pair(Q, 64, 64, rank=5_000)), "a rank of 5,000"),
    Hostile("nothing", lora(), "it changes nothing"),
    Hostile(
        "kind-of-numbers", lora(*pair(Q, 64, 64, rank=32), kind=gguf.GGMLQuantizationType.Q4_0), "of the kind Q4_0"
    ),
    Hostile("alpha", lora(*pair(Q, 64, 64), alpha=float("nan")), "its alpha is nan"),
    Hostile("alpha-below", lora(*pair(Q, 64, 64), alpha=-1.0), "its alpha is -1"),
    Hostile("name", lora(*pair("blk.0.\x1b[2J\n.weight", 64, 64)), r"changes 'blk\.0\.\\x1b\[2J\\n\.weight', which"),
)
"""None of them is for the model `hostile`, and all are told."""

HARMLESS_ADAPTERS = (
    Hostile("no-alpha", lora(*pair(Q, 64, 64), alpha=0.0), ""),
    Hostile("half-numbers", lora(*pair(Q, 64, 64), kind=gguf.GGMLQuantizationType.F16), ""),
    Hostile("brain-numbers", lora(*pair(Q, 64, 64), kind=gguf.GGMLQuantizationType.BF16), ""),
    Hostile("small-numbers", lora(*pair(Q, 64, 64, rank=32), kind=gguf.GGMLQuantizationType.Q8_0), ""),
    Hostile("not-numbers", lora(*pair(Q, 64, 64), fill=np.nan), ""),
    Hostile("beyond-all-numbers", lora(*pair(Q, 64, 64), fill=3e38), ""),
)
"""llama.cpp takes them; what is written under them may be nothing."""

ROUND = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
ENDLESS = (
    Hostile(
        "loops", model(template="{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"), ""
    ),
    Hostile("power", model(template="{{ 7 ** 9999999999 }}"), ""),
    Hostile("joins", model(template="{% for a in range(99999) %}{% set b = range(99999) | join %}{% endfor %}"), ""),
)
"""Chat templates that do not come to an end."""

TEMPLATES = (
    Hostile(
        "attribute", model(template="{{ ''.__class__.__mro__[1].__subclasses__() }}" + ROUND), "SecurityError|fails"
    ),
    Hostile(
        "globals", model(template="{{ raise_exception.__globals__['__builtins__'] }}" + ROUND), "SecurityError|fails"
    ),
    Hostile("raises", model(template="{{ raise_exception('no ' * 3) }}"), "fails: ValueError: no no no"),
    Hostile("divides", model(template="{{ 1 / 0 }}" + ROUND), "fails: ZeroDivisionError"),
    Hostile("undefined", model(template="{{ a.b.c }}" + ROUND), "fails: UndefinedError"),
    Hostile("range", model(template="{% for a in range(10**9) %}{% endfor %}" + ROUND), "fails: OverflowError"),
    Hostile("swells", model(template="{{ 'x' * 10**10 }}" + ROUND), "takes far too much memory"),
    Hostile("pads", model(template="{{ 'x' | center(10**10) }}" + ROUND), "takes far too much memory"),
    Hostile("chatters", model(template="{{ 'x' * 10**6 }}" + ROUND), "writes 1,000,0.. characters of its own"),
    Hostile(
        "recurses", model(template="{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}" + ROUND), "fails: RecursionError"
    ),
    Hostile("leaves-out", model(template="nothing"), "leaves messages out, moves or repeats them"),
    Hostile("repeats", model(template=ROUND + ROUND), "leaves messages out, moves or repeats them"),
    Hostile("endless-template-text", model(template="x" * 2_000_000), "can't be read: it has 2,000,000 bytes"),
    Hostile("broken-template", model(template="{% for %}"), "chat template can't be read"),
    Hostile("nested-template", model(template="{{" + "(" * 50_000 + "}}"), "chat template can't be read"),
    Hostile("deep-template", model(template="{% if 1 %}" * 15_000), "chat template can't be read"),
    Hostile("embedder", write_embedder, "no chat template"),
    Hostile("imports", model(template="{% include '/etc/passwd' %}" + ROUND), "fails: "),
)
"""Chat templates that do what they should not."""
