"""Every limit of adapters, by name, with what happens past it."""

from __future__ import annotations

MANIFEST_BYTES_MAX = 65_536
"""A larger manifest is none: it counts as damaged."""

ADAPTERS_MAX = 1_000
"""Adapters that can be registered."""

TOGETHER_MAX = 8
"""Adapters in force at once; more are refused. llama.cpp was seen to take 40."""

SCALE_MAX = 10.0
"""A larger scale is refused: far from the one it was trained at, an adapter only breaks the model."""

LOCK_WAIT_S = 10.0
"""How long to wait for another process that changes something."""

WEIGHTS_BYTES_MAX = 64_000_000
"""Of a base model's small tensors, so much is compared: the largest models known have 5 MB of them."""

REMEMBERED_MAX = 64
"""Files whose digest and header are kept in mind while they do not change."""
