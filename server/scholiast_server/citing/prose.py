"""The prose of a file with everything else blanked, each character in its place. Pure; must not know citations."""

from __future__ import annotations

import re

from scholiast_server.lookup import lexis
from scholiast_server.lookup.comment_marks import block_marks, line_marks
from scholiast_server.models.extractive.source import PROSE
from scholiast_server.models.sentences import FENCE

_CODE_CHARACTER = re.compile(r"[^\n]")
_GUTTER = re.compile(r"^[ \t]*[*#/;!|-]+(?=[ \t]|$)", re.M)
"""What stands before each line of a comment."""
_LITERAL = re.compile(
    r"(?:::|(?:^|[ \t])>\w*|^[ \t]*\.\. (?:code(?:-block)?|sourcecode|parsed-literal)::[^\n]*)[ \t]*$"
)
"""The end of a line after which reStructuredText, or a help page of Vim, shows what is indented more as it stands."""
_SEPARATE = "•"
"""Stands for the mark of a comment behind code: a new paragraph to who splits sentences."""


def prose_of(text: str, language: str | None) -> str:
    """The text with its code as spaces: of documents all but code blocks, of code the comments and long strings.

    What is in no known language is output of a program more often than prose.
    """
    if language is None:
        return _blank(text)
    if language in PROSE:
        text = FENCE.sub(lambda match: _blank(match.group()), text)
        return _without_literal_blocks(text) if language in ("rst", "text") else text
    parts: list[str] = []
    end = 0
    for match in lexis.noise(text, language):
        is_comment = lexis.is_comment(match, language)
        if not is_comment and not match.group().startswith(('"""', "'''")):
            continue
        line_start = text.rfind("\n", 0, match.start()) + 1
        is_behind_code = bool(text[line_start : match.start()].strip())
        parts += [_blank(text[end : match.start()]), _spoken(match.group(), language, is_behind_code)]
        end = match.end()
    return "".join((*parts, _blank(text[end:])))


def _without_literal_blocks(text: str) -> str:
    kept: list[str] = []
    shown_from: int | None = None
    """Columns that what is shown as it stands is indented by at least."""
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" \t"))
        if shown_from is not None and (indent >= shown_from or indent == len(line)):
            kept.append(_blank(line))
            continue
        kept.append(line)
        shown_from = indent + 1 if _LITERAL.search(line) else None
    return "\n".join(kept)


def _spoken(comment: str, language: str, is_behind_code: bool) -> str:
    """A comment without its marks."""
    openings = ('"""', "'''", *(opening for opening, _ in block_marks(language)), *line_marks(language))
    opening = next((mark for mark in openings if comment.startswith(mark)), "")
    lead = _SEPARATE if is_behind_code and opening else ""
    body = _GUTTER.sub(lambda match: _blank(match.group()), comment[len(opening) :])
    return lead + " " * (len(opening) - len(lead)) + body


def _blank(text: str) -> str:
    return _CODE_CHARACTER.sub(" ", text)
