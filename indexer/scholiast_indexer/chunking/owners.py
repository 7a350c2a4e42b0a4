"""Which definition a chunk is named after: the one a person expects beside `path:line:`; must not know syntax."""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.chunking.borders import OWN_CHUNK_KINDS, LineSpan
from scholiast_indexer.chunking.cutting import Cut
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.languages.outline import Definition

MEMBER_SHARE_MIN = 0.6
"""A member that is this much of a chunk names it instead of the class around it."""
DEFINED_SHARE_MIN = 0.3
"""With less of its weight in definitions a chunk is `block`: imports and one constant are not the constant."""
NAMING_LINES_MIN = 4
"""A constant, property or alias of fewer lines names a chunk only if it is most of it."""
TRANSPARENT_KINDS = frozenset(("module", "script"))
"""Too large to name a part of: the heaviest definition inside names the chunk."""


def owner_of(
    source: Source,
    cut: Cut,
    definitions: Sequence[Definition],
    spans: Sequence[LineSpan],
    near: Sequence[int],
) -> int:
    """Position of the definition that names the chunk, -1 for none.

    Args:
        near: positions of all definitions that share bytes with the chunk, in order.
    """
    if not near:
        return -1
    start, end = _inked_lines(source, cut)
    total = max(1, source.weight(start, end))

    def share(at: int) -> float:
        return source.weight(max(spans[at].lead, start), min(spans[at].end, end)) / total

    around = _around(source, cut, definitions, spans, near)
    while True:
        members = [at for at in near if definitions[at].parent == around]
        own = [at for at in members if _can_name(definitions[at], spans[at])]
        if around >= 0 and definitions[around].kind not in TRANSPARENT_KINDS:
            if not own or start <= spans[around].start:
                return around
            heaviest = max(own, key=share)
            # A function around others is a factory or a closure: together they name its parts.
            is_function = definitions[around].kind in ("function", "method")
            inner_share = sum(map(share, own)) if is_function else share(heaviest)
            return heaviest if inner_share >= MEMBER_SHARE_MIN else around
        if sum(map(share, own)) < DEFINED_SHARE_MIN:
            return next((at for at in members if share(at) >= MEMBER_SHARE_MIN), around)
        heaviest = max(own, key=share)  # the first of equals
        if definitions[heaviest].kind not in TRANSPARENT_KINDS or spans[heaviest].end <= end:
            return heaviest
        around = heaviest


def _around(
    source: Source,
    cut: Cut,
    definitions: Sequence[Definition],
    spans: Sequence[LineSpan],
    near: Sequence[int],
) -> int:
    """The innermost definition that holds the whole chunk, -1 for none."""
    start, end = _inked_lines(source, cut)
    is_inside_line = cut.end_byte < source.line_starts[cut.start_line + 1] or cut.start_byte > source.line_starts[start]
    for at in reversed(near):
        if is_inside_line:
            holds = definitions[at].lead_byte <= cut.start_byte and cut.end_byte <= definitions[at].end_byte
        else:
            holds = spans[at].lead <= start and end <= spans[at].end
        if holds:
            return at
    return -1


def _can_name(definition: Definition, span: LineSpan) -> bool:
    return definition.kind in OWN_CHUNK_KINDS or span.end - span.start >= NAMING_LINES_MIN


def _inked_lines(source: Source, cut: Cut) -> tuple[int, int]:
    """The lines of a chunk without blank ones at its ends."""
    start, end = cut.start_line, cut.end_line
    while start < end - 1 and source.weight(start, start + 1) == 0:
        start += 1
    while end - 1 > start and source.weight(end - 1, end) == 0:
        end -= 1
    return start, end
