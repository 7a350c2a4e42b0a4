"""Every limit of what is kept of verdicts, by name, with what happens past it."""

from __future__ import annotations

FILE_BYTES_MAX = 64_000_000
"""Some ten thousand verdicts. Past it the oldest give way: they are about code as it was."""

RECORD_BYTES_MAX = 4_000_000
"""A verdict that takes more is refused: its answer is no answer."""

EDIT_CHARACTERS_MAX = 100_000
"""A longer text in place of an answer is refused; answers have up to some 60,000 characters."""

LOCK_WAIT_S = 10.0
"""How long to wait for another process that writes a verdict."""

DAMAGED_TOLD_MAX = 5
"""Lines that can't be read whose numbers are told."""
