"""A query made from the names of a grammar's nodes, for grammars without a query of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar


def source(grammar: Grammar) -> str:
    """Query source for what looks like a definition, a call or a comment by its name; may be empty."""
    return ""
