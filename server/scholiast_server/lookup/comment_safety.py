"""Keeps text that came from code or a model inside the comment it is put into; must not know who puts it there."""

from __future__ import annotations

import re

from scholiast_server.lookup.comment_marks import comment_ends

LINE_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""Some languages end a line comment at any of these."""

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTINUATION = re.compile(r"(?:\\|\?\?/)[\\?/\s]*$")
"""At the end of a line it would draw the next line of code into the comment (C, C++)."""


def plain_lines(text: str) -> str:
    """The text with `\\n` as its only line break, and without characters that turn or hide other ones."""
    return _CONTROLS.sub("", LINE_BREAKS.sub("\n", text))


def harmless(line: str, language: str) -> str:
    """The line with no mark left whole that ends, or nests, a comment of this language."""
    marks = comment_ends(language)
    while found := next((mark for mark in marks if mark in line.lower()), None):  # one may come of taking one apart
        at = line.lower().index(found)
        line = f"{line[: at + 1]} {line[at + 1 :]}" if len(found) > 1 else line.replace(found, "")
    if "<!--" in marks:
        line = re.sub(r"-(?=-)", "- ", line)  # XML allows no `--` inside a comment
    if language in {"ocaml", "ocaml_interface"}:
        line = line.replace('"', "'")  # a string begun in a comment has to end in it
    return _CONTINUATION.sub("", line)
