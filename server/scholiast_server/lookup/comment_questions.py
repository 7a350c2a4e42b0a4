"""The question that a comment asks, and where its answer goes; must not know what answers it."""

from __future__ import annotations

import re

import msgspec

from scholiast_server.lookup import lexis
from scholiast_server.lookup.comment_marks import block_marks, line_marks
from scholiast_server.lookup.limits import QUESTION_LINES_MAX


class Question(msgspec.Struct, frozen=True):
    """A question in a comment, and what the comment looks like."""

    text: str
    """In one line, comment marks removed."""
    language: str
    indent: str
    before: str
    """What each line of an answer begins with, behind the indentation: `# `, ` * `, or nothing."""
    opening: str
    """What the answer's block begins with; empty for line comments, and inside the question's own block."""
    closing: str
    first_line: int
    last_line: int
    """The answer goes behind this one: its text is put at the line's end."""
    line_break: str


class _Line(msgspec.Struct, frozen=True):
    """The comment of one line."""

    number: int
    text: str
    mark: str
    """Empty inside a block."""
    indent: str
    before: str
    is_alone: bool
    """No code before it."""


def comment_question(text: bytes, language: str, line: int) -> Question | None:
    """The question around a line: the lines of one comment up to the one that ends with `?`.

    Args:
        text: The whole file.
        language: Key of the table of languages.
        line: 0-based; of any of the question's lines.

    Returns:
        None where no comment stands, or none that asks.
    """
    source = text.decode("utf-8", "replace")
    lines = source.split("\n")
    if not 0 <= line < len(lines):
        return None
    line_break = "\r\n" if lines[line].endswith("\r") else "\n"
    offsets = _offsets(lines)
    for match in lexis.noise(source, language):
        if match.start() >= offsets[line] + len(lines[line]):
            return None
        if match.end() <= offsets[line] or not lexis.is_comment(match, language):
            continue
        pair = next((pair for pair in block_marks(language) if match.group().startswith(pair[0])), None)
        if pair is not None:
            return _in_block(match, pair, lines, offsets, line, language, line_break)
        column = source.find(match.group().lstrip(), match.start()) - offsets[line]
        return _in_lines(lines, line, column, language, line_break)
    return None


def _offsets(lines: list[str]) -> list[int]:
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    return offsets


def _in_lines(lines: list[str], line: int, column: int, language: str, line_break: str) -> Question | None:
    """Neighbouring line comments with the same mark and the same indentation are one."""
    here = _line_comment(lines[line], line, column, language)
    if here is None:
        return None
    run = [here]
    if here.is_alone:
        for step in (-1, 1):
            number = line + step
            while 0 <= number < len(lines) and abs(number - line) < QUESTION_LINES_MAX:
                other = _line_comment(lines[number], number, None, language)
                if other is None or (other.mark, other.indent) != (here.mark, here.indent):
                    break
                run.insert(0, other) if step < 0 else run.append(other)
                number += step
    asked = _asked(run, line)
    if asked is None:
        return None
    spaced = here.before if here.before != here.mark else f"{here.mark} "
    return _question(asked, language, here.indent, spaced, ("", ""), line_break)


def _line_comment(text: str, number: int, column: int | None, language: str) -> _Line | None:
    """The comment that stands alone on a line, or begins at `column`."""
    indent = re.match(r"[ \t]*", text)
    assert indent is not None  # it matches nothing too
    start = indent.end() if column is None else column
    mark = next((mark for mark in line_marks(language) if text.startswith(mark, start)), None)
    if mark is None:
        return None
    if column is None and any(text.startswith(opening, start) for opening, _ in block_marks(language)):
        return None
    longer = re.compile(rf"{re.escape(mark)}[{re.escape(mark[-1])}!]*").match(text, start)
    assert longer is not None  # the mark itself was seen
    words = text[longer.end() :].strip()
    gap = re.match(r"[ \t]*", text[longer.end() :])
    before = longer.group() + (gap.group() if gap and words else "")
    return _Line(number, words, longer.group(), indent.group(), before, start == indent.end())


def _in_block(
    match: re.Match[str],
    pair: tuple[str, str],
    lines: list[str],
    offsets: list[int],
    line: int,
    language: str,
    line_break: str,
) -> Question | None:
    opening, closing = pair
    first = max(number for number in range(line + 1) if offsets[number] <= match.start())
    body = match.group()
    is_closed = body.endswith(closing) and len(body) >= len(opening) + len(closing)
    inner = body[: -len(closing)] if is_closed else body
    run = [_block_line(text, first + place, opening, place == 0) for place, text in enumerate(inner.split("\n"))]
    asked = _asked(run, line)
    if asked is None:
        return None
    last_of_block = first + len(run) - 1
    column = match.start() - offsets[first]
    indent_match = re.match(r"[ \t]*", lines[first])
    indent = indent_match.group() if indent_match else ""
    stands_inside = asked[-1].number < last_of_block
    if not stands_inside:
        if not is_closed or lines[last_of_block][_end_column(match, offsets, last_of_block) :].strip():
            return None  # code follows on the line: an answer there would stand before it
        return _question(asked, language, indent, "", (opening, closing), line_break)
    later = next((found for found in run if found.number > first and found.text), None)
    before = later.before if later else indent + " " * (column - len(indent)) + (" * " if opening == "/*" else "")
    if before.endswith("*"):
        before += " "  # an answer that begins with a slash would end the comment
    return _question(asked, language, "", before, ("", ""), line_break)


def _end_column(match: re.Match[str], offsets: list[int], line: int) -> int:
    return match.end() - offsets[line]


def _block_line(text: str, number: int, opening: str, is_first: bool) -> _Line:
    lead = re.match(rf"{re.escape(opening)}[*!|]*[ \t]*" if is_first else r"[ \t]*(?:\*(?!/)[ \t]*)?", text)
    before = lead.group() if lead else ""
    return _Line(number, text[len(before) :].strip(), "", "", before, True)


def _asked(run: list[_Line], line: int) -> list[_Line] | None:
    """The lines of the question around a line: from where its paragraph, or the text after an earlier question, begins
    to the first line from here on that ends with a question mark."""
    place = next((place for place, found in enumerate(run) if found.number == line), None)
    if place is None or not run[place].text:
        return None
    start = place
    while start > 0 and run[start - 1].text and not run[start - 1].text.endswith(("?", "？")):
        start -= 1
    for end in range(place, min(len(run), start + QUESTION_LINES_MAX)):
        if not run[end].text:
            return None
        if run[end].text.endswith(("?", "？")):
            return run[start : end + 1]
    return None


def _question(
    asked: list[_Line], language: str, indent: str, before: str, block: tuple[str, str], line_break: str
) -> Question | None:
    words = " ".join(found.text for found in asked)
    if not re.search(r"\w{2}", words):
        return None
    return Question(
        text=words,
        language=language,
        indent=indent,
        before=before,
        opening=block[0],
        closing=block[1],
        first_line=asked[0].number,
        last_line=asked[-1].number,
        line_break=line_break,
    )
