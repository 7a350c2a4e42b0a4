"""How the index of one folder is, as a value, and in words. Must not know how an index is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from scholiast_indexer.types import Progress

State = Literal["starting", "indexing", "ready", "paused", "problem"]
CANCELLED = "indexing was cancelled; what is indexed so far is searched"


class Condition(msgspec.Struct, frozen=True):
    """How the index of one folder is."""

    state: State = "starting"
    message: str = ""
    percent: int | None = None
    """Of the update that runs; None while its size is unknown, and between updates."""
    files: int = 0
    chunks: int = 0


def following_message(progress: Progress) -> str:
    """`a model embeds: 120 of 3,400 chunks · 90 s left`."""
    return f"a model embeds: {progress_message(progress)}"


def progress_message(progress: Progress) -> str:
    """`120 of 900 files · 3,400 chunks · 4 s left`."""
    if progress.stage == "scanning":
        return "looking for changes"
    if progress.stage == "finishing":
        return "finishing"
    unit = "files" if progress.stage == "reading" else "chunks"
    parts = [f"{progress.done:,} of {progress.total:,} {unit}"]
    if progress.stage == "reading" and progress.chunks:
        parts.append(f"{progress.chunks:,} chunk{'' if progress.chunks == 1 else 's'}")
    if progress.done and progress.seconds > 1:
        left_s = progress.seconds * (progress.total - progress.done) / progress.done
        parts.append(f"{left_s:.0f} s left" if left_s < 90 else f"{left_s / 60:.0f} min left")
    return " · ".join(parts)
