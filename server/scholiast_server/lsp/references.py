"""The lines that mention a name, as far as a search finds them. Must not know commands or how they are shown.

An index counts the places that refer to a name; which lines they are is read from the text of the hits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from scholiast_server.lsp.limits import SEARCH_HITS_MAX

if TYPE_CHECKING:
    from scholiast_indexer.index import Index


class Reference(NamedTuple):
    """A line that mentions a name."""

    path: str
    line: int
    """0-based."""
    text: str
    start_byte: int
    """Of the name in the line's UTF-8, half-open."""
    end_byte: int


def references(index: Index, name: str) -> list[Reference]:
    """Lines that mention the name without defining it, by path and line."""
    if not name.strip():
        return []
    defined = {(path, symbol.start_line) for path, symbol in index.definitions(name)}
    found = {
        (reference.path, reference.line): reference
        for hit in index.search(name, SEARCH_HITS_MAX)
        for reference in _in_text(name, hit.path, hit.start_line - 1, hit.text)
    }
    return [found[place] for place in sorted(found) if place not in defined]


def _in_text(name: str, path: str, first_line: int, text: str) -> Iterator[Reference]:
    pattern = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
    for line, content in enumerate(text.split("\n"), first_line):
        match = pattern.search(content)
        if match is not None:
            start = len(content[: match.start()].encode("utf-8", "surrogateescape"))
            yield Reference(path, line, content.rstrip("\r"), start, start + len(name.encode()))
