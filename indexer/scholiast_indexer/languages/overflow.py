"""Source that a grammar's scanner can't hold; must not know how a tree is made of the rest.

tree-sitter-yaml keeps four bytes of each open block in 1,024 and writes on past them: the process crashes, or worse.
"""

from __future__ import annotations

import re

BLOCK_COLUMNS_MAX = 100
"""Columns with an open block of YAML in them; each holds two at most, a list under a key. 125 columns are too many."""

_MARK = re.compile(rb"[-?:](?=[ \t]|$)")


def overflows(data: bytes, language: str) -> bool:
    """Whether blocks are nested too deeply for the scanner of the language. An upper bound, as text can tell."""
    if language != "yaml":
        return False
    columns: list[int] = []
    for line in data.split(b"\n"):
        start = len(line) - len(line.lstrip(b" "))
        if start == len(line.rstrip()):
            continue
        while columns and columns[-1] >= start:
            columns.pop()
        columns.append(start)
        columns += [mark.end() for mark in _MARK.finditer(line)]
        if len(columns) > BLOCK_COLUMNS_MAX:
            return True
    return False
