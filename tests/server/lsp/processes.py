"""Processes as the system lists them. Linux only."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def children_of(process_id: int) -> list[int]:
    """Ids of a process' children and of theirs."""
    found: list[int] = []
    for entry in PROC.iterdir():
        if entry.name.isdigit() and _field(entry, 1) == str(process_id):
            found += [int(entry.name), *children_of(int(entry.name))]
    return found


def is_running(process_id: int) -> bool:
    """Whether it is there and not merely waiting to be reaped."""
    return _field(PROC / str(process_id), 0) not in (None, "Z")


def niceness_of(process_id: int) -> int:
    return int(_field(PROC / str(process_id), 16) or 0)


def resident_bytes(process_id: int) -> int:
    """Its memory that is no file's; 0 once it is gone."""
    try:
        lines = (PROC / str(process_id) / "status").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def _field(entry: Path, place: int) -> str | None:
    """A field of `stat` behind the name, which may hold anything."""
    try:
        return (entry / "stat").read_text().rpartition(") ")[2].split()[place]
    except (OSError, IndexError):
        return None
