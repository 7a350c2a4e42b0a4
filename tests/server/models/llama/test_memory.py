"""How much memory a model takes, how much there is, and the context that fits."""

from __future__ import annotations

from pathlib import Path

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.models.llama.tiny_models import write_model

from scholiast_server.errors import ModelError
from scholiast_server.models.llama.header import Header
from scholiast_server.models.llama.memory import (
    CONTEXT_TOKENS_MAX,
    CONTEXT_TOKENS_MIN,
    WORK_BYTES,
    Memory,
    fitting_context,
    memory,
    need,
)
from scholiast_server.models.llama.model_check import check_memory

GB = 1_000_000_000
SEVEN_BILLION = Header(
    {
        "general.architecture": "llama",
        "llama.block_count": 32,
        "llama.context_length": 131_072,
        "llama.embedding_length": 4_096,
        "llama.attention.head_count": 32,
        "llama.attention.head_count_kv": 8,
    },
    {"tokenizer.ggml.tokens": 128_256},
    (),
    1_000_000,
    4_901_000_000,
)
"""As Llama 3.1 with 4 bits a weight says of itself."""


def test_a_model_takes_its_weights_its_context_and_what_it_works_with() -> None:
    found = need(SEVEN_BILLION, 8_192, 512)
    assert found.weights == 4_900_000_000
    assert found.context == 8_192 * 32 * 8 * (128 + 128) * 2 == 1_073_741_824
    assert found.work == WORK_BYTES + 512 * 128_256 * 4
    assert found.total == found.weights + found.kept


def test_heads_may_differ_from_layer_to_layer(tmp_path: Path) -> None:
    values = {**SEVEN_BILLION.values, "llama.attention.head_count_kv": (8, 0, 4, 0), "llama.attention.key_length": 64}
    found = Header(values, {}, (), 0, 0)
    assert need(found, 1_000, 512).context == 1_000 * (8 + 4) * (64 + 128) * 2


@pytest.mark.parametrize(
    ("wanted", "memory_gb", "tokens"),
    [
        (0, (64, 48), CONTEXT_TOKENS_MAX),  # its own would be four times that
        (0, (16, 5), CONTEXT_TOKENS_MAX),
        (0, (16, 3), CONTEXT_TOKENS_MAX // 2),
        (0, (16, 1), 4_096),
        (0, (16, 0.1), CONTEXT_TOKENS_MIN),
        (0, None, CONTEXT_TOKENS_MAX),
        (100_000, (16, 0.1), 100_000),
    ],
)
def test_the_context_is_what_there_is_memory_for(
    wanted: int, memory_gb: tuple[float, float] | None, tokens: int
) -> None:
    there_is = Memory(int(memory_gb[0] * GB), int(memory_gb[1] * GB)) if memory_gb else None
    assert fitting_context(SEVEN_BILLION, wanted, 512, there_is) == tokens


@pytest.mark.parametrize(
    ("tokens", "there_is", "told"),
    [
        (32_768, Memory(64 * GB, 48 * GB), None),
        (32_768, None, None),
        (
            32_768,
            Memory(64 * GB, 3 * GB),
            "takes 9.5 GB, 4.9 GB of them for weights and 4.3 GB for a context of 32,768",
        ),
        (32_768, Memory(64 * GB, 3 * GB), "of 64.0 GB there are 3.0 GB free.\n  Set model.context_tokens to less"),
        (2_048, Memory(4 * GB, 3 * GB), "of 4.0 GB there are 3.0 GB free.\n  Choose a smaller model"),
    ],
)
def test_a_model_without_memory_is_refused_with_what_it_takes(
    tokens: int, there_is: Memory | None, told: str | None
) -> None:
    if told is None:
        check_memory("/models/m.gguf", SEVEN_BILLION, tokens, 512, there_is)
        return
    with pytest.raises(ModelError) as error:
        check_memory("/models/m.gguf", SEVEN_BILLION, tokens, 512, there_is)
    assert told in str(error.value) and "m.gguf" in str(error.value)


def system(folder: Path, **files: str) -> Path:
    """A stand-in for `/`: files by their path with `__` for `/`."""
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


MEMINFO = "MemTotal:       16000000 kB\nMemFree:  1000000 kB\nMemAvailable:    8000000 kB\n"


def test_what_there_is_is_what_the_machine_tells(tmp_path: Path) -> None:
    assert memory(system(tmp_path, proc__meminfo=MEMINFO)) == Memory(16_384_000_000, 8_192_000_000)


def test_a_control_group_leaves_less(tmp_path: Path) -> None:
    root = system(tmp_path, proc__meminfo=MEMINFO, proc__self__cgroup="0::/ours/inner\n")
    group = root / "sys/fs/cgroup/ours"
    for folder, limit, used in ((group, "4000000000", "3000000000"), (group / "inner", "max", "1000")):
        folder.mkdir(parents=True)
        (folder / "memory.max").write_text(limit)
        (folder / "memory.current").write_text(used)
        (folder / "memory.stat").write_text("anon 5\ninactive_file 500000000\n")
    assert memory(root) == Memory(4_000_000_000, 1_500_000_000), "pages of files can be read again"


def test_a_control_group_of_the_first_version_leaves_less(tmp_path: Path) -> None:
    root = system(tmp_path, proc__meminfo=MEMINFO, proc__self__cgroup="9:cpu:/\n4:memory:/ours\n0::/\n")
    group = root / "sys/fs/cgroup/memory/ours"
    group.mkdir(parents=True)
    (group / "memory.limit_in_bytes").write_text("2000000000")
    (group / "memory.usage_in_bytes").write_text("1500000000")
    (group / "memory.stat").write_text("total_inactive_file 0\n")
    assert memory(root) == Memory(2_000_000_000, 500_000_000)


def test_a_system_that_does_not_tell_is_taken_as_it_is(tmp_path: Path) -> None:
    found = memory(tmp_path)
    assert found is None or found.total == found.available > 0
    assert memory() is not None


def test_a_tiny_model_needs_little(tmp_path: Path) -> None:
    from scholiast_server.models.llama.header import read_model

    header = read_model(write_model(tmp_path / "m.gguf", context=2_048))
    found = need(header, 2_048, 512)
    assert found.context == 2_048 * 2 * 4 * 32 * 2
    assert found.fits(Memory(100_000_000, 70_000_000))
