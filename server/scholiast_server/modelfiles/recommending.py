"""Which models suit a machine, by its memory: a table that lies beside this module. Must not know files or networks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

Role = Literal["writing", "completing", "embedding"]
ROLES: tuple[Role, ...] = ("writing", "completing", "embedding")
SETTINGS: dict[Role, str] = {"writing": "model.path", "completing": "model.fim_path", "embedding": "embedding.path"}
"""Where a model is set that has this role."""
TABLE = "recommended.toml"
_SHORT_OF = 0.9
"""A machine of 16 GB tells of a little less: what the system keeps for itself is not counted."""


class Recommended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a hub."""

    repo: str
    file: str
    size_mb: int
    licence: str


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What suits a machine with so much memory."""

    memory_gb: int
    writing: Recommended
    completing: Recommended
    embedding: Recommended

    def of(self, role: Role) -> Recommended:
        found: Recommended = getattr(self, role)
        return found


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rows, and when they were made."""

    date: date
    rows: tuple[Row, ...]


@lru_cache(maxsize=1)
def recommendations() -> Table:
    """The table, least memory first."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    text = files("scholiast_server.modelfiles").joinpath(TABLE).read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Table)


def role_of(repo: str, file: str) -> Role | None:
    """What the table recommends a file for; None where it does not."""
    for row in recommendations().rows:
        for role in ROLES:
            if (row.of(role).repo, row.of(role).file) == (repo, file):
                return role
    return None


def suiting(rows: Sequence[Row], memory_bytes: int | None) -> Row:
    """The row for a machine: the largest that it has the memory for, else the smallest."""
    fitting = [row for row in rows if memory_bytes is not None and row.memory_gb * 1e9 * _SHORT_OF <= memory_bytes]
    return fitting[-1] if fitting else rows[0]
