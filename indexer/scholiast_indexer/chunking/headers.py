"""The retrieval text put before a chunk: what it lies in and does not show; must not know how chunks are cut.

Source: `benchmarks/retrieval.py`, NDCG@10 .8525 without headers, .8544 with signatures, .8583 with doc comments too.
"""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.chunking.borders import LineSpan
from scholiast_indexer.languages.outline import Definition

HEADER_CHARACTERS_MAX = 600
"""Signatures and doc comment together; a header longer than this would drown the chunk's own text."""
SIGNATURE_CHARACTERS_MAX = 200
SUMMARY_CHARACTERS_MAX = 160
"""Of the doc comment of a class before a chunk of its methods: it would be the same before each of them."""
CONTAINERS = frozenset(("class", "interface", "struct", "enum", "trait", "module", "script", "section"))
"""Definitions that hold others; the doc comment of one describes more than any chunk inside it."""


def header(definitions: Sequence[Definition], spans: Sequence[LineSpan], owner: int, lines: tuple[int, int]) -> str:
    """Signatures of the owner and of all around it, outermost first, where the lines do not show them; then the doc.

    Args:
        owner: position of the chunk's definition, -1 for none.
        lines: the chunk's lines, half-open.
    """
    if owner < 0:
        return ""
    hidden = [at for at in reversed(chain(definitions, owner)) if not lines[0] <= spans[at].start < lines[1]]
    parts = [_clipped(definitions[at].signature, SIGNATURE_CHARACTERS_MAX) for at in hidden]
    doc = definitions[owner].doc
    if doc and (owner in hidden or spans[owner].lead < lines[0]):
        parts.append(_summary(doc) if definitions[owner].kind in CONTAINERS else doc)
    return _clipped("\n".join(part for part in parts if part), HEADER_CHARACTERS_MAX)


def chain(definitions: Sequence[Definition], at: int) -> list[int]:
    """Positions of a definition and of those around it, innermost first."""
    found: list[int] = []
    while at >= 0:
        found.append(at)
        at = definitions[at].parent
    return found


def _summary(doc: str) -> str:
    """The first paragraph of a doc comment on one line, unless it is only a tag."""
    paragraph = " ".join(doc.partition("\n\n")[0].split())
    return "" if paragraph.startswith("@") else _clipped(paragraph, SUMMARY_CHARACTERS_MAX)


def _clipped(text: str, limit: int) -> str:
    """The text, cut at a word where it is too long."""
    if len(text) <= limit:
        return text
    return (text[: limit - 1].rsplit(None, 1) or [""])[0] + "…"
