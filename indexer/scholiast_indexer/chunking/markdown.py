"""Finds the headings of Markdown, line by line; must not know what becomes of them.

A line scanner and no grammar: it is twenty times as fast, and right about headings in what real files hold (fences,
front matter, comments, badges).
"""

from __future__ import annotations

import re

from scholiast_indexer.chunking.scan import Scan
from scholiast_indexer.chunking.sections import Heading, scan_sections
from scholiast_indexer.chunking.source import Source

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NO_TITLE = re.compile(r"\s*$| {4}|\t|\s*(?:[-*+>|#]|\d+[.)]\s)")
"""Lines that an underline does not turn into a heading: blank, indented, lists, quotes, tables."""
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_TAG = re.compile(r"<[^<>]*>")
_ANCHOR = re.compile(r"\{#[^}]*\}\s*$")


def scan_markdown(source: Source) -> Scan:
    """Borders at headings and paragraphs, sections as definitions."""
    return scan_sections(source, *find_headings(source))


def find_headings(source: Source) -> tuple[list[Heading], frozenset[int]]:
    """The headings in order, and the lines inside fenced code."""
    headings: list[Heading] = []
    solid: set[int] = set()
    fence, in_comment = "", False
    previous = ""
    for line, text in _lines(source):
        if fence:
            solid.add(line)
            fence = "" if _closes(text, fence) else fence
        elif in_comment:
            in_comment = "-->" not in text
        elif opened := _FENCE.match(text):
            fence = opened.group(1)
        elif "<!--" in text and "-->" not in text:
            in_comment = True
        elif found := _heading(line, text, previous):
            headings.append(found)
        previous = "" if fence or in_comment or _ATX.match(text) else text
    return headings, frozenset(solid)


def _lines(source: Source) -> list[tuple[int, str]]:
    """The lines after the front matter, if there is one."""
    lines = [(at, source.text(at).decode("utf-8", "replace").rstrip("\r\n")) for at in range(source.line_count)]
    if lines and lines[0][1].lstrip("\ufeff").rstrip() == "---":
        for at, text in lines[1:]:
            if text.rstrip() in ("---", "..."):
                return lines[at + 1 :]
    return lines


def _closes(text: str, fence: str) -> bool:
    stripped = text.strip()
    return len(stripped) >= len(fence) and not stripped.strip(fence[0])


def _heading(line: int, text: str, previous: str) -> Heading | None:
    if found := _ATX.match(text.lstrip("\ufeff")):
        level, title = len(found.group(1)), _plain(found.group(2) or "")
        return Heading(line, line + 1, level, title, f"{found.group(1)} {title}") if title else None
    if (underline := _SETEXT.match(text)) and not _NO_TITLE.match(previous):
        level, title = (1 if underline.group(1)[0] == "=" else 2), _plain(previous)
        return Heading(line - 1, line + 1, level, title, f"{'#' * level} {title}") if title else None
    return None


def _plain(title: str) -> str:
    """A title without images, link targets, tags and code marks."""
    title = _ANCHOR.sub("", _TAG.sub("", _LINK.sub(r"\1", _IMAGE.sub("", title))))
    return " ".join(title.replace("`", "").replace("**", "").split())
