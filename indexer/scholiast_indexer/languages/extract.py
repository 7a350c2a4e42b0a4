"""Definitions and references of a syntax tree; must not know how files are cut or where they lie.

A query finds the nodes (`queries/captures.md` tells what its captures mean); what is left to do here needs no
recursion and no walk: sorting by position, one sweep with a stack for nesting, and slicing the source.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from scholiast_indexer.languages import found, nesting, queries
from scholiast_indexer.languages.commonplace import COMMONPLACE
from scholiast_indexer.languages.outline import Outline, Reference
from scholiast_indexer.languages.reexports import reexports
from scholiast_indexer.limits import ERROR_TOKENS_MAX, TREE_DEPTH_MAX

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_ERRORS_LOOKED_AT_MAX = 20_000  # a file that broken has small errors, which cost a query nothing
_descendant_count = attrgetter("descendant_count")
_EMPTY = Outline((), ())


def outline(tree: Tree, data: bytes, language: str) -> Outline:
    """What a file defines and uses; trees with ERROR nodes give what could be read.

    Args:
        tree: As `grammars.parse` made it from `data` in `language`.
    """
    query = queries.compiled(language)
    if query is None:
        return _EMPTY
    if tree.root_node.has_error and _is_debris(tree.root_node):
        return _EMPTY
    if _is_too_deep(tree.root_node):
        return _EMPTY
    captured = found.collect(query, tree.root_node, data)
    definitions = nesting.definitions(captured, data, language)
    return Outline(definitions, _references(captured, data, language), reexports(captured, definitions, data))


def _is_debris(root: Node) -> bool:
    """Whether some error holds more loose tokens than a query can go through in time."""
    broken = [root]
    for _ in range(_ERRORS_LOOKED_AT_MAX):
        if not broken:
            break
        node = broken.pop()
        if node.is_error and node.child_count > ERROR_TOKENS_MAX:
            return True
        broken += [child for child in node.children if child.has_error]
    return False


def _is_too_deep(root: Node) -> bool:
    """Whether the tree is deeper than a query can go through in time, looking into the largest child of each node."""
    node, depth = root, 0
    while node.descendant_count > TREE_DEPTH_MAX - depth:  # fewer nodes can't lie so deep
        if not node.child_count:
            return False
        node, depth = max(node.children, key=_descendant_count), depth + 1
        if depth > TREE_DEPTH_MAX:
            return True
    return False


def _references(captured: found.Found, data: bytes, language: str) -> tuple[Reference, ...]:
    """Names used, in source order; a name being defined is not used, and type parameters are too short to tell."""
    used = captured.references
    for definition in captured.definitions:
        used.pop(definition.name_start, None)
    ignored = COMMONPLACE.get(language, frozenset())
    starts = sorted(used)
    if data.isascii():  # nearly all code: letters are bytes, and names slices of the whole text
        text = data.decode()
        names = [text[start : used[start]] for start in starts]
    else:
        names = [data[start : used[start]].decode("utf-8", "replace") for start in starts]
    named = zip(names, starts, strict=True)
    return tuple([Reference(name, start) for name, start in named if len(name) > 1 and name not in ignored])
