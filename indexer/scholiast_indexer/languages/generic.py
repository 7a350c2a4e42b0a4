"""A query made from the names of a grammar's nodes, for grammars without a query of their own.

Grammars name their nodes much alike: `function_definition`, `class_declaration`, with the name in a field `name`.
Must not know any language.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar

_WHAT = (
    ("function", r"function|func|fun|subroutine|sub|procedure|proc|predicate|rule|clause|defun|lambda_def"),
    ("method", r"method|constructor"),
    ("macro", r"macro|preproc_function"),
    ("class", r"class|object|record"),
    ("interface", r"interface|protocol|signature"),
    ("struct", r"struct|table|view|block"),
    ("enum", r"enum"),
    ("trait", r"trait"),
    ("module", r"module|namespace|package"),
    ("type", r"type|type_alias|newtype|alias"),
    ("constant", r"const|constant"),
    ("variable", r"variable|var|value|port_annotation"),
)
_ACT = r"(?:definition|declaration|item|statement|def|decl|stmt|spec|specification|implementation)"
_NAMES = ("name: (_) @name", ". (identifier) @name", ". (name) @name", ". (atom) @name")
_BODIES = ("body: (_) @body", "")
_CALLS = (
    "(call_expression function: (identifier) @reference)",
    "(call function: (identifier) @reference)",
    "(call function: (symbol) @reference)",
    "(function_call name: (identifier) @reference)",
    "(function_call function: (identifier) @reference)",
    "(function_call . (identifier) @reference)",
    "(message_expression selector: (identifier) @reference)",
    "(type_identifier) @reference",
)


@cache
def _definitions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What is defined, and what such nodes are called; compiled when the first such grammar is read."""
    return tuple(
        (kind, re.compile(rf"(?:\w+_)?(?:{what})_{_ACT}|{_ACT}_(?:{what})|create_(?:{what})\w*"))
        for kind, what in _WHAT
    )


def source(grammar: Grammar) -> str:
    """Query source for what looks like a definition, a call or a comment by its name; may be empty."""
    kinds = {
        kind
        for number in range(grammar.node_kind_count)
        if grammar.node_kind_is_named(number) and grammar.node_kind_is_visible(number)
        for kind in [grammar.node_kind_for_id(number)]
        if kind and re.fullmatch(r"\w+", kind)
    }
    comments = [f"({kind}) @comment" for kind in sorted(kinds) if re.fullmatch(r"(?:\w+_)?comment", kind)]
    patterns = [_definition(grammar, kind) for kind in sorted(kinds)]
    calls = [call for call in _CALLS if _fits(grammar, call)]
    return "\n".join([*comments, *filter(None, patterns), *calls])


def _definition(grammar: Grammar, node: str) -> str:
    """The pattern for a node whose name says that it defines something; empty when it has no name that fits."""
    kind = next((kind for kind, pattern in _definitions() if pattern.fullmatch(node)), "")
    if not kind:
        return ""
    tried = (f"({node} {name} {body}) @definition.{kind}" for name in _NAMES for body in _BODIES)
    fitting = [pattern for pattern in tried if _fits(grammar, pattern)]
    return "\n".join(fitting[:2])


def _fits(grammar: Grammar, pattern: str) -> bool:
    from tree_sitter import Query, QueryError

    try:
        Query(grammar, pattern)
    except QueryError:
        return False
    return True
