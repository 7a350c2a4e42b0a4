"""Borders from a syntax tree; must not know languages by name.

Source: cAST (arXiv 2506.15655) splits by node and merges siblings. Here only what is over the budget is descended
(ten times fewer nodes), and a border is always the start of a line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from scholiast_indexer.chunking.borders import BLANK_LINE, COMMENT, NESTING, STATEMENT, Borders
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.limits import CHUNK_BUDGET, WALK_DEPTH_MAX

if TYPE_CHECKING:
    from tree_sitter import Node

NESTING_LEVELS_MAX = 6
"""Deeper borders cost no more: past it depth says nothing about meaning."""

_start_byte, _end_byte = attrgetter("start_byte"), attrgetter("end_byte")

Grafts = Mapping[int, Sequence["Node"]]
"""Nodes of another tree that take the place of the children of the leaf that begins at this byte."""


_Run = tuple[list["Node"], int, int]
"""Siblings that share lines, so that no border can part them; their first line, and their last."""


def add_tree_borders(borders: Borders, source: Source, root: Node, grafts: Grafts | None = None) -> None:
    """Offers the lines where the children of nodes over the budget begin."""
    weights, comments = source.weights, borders.comments
    pending = [(root, 0)] if weights[-1] > CHUNK_BUDGET else []
    while pending:
        parent, depth = pending.pop()
        nodes = (grafts or {}).get(parent.start_byte) if parent.child_count == 0 else None
        cost = STATEMENT + NESTING * min(depth, NESTING_LEVELS_MAX)
        before: _Run | None = None
        for run in _runs(source, nodes or parent.children):
            siblings, first, last = run
            if before is not None:
                _offer(borders, source, before, first, cost)
            lead = comments.get(first, first)  # what stands before it belongs to its first child
            if weights[last + 1] - weights[lead] > CHUNK_BUDGET and depth < WALK_DEPTH_MAX:
                pending.extend((node, depth + 1) for node in _large(source, siblings))
            before = run


def _runs(source: Source, nodes: Sequence[Node]) -> Iterator[_Run]:
    """All siblings in runs. It reads two numbers of each node and no more: files of data have 100,000 siblings."""
    starts, count = source.line_starts, source.line_count
    run: list[Node] = []
    first, last, searched = 0, -1, 0
    for node, start, end in zip(nodes, map(_start_byte, nodes), map(_end_byte, nodes), strict=True):
        line = bisect_right(starts, start, searched, count) - 1
        if line > last:
            if run:
                yield run, first, last
                run = []
            first = last = searched = line
        run.append(node)
        if end > starts[last + 1]:
            last = searched = bisect_right(starts, end - 1, last, count) - 1
    if run:
        yield run, first, last


def _large(source: Source, siblings: Sequence[Node]) -> list[Node]:
    """The nodes of a run over the budget that are worth descending: the large ones, or all tall ones if none is."""
    spans = [(node, source.line_at(node.start_byte), source.line_after(node.end_byte)) for node in siblings]
    tall = [(node, first, end) for node, first, end in spans if end - first > 1]
    large = [node for node, first, end in tall if source.weight(first, end) > CHUNK_BUDGET]
    return large or [node for node, _, _ in tall]


def _offer(borders: Borders, source: Source, before: _Run, line: int, cost: float) -> None:
    weights = source.weights
    siblings, first, last = before
    is_near = line <= last + 2
    if is_near and "comment" in siblings[-1].type:
        borders.costs[line] = COMMENT
        borders.comments[line] = borders.comments.get(first, first)
    else:
        borders.costs[line] = cost - BLANK_LINE if weights[line] == weights[line - 1] else cost
