"""Reads the cells of a Jupyter notebook with their places in the file's JSON; must not know how files are cut."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Line(NamedTuple):
    """One JSON string of a cell's source: a line with its end or, in some files, the whole source."""

    start_byte: int
    end_byte: int
    text: str


class Cell(NamedTuple):
    """One cell in the file's JSON."""

    start_byte: int
    end_byte: int
    is_code: bool
    lines: tuple[Line, ...]
    source_byte: int
    """Where the value of `source` begins; the cell's end when it has none."""
    outputs: tuple[int, int]
    """Where the value of `outputs` lies; empty at the cell's end when it has none."""


class Notebook(NamedTuple):
    """What a notebook holds that is worth searching."""

    cells: tuple[Cell, ...]
    language: str
    """Of the code cells, in lower case."""


def read_notebook(root: Node, data: bytes) -> Notebook:
    """The cells found in a JSON tree, none if it is not a notebook's."""
    members = _members(next(iter(_children(root, "object")), None), data)
    return Notebook(
        tuple(_cell(node, data) for node in _children(members.get("cells"), "object")),
        _language(members.get("metadata"), data),
    )


def _members(node: Node | None, data: bytes) -> dict[str, Node]:
    """The values of a JSON object by key."""
    members: dict[str, Node] = {}
    for pair in _children(node, "pair"):
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if key is not None and value is not None:
            members[_text(key, data)] = value
    return members


def _children(node: Node | None, kind: str) -> list[Node]:
    return [child for child in node.named_children if child.type == kind] if node is not None else []


def _decoded(node: Node, data: bytes) -> Any:
    """The JSON value of a node; None where it is broken."""
    try:
        return json.loads(data[node.start_byte : node.end_byte], strict=False)
    except (ValueError, RecursionError):  # broken, not UTF-8, or nested beyond reason
        return None


def _text(node: Node, data: bytes) -> str:
    """The value of a JSON string, half surrogates replaced; empty where it is broken or something else."""
    value = _decoded(node, data)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _cell(node: Node, data: bytes) -> Cell:
    members = _members(node, data)
    written, outputs = members.get("source"), members.get("outputs")
    strings: Sequence[Node] = _children(written, "string")
    if written is not None and written.type == "string":
        strings = [written]
    return Cell(
        node.start_byte,
        node.end_byte,
        "cell_type" in members and _text(members["cell_type"], data) == "code",
        tuple(Line(one.start_byte, one.end_byte, _text(one, data)) for one in strings),
        written.start_byte if written is not None else node.end_byte,
        (outputs.start_byte, outputs.end_byte) if outputs is not None else (node.end_byte, node.end_byte),
    )


def _language(metadata: Node | None, data: bytes) -> str:
    """What the notebook says of its code; Python where it says nothing."""
    said = _decoded(metadata, data) if metadata is not None else None
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        part = said.get(key) if isinstance(said, dict) else None
        language = part.get(name) if isinstance(part, dict) else None
        if isinstance(language, str):
            return language.lower()
    return "python"
