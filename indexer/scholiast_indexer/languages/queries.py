"""Compiled queries, one per language: its own `.scm` file, or one made from the grammar's node names.

Must not know what is done with the captures.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import msgspec

from scholiast_indexer.languages import generic, grammars

if TYPE_CHECKING:
    from tree_sitter import Query

_FILES = {
    "javascript": ("javascript", "javascript_only", "jsx"),
    "typescript": ("javascript", "typescript"),
    "tsx": ("javascript", "typescript", "jsx"),
    "cpp": ("cpp", "c"),
    "ocaml": ("ocaml_interface", "ocaml"),
}
"""Languages whose query is not just the file of their own name: several files are read as one."""

_DEFINITION = re.compile(r"@definition\.(\w+)")
_ROLES = ("docstring", "inner", "skip", "reference", "comment", "attribute")


class CompiledQuery(msgspec.Struct, frozen=True):
    """A query, and what a match of each of its patterns means."""

    query: Query
    roles: tuple[str, ...]
    """By pattern: one of the capture names of `queries/captures.md`, `definition.function` for definitions."""
    problem: str
    """Why the language's own file isn't used; empty when it is, or when there is none."""


@cache
def compiled(language: str) -> CompiledQuery | None:
    """The query of a language; None when it has no grammar or a grammar without anything that can be named."""
    from tree_sitter import Query, QueryError

    grammar = grammars.grammar(language)
    if grammar is None:
        return None
    problem = ""
    source = own_source(language)
    if source:
        try:
            query = Query(grammar, source)
            return CompiledQuery(query, _roles(query, source), "")
        except QueryError as error:
            problem = f"{language}: its query does not fit the installed grammar: {error}"
    source = generic.source(grammar)
    if not source:
        return None
    query = Query(grammar, source)
    return CompiledQuery(query, _roles(query, source), problem)


def own_source(language: str) -> str:
    """The hand-written query of a language; empty when it has none."""
    folder = resources.files("scholiast_indexer.languages") / "queries"
    files = (folder / f"{stem}.scm" for stem in stems(language))
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())


def stems(language: str) -> tuple[str, ...]:
    """The query files that a language is read with, in order, without `.scm`."""
    return _FILES.get(language, (language,))


def _roles(query: Query, source: str) -> tuple[str, ...]:
    data = source.encode()
    texts = (
        data[query.start_byte_for_pattern(index) : query.end_byte_for_pattern(index)].decode()
        for index in range(query.pattern_count)
    )
    return tuple(_role(text) for text in texts)


def _role(pattern: str) -> str:
    definition = _DEFINITION.search(pattern)
    if definition:
        return "definition." + definition[1]
    return next(role for role in _ROLES if f"@{role}" in pattern)
