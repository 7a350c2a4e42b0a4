"""Where a hit is opened. Pure; must not know how hits are found or shown."""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.types import Hit, Symbol


def definition_line(hit: Hit, symbols: Sequence[Symbol]) -> int:
    """The 1-based line to open: where the hit's symbol is defined, when that is within it; else where the hit begins.

    A chunk may begin with what stands above a definition: imports, or a neighbour too small for one of its own.

    Args:
        hit: What was found.
        symbols: Of its file.
    """
    lines = (symbol.start_line + 1 for symbol in symbols if symbol.path == hit.symbol)
    return next((line for line in lines if hit.start_line <= line <= hit.end_line), hit.start_line)
