"""What a user says of answers, kept for this user alone, on this machine. Must not know LSP, terminals or engines."""

from __future__ import annotations

from typing import Literal

Verdict = Literal["good", "bad"]
"""Of an answer as it was written."""
