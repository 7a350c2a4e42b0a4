"""Where hits are opened."""

from __future__ import annotations

from scholiast_indexer.search.opening import definition_line
from scholiast_indexer.types import Hit, Symbol


def test_a_hit_opens_where_its_symbol_is_defined() -> None:
    symbols = [
        Symbol("sign", "A.sign", "method", "", "", 4, 8),
        Symbol("sign", "B.sign", "method", "", "", 14, 18),
        Symbol("late", "late", "function", "", "", 40, 42),
    ]
    cases = {"A.sign": 5, "B.sign": 15, "late": 1, "unknown": 1, "": 1}
    hits = {symbol: Hit("a.py", 1, 20, 1.0, "python", symbol, "method", "", {}) for symbol in cases}
    assert {symbol: definition_line(hit, symbols) for symbol, hit in hits.items()} == cases
