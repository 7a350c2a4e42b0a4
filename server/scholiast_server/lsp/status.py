"""What the server tells of its state. Must not know how anything is indexed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scholiast_server.lsp.condition import Condition, State

_WORST_FIRST: tuple[State, ...] = ("problem", "indexing", "starting", "paused", "ready")


class Status(msgspec.Struct, frozen=True):
    """Of `scholiast/status` and `scholiast/statusChanged`: all folders together, or one."""

    state: State
    message: str
    percent: int | None
    files: int
    chunks: int
    engine: str
    adapter: str | None


class FolderStatus(msgspec.Struct, frozen=True):
    """One folder of `scholiast/status`."""

    uri: str
    name: str
    state: State
    message: str
    percent: int | None
    files: int
    chunks: int


def overall(conditions: Sequence[tuple[str, Condition]], engine: str, adapter: str | None) -> Status:
    """The state of all folders as one: the worst one's, with the sums.

    Args:
        conditions: Each folder's name and condition.
        engine: What writes answers.
        adapter: What changes how it writes.
    """
    if not conditions:
        return Status("ready", "no folder is open", None, 0, 0, engine, adapter)
    name, worst = min(conditions, key=lambda item: _WORST_FIRST.index(item[1].state))
    message = f"{name}: {worst.message}" if worst.message and len(conditions) > 1 else worst.message
    files = sum(condition.files for _, condition in conditions)
    chunks = sum(condition.chunks for _, condition in conditions)
    return Status(worst.state, message, worst.percent, files, chunks, engine, adapter)
