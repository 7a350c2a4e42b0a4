"""Which definition of a hit a query speaks of, by names and doc comments alone. Pure; must not know engines or indexes.

`narrowing` reads the code as well, which is right for an answer and too slow for a list of forty hits.
"""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.types import Hit, Symbol
from scholiast_server.answering.narrowing import DOC_WEIGHT, HIT_SYMBOL_BONUS, NAME_WEIGHT
from scholiast_server.models.extractive.question import read_question, stems_in, subject_stems

DOC_CHARACTERS = 200
"""Of a doc comment its beginning says what a definition is for."""


def query_stems(query: str) -> frozenset[str]:
    """What a query speaks of."""
    return subject_stems(read_question(query)) or stems_in(query)


def spoken_of(hit: Hit, symbols: Sequence[Symbol], stems: frozenset[str]) -> Symbol | None:
    """The definition in the hit that says most of the query, the hit's own where none does; None outside of any.

    Args:
        hit: Its lines may hold several definitions, or part of one.
        symbols: Of its file.
        stems: Of the query.
    """
    start, end = hit.start_line - 1, hit.end_line
    inside = [symbol for symbol in symbols if symbol.start_line < end and start < symbol.end_line]
    worth = [_worth(symbol, stems) + HIT_SYMBOL_BONUS * (symbol.path == hit.symbol) for symbol in inside]
    best = max(worth, default=0.0)
    return inside[worth.index(best)] if best > 0 else None


def _worth(symbol: Symbol, stems: frozenset[str]) -> float:
    doc = symbol.doc[:DOC_CHARACTERS].partition("\n\n")[0]
    return NAME_WEIGHT * len(stems & stems_in(symbol.name)) + DOC_WEIGHT * len(stems & stems_in(doc))
