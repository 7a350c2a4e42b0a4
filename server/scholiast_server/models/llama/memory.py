"""How much memory a model takes, from its header, and how much there is. Must not know llama.cpp.

Weights are pages of the file, which the system can give up and read again; what a context and the work on it take is
not, and is what a machine runs out of.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from scholiast_server.models.llama.header import Header

CONTEXT_TOKENS_MAX = 32_768
"""Of the model's own context, as much is used unless a setting says more: the memory for it grows with it."""
CONTEXT_TOKENS_MIN = 2_048
"""Where memory is short a context that nobody asked for is made smaller, but not below this."""
BYTES_A_NUMBER = 2
"""Of what is kept for each token: llama.cpp keeps 16-bit numbers."""
WORK_BYTES = 64_000_000
_NO_LIMIT = 1 << 60
"""What cgroups of version 1 say when there is none, and more."""


class Memory(msgspec.Struct, frozen=True):
    """Of this machine, or of the part of it that this process may use."""

    total: int
    available: int
    """Without making anybody else give up some."""


class Need(msgspec.Struct, frozen=True):
    """What a model takes, in bytes."""

    weights: int
    context: int
    work: int

    @property
    def kept(self) -> int:
        """What can't be given up while it runs."""
        return self.context + self.work

    @property
    def total(self) -> int:
        return self.weights + self.kept

    def fits(self, memory: Memory) -> bool:
        return self.kept <= memory.available and self.total <= memory.total


def need(header: Header, context_tokens: int, batch_tokens: int) -> Need:
    """What a model takes with a context of so many tokens: at least nearly that much, as architectures differ."""
    words = header.lengths.get("tokenizer.ggml.tokens", 0)
    return Need(
        weights=header.weights_bytes,
        context=context_tokens * _token_bytes(header),
        work=WORK_BYTES + 4 * batch_tokens * words,
    )


def _token_bytes(header: Header) -> int:
    """What is kept for each token of the context: a key and a value for each head of each layer."""
    of = header.architecture
    layers = header.whole(f"{of}.block_count") or 0
    heads = header.whole(f"{of}.attention.head_count") or 1
    width = (header.whole(f"{of}.embedding_length") or 0) // max(1, heads)
    key = header.whole(f"{of}.attention.key_length") or width
    value = header.whole(f"{of}.attention.value_length") or width
    told = header.values.get(f"{of}.attention.head_count_kv")
    if isinstance(told, tuple):
        kept = sum(int(each) for each in told)  # of each layer by itself
    else:
        kept = layers * (told if isinstance(told, int) else heads)
    return max(0, kept * (key + value) * BYTES_A_NUMBER)


def fitting_context(header: Header, wanted_tokens: int, batch_tokens: int, memory: Memory | None) -> int:
    """The context to set up, in tokens.

    Args:
        header: Of the model.
        wanted_tokens: What a setting says; 0 leaves it to the model and to the memory there is.
        batch_tokens: Worked on at a time.
        memory: That there is; None where nobody knows.

    Returns:
        The wanted one, whether it fits or not; else the largest that fits; else the smallest there is.
    """
    if wanted_tokens:
        return wanted_tokens
    own = header.whole(f"{header.architecture}.context_length") or CONTEXT_TOKENS_MIN
    tokens = min(own, CONTEXT_TOKENS_MAX)
    while memory is not None and tokens > CONTEXT_TOKENS_MIN and not need(header, tokens, batch_tokens).fits(memory):
        tokens = max(CONTEXT_TOKENS_MIN, tokens // 2)
    return tokens


def memory(system: Path = Path("/")) -> Memory | None:
    """What there is now; None on systems that do not tell.

    Args:
        system: Where `proc` and `sys` are.
    """
    total, available = _machine(system / "proc/meminfo")
    for limit, used in _groups(system):
        total = min(total, limit)
        available = min(available, max(0, limit - used))
    return Memory(total, available) if total < _NO_LIMIT else None


def _machine(meminfo: Path) -> tuple[int, int]:
    try:
        told = dict(line.split(":", 1) for line in meminfo.read_text("ascii").splitlines())
        return _kilobytes(told["MemTotal"]), _kilobytes(told["MemAvailable"])
    except (OSError, ValueError, KeyError):
        pass
    try:  # no Linux: how much there is at all
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return _NO_LIMIT, _NO_LIMIT
    return total, total


def _kilobytes(text: str) -> int:
    return int(text.split(maxsplit=1)[0]) * 1024


def _groups(system: Path) -> Iterator[tuple[int, int]]:
    """The limit of each control group that this process is in, and what of it the group can't give up."""
    try:
        lines = (system / "proc/self/cgroup").read_text("ascii").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and "memory" not in controllers.split(","):
            continue
        base = system / "sys/fs/cgroup" / ("memory" if controllers else "")
        folder = base / path.lstrip("/")
        while folder == base or base in folder.parents:
            yield from _limits(folder, "memory.max", "memory.current")
            yield from _limits(folder, "memory.limit_in_bytes", "memory.usage_in_bytes")  # version 1
            folder = folder.parent


def _limits(folder: Path, limit_name: str, used_name: str) -> Iterator[tuple[int, int]]:
    try:
        limit = int((folder / limit_name).read_text("ascii"))  # "max" is no number: there is none
        used = int((folder / used_name).read_text("ascii"))
        lines = (folder / "memory.stat").read_text("ascii").splitlines()
        told = {name: count for name, _, count in (line.partition(" ") for line in lines)}
        pages = int(told.get("total_inactive_file", told.get("inactive_file", "0")))  # of files: they can be read again
    except (OSError, ValueError):
        return
    if limit < _NO_LIMIT:
        yield limit, max(0, used - pages)
