"""Scans HTML and the component files built on it: script and style blocks are read in their own languages.

Must not know component frameworks by name. A block is parsed in a copy of the file that is blank elsewhere, so that
every offset is the file's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from scholiast_indexer.chunking.borders import Borders
from scholiast_indexer.chunking.code import parsed, scan_lines
from scholiast_indexer.chunking.scan import Scan
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.chunking.syntax import add_tree_borders
from scholiast_indexer.languages.outline import Definition, Outline

if TYPE_CHECKING:
    from tree_sitter import Node

MARKUP_LANGUAGES = frozenset(("html", "vue", "svelte"))
BLOCKS_MAX = 64
"""Script and style blocks read in one file; later ones are markup."""

_BLANK = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))
_KIND = re.compile(rb"""\b(?:lang|type)\s*=\s*["']?([\w/+.-]+)""")
_LANGUAGES = {
    "ts": "typescript", "typescript": "typescript", "text/typescript": "typescript", "tsx": "tsx", "jsx": "javascript",
    "js": "javascript", "javascript": "javascript", "module": "javascript", "text/javascript": "javascript",
    "application/javascript": "javascript", "text/babel": "javascript", "css": "css", "text/css": "css", "scss": "scss",
    "sass": "", "less": "less", "json": "json", "application/json": "json", "application/ld+json": "json",
    "importmap": "json",
}  # fmt: skip
"""What `lang` and `type` of a block may say; anything else (templates, shaders) is markup."""


class _Block(NamedTuple):
    """One element with text in another language, or a template."""

    tag: str
    head: str
    language: str
    start_byte: int
    end_byte: int
    text_start: int
    text_end: int


def scan_markup(source: Source, language: str, parse_budget_s: float) -> Scan:
    """Borders from the elements and from the code in them, definitions from the code."""
    tree, problems = parsed(source.data, language, parse_budget_s)
    if tree is None:
        return scan_lines(*problems)
    blocks = list(_blocks(tree.root_node, source.data))[:BLOCKS_MAX]
    grafts: dict[int, Sequence[Node]] = {}
    outlines: list[Outline] = []
    for inner in sorted({block.language for block in blocks} - {""}):
        mine = [block for block in blocks if block.language == inner]
        found, outline, trouble = _read(source.data, mine, inner, parse_budget_s)
        grafts.update(found)
        outlines.append(outline)
        problems += trouble
    borders = Borders()
    add_tree_borders(borders, source, tree.root_node, grafts)
    return Scan(borders, _joined(blocks, outlines), "block", problems)


def _blocks(root: Node, data: bytes) -> Iterator[_Block]:
    """Script and style elements anywhere, and templates at the top, in order."""
    pending = [(node, True) for node in reversed(root.named_children)]
    while pending:
        node, is_outermost = pending.pop()
        if node.type in ("script_element", "style_element"):
            yield _block(node, node.type.partition("_")[0], data)
        elif node.type == "element":
            if is_outermost and data.startswith(b"<template", node.start_byte):
                yield _block(node, "template", data)
            pending.extend((child, False) for child in reversed(node.named_children))


def _block(node: Node, tag: str, data: bytes) -> _Block:
    children = node.named_children
    head = data[children[0].start_byte : children[0].end_byte] if children else b""
    text = next((child for child in children if child.type == "raw_text"), None)
    said = _KIND.search(head)
    default = {"script": "javascript", "style": "css"}.get(tag, "")
    language = _LANGUAGES.get(said.group(1).decode().lower(), "") if said else default
    return _Block(
        tag,
        " ".join(head.decode("utf-8", "replace").split()),
        language if text is not None else "",
        node.start_byte,
        node.end_byte,
        text.start_byte if text is not None else node.end_byte,
        text.end_byte if text is not None else node.end_byte,
    )


def _read(
    data: bytes, blocks: Sequence[_Block], language: str, parse_budget_s: float
) -> tuple[dict[int, Sequence[Node]], Outline, tuple[str, ...]]:
    """All blocks of one language at once: their nodes by where their text begins, and what they define."""
    from scholiast_indexer.languages import extract  # loads tree-sitter

    alone = bytearray(data.translate(_BLANK))
    for block in blocks:
        alone[block.text_start : block.text_end] = data[block.text_start : block.text_end]
    code = bytes(alone)
    tree, problems = parsed(code, language, parse_budget_s)
    if tree is None:
        return {}, Outline((), ()), problems
    nodes = tree.root_node.children
    grafts: dict[int, Sequence[Node]] = {
        block.text_start: [
            node for node in nodes if block.text_start <= node.start_byte and node.end_byte <= block.text_end
        ]
        for block in blocks
    }
    return grafts, extract.outline(tree, code, language), ()


def _joined(blocks: Sequence[_Block], outlines: Sequence[Outline]) -> Outline:
    """One outline: the blocks as outermost definitions, around what the code in them defines."""
    around = [
        Definition(
            name=block.tag,
            path=block.tag,
            kind="script" if block.tag == "script" else "block",
            signature=block.head,
            doc="",
            lead_byte=block.start_byte,
            start_byte=block.start_byte,
            end_byte=block.end_byte,
            body_byte=block.text_start,
            parent=-1,
        )
        for block in blocks
    ]
    definitions = list(around)
    for outline in outlines:
        shift = len(definitions)
        for item in outline.definitions:
            parent = item.parent + shift if item.parent >= 0 else _position(around, item)
            definitions.append(msgspec.structs.replace(item, parent=parent))
    references = sorted(
        (reference for outline in outlines for reference in outline.references),
        key=lambda one: one.start_byte,
    )
    return Outline(_in_order(definitions), tuple(references))


def _position(around: Sequence[Definition], item: Definition) -> int:
    """Which block holds a definition."""
    inside = (at for at, block in enumerate(around) if block.start_byte <= item.start_byte < block.end_byte)
    return next(inside, -1)


def _in_order(definitions: Sequence[Definition]) -> tuple[Definition, ...]:
    """Definitions sorted by where they begin, outer ones first, with their parents renumbered."""
    order = sorted(range(len(definitions)), key=lambda at: (definitions[at].start_byte, -definitions[at].end_byte, at))
    moved = {old: new for new, old in enumerate(order)} | {-1: -1}
    return tuple(msgspec.structs.replace(definitions[at], parent=moved[definitions[at].parent]) for at in order)
