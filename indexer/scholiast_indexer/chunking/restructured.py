"""Finds the headings of reStructuredText, line by line; must not know what becomes of them."""

from __future__ import annotations

import re

from scholiast_indexer.chunking.scan import Scan
from scholiast_indexer.chunking.sections import Heading, scan_sections
from scholiast_indexer.chunking.source import Source

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_ROLE = re.compile(r":[\w:.+-]+:`~?([^`<]*?)(?:\s*<[^`]*>)?`|`+([^`<]*?)(?:\s*<[^`]*>)?`+_{0,2}")


def scan_restructured(source: Source) -> Scan:
    """Borders at headings and paragraphs, sections as definitions."""
    texts = [source.text(at).decode("utf-8", "replace").rstrip() for at in range(source.line_count)]
    headings: list[Heading] = []
    styles: list[tuple[str, bool]] = []
    for line in range(1, len(texts)):
        title, underline = texts[line - 1], texts[line]
        if not _underlines(underline, title):
            continue
        is_over = line >= 2 and _ADORNMENT.match(texts[line - 2]) is not None and texts[line - 2] == underline
        style = underline[0], is_over
        if style not in styles:  # the order in which a document first uses them makes the levels
            styles.append(style)
        plain = _plain(title)
        level = styles.index(style) + 1
        headings.append(Heading(line - 2 if is_over else line - 1, line + 1, level, plain, plain))
    return scan_sections(source, headings, frozenset())


def _underlines(underline: str, title: str) -> bool:
    is_title = title.strip() != "" and not _ADORNMENT.match(title) and not title.startswith((".. ", "    "))
    return is_title and _ADORNMENT.match(underline) is not None and len(underline) >= len(title.strip()) - 1


def _plain(title: str) -> str:
    """A title without roles and code marks."""
    return " ".join(_ROLE.sub(lambda found: found.group(1) or found.group(2) or "", title).split())
