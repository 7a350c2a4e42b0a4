"""Compiled queries, one per language: its own `.scm` file, or one made from the grammar's node names.

Must not know what is done with the captures.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scholiast_indexer.languages import generic, grammars

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Query

_FILES = {
    "javascript": ("javascript", "javascript_only", "jsx"),
    "typescript": ("javascript", "typescript"),
    "tsx": ("javascript", "typescript", "jsx"),
    "cpp": ("cpp", "c"),
    "ocaml": ("ocaml_interface", "ocaml"),
}
"""Languages whose query is not just the file of their own name: several files are read as one."""

_FOLDER = Path(__file__).with_name("queries")
_TOP_LEVEL = re.compile(r"^; Top level only \(depth (\d)\)\.\n", re.MULTILINE)
_DEFINITION = re.compile(r"@definition\.(\w+)")
_ROLES = ("docstring", "inner", "skip", "reference", "comment", "attribute", "reexport", "import")


class QueryPart(msgspec.Struct, frozen=True):
    """Patterns that are looked for together."""

    query: Query
    roles: tuple[str, ...]
    """By pattern: one of the capture names of `queries/captures.md`, `definition.function` for definitions."""
    depth_max: int
    """How deep in the tree a match may begin; -1 for anywhere. A shallow search hardly costs anything, while
    a pattern that begins with the root node is tried at each node of the file."""


class CompiledQuery(msgspec.Struct, frozen=True):
    """All that is looked for in one language."""

    parts: tuple[QueryPart, ...]
    problem: str
    """Why the language's own file isn't used; empty when it is, or when there is none."""


@cache
def compiled(language: str) -> CompiledQuery | None:
    """The query of a language; None when it has no grammar or a grammar without anything that can be named."""
    from tree_sitter import QueryError

    grammar = grammars.grammar(language)
    if grammar is None:
        return None
    problem = ""
    try:
        parts = [_part(grammar, depth, source) for depth, source in own_sources(language).items()]
        if parts:
            return CompiledQuery(tuple(parts), "")
    except QueryError as error:
        problem = f"{language}: its query does not fit the installed grammar: {error}"
    source = generic.source(grammar)
    return CompiledQuery((_part(grammar, -1, source),), problem) if source else None


def own_sources(language: str) -> dict[int, str]:
    """The hand-written patterns of a language, by `depth_max`; empty when it has none."""
    sources: dict[int, str] = {}
    for file in (_FOLDER / f"{stem}.scm" for stem in stems(language)):
        if not file.is_file():
            continue
        anywhere, *rest = _TOP_LEVEL.split(file.read_text(encoding="utf-8"))
        sources[-1] = sources.get(-1, "") + anywhere
        for depth, top in zip(rest[::2], rest[1::2], strict=True):
            sources[int(depth)] = sources.get(int(depth), "") + top
    return sources


def stems(language: str) -> tuple[str, ...]:
    """The query files that a language is read with, in order, without `.scm`."""
    return _FILES.get(language, (language,))


def _part(grammar: Grammar, depth_max: int, source: str) -> QueryPart:
    from tree_sitter import Query

    query = Query(grammar, source)
    data = source.encode()
    patterns = (
        data[query.start_byte_for_pattern(index) : query.end_byte_for_pattern(index)].decode()
        for index in range(query.pattern_count)
    )
    return QueryPart(query, tuple(_role(pattern) for pattern in patterns), depth_max)


def _role(pattern: str) -> str:
    definition = _DEFINITION.search(pattern)
    if definition:
        return "definition." + definition[1]
    return next(role for role in _ROLES if f"@{role}" in pattern)
