"""Scans source code with the grammar of its language; files without a tree get no borders but their lines."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from scholiast_indexer.chunking.borders import Borders
from scholiast_indexer.chunking.scan import Scan
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.chunking.syntax import add_tree_borders
from scholiast_indexer.languages.outline import Outline

if TYPE_CHECKING:
    from tree_sitter import Tree

NESTING_DEPTH_MAX = 1_000
"""Queries over deeper trees take time by the square of it (100,000 parentheses: 12 s), and no person wrote them."""
_STEPS = {**dict.fromkeys(b"([{", 1), **dict.fromkeys(b")]}", -1)}
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in _STEPS)


def scan_code(source: Source, language: str, parse_budget_s: float) -> Scan:
    """Borders and outline from the syntax tree, broken or not."""
    from scholiast_indexer.languages import extract  # loads tree-sitter

    tree, problems = parsed(source.data, language, parse_budget_s)
    if tree is None:
        return scan_lines(*problems)
    borders = Borders()
    add_tree_borders(borders, source, tree.root_node)
    return Scan(borders, extract.outline(tree, source.data, language), "block")


def parsed(data: bytes, language: str, parse_budget_s: float) -> tuple[Tree | None, tuple[str, ...]]:
    """The syntax tree of a file; without one, the problem if there is one to tell."""
    from scholiast_indexer.languages import grammars, overflow  # loads tree-sitter

    if b"\0" in data:  # no source code holds NUL, and parsers take seconds to say so
        return None, ()
    if _depth(data) > NESTING_DEPTH_MAX:
        return None, (f"brackets nested over {NESTING_DEPTH_MAX} deep: cut by lines",)
    if overflow.overflows(data, language):
        return None, (f"blocks in over {overflow.BLOCK_COLUMNS_MAX} columns: cut by lines",)
    tree = grammars.parse(language, data, parse_budget_s)
    if tree is None and grammars.grammar(language) is not None:
        return None, (f"parse took over {parse_budget_s:g} s: cut by lines",)
    return tree, ()


def _depth(data: bytes) -> int:
    """How deep brackets are nested, as far as text can tell; 0 for a file with few of them."""
    if sum(map(data.count, (b"(", b"[", b"{"))) <= NESTING_DEPTH_MAX:
        return 0
    return max(accumulate(map(_STEPS.__getitem__, data.translate(None, delete=_NO_BRACKETS))))


def scan_lines(*problems: str) -> Scan:
    """No borders: the packer falls back to blank lines and line starts."""
    return Scan(Borders(), Outline((), ()), "text", problems)
