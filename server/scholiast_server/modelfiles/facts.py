"""What a model's file says of the model, for people. Pure; must not know files or llama.cpp."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath

import msgspec

from scholiast_server.models.llama.header import Header

_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
    12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K",
    19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL",
    26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0",
    37: "TQ2_0", 38: "MXFP4_MOE",
}  # fmt: skip
"""What most of a file is made of, by `general.file_type`. Source: `gguf.LlamaFileType`, which a test compares."""


class Facts(msgspec.Struct, frozen=True):
    """A model as its file tells of it."""

    name: str
    """What it calls itself, else what its file is called."""
    architecture: str
    quantization: str
    """How its weights are stored: `Q4_K_M`."""
    parameters: int
    """How many weights it has."""
    context_tokens: int | None
    """That it was trained for."""
    has_chat_template: bool
    """Whether it can be talked to."""
    makes_vectors: bool
    """Whether it was made to embed."""


def facts_of(header: Header, path: str) -> Facts:
    """What stands in a header; `path` is what the file is called."""
    of = header.architecture
    return Facts(
        name=header.text("general.name") or PurePath(path).stem,
        architecture=of,
        quantization=_quantization(header),
        parameters=sum(tensor.count for tensor in header.tensors),
        context_tokens=header.whole(f"{of}.context_length"),
        makes_vectors=f"{of}.pooling_type" in header.values,
        has_chat_template="tokenizer.chat_template" in header.values or "tokenizer.chat_template" in header.lengths,
    )


def _quantization(header: Header) -> str:
    told = header.whole("general.file_type")
    if told in _FILE_TYPES:
        return _FILE_TYPES[told]
    numbers: Counter[str] = Counter()
    for tensor in header.tensors:
        numbers[tensor.kind_name] += tensor.count
    return numbers.most_common(1)[0][0] if numbers else ""
