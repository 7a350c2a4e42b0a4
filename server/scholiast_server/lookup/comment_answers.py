"""An answer laid out as a comment. Must not know editors, or how the answer came about.

An answer is text from a model or from code: no line of it can leave the comment.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Protocol

from scholiast_server.lookup.comment_questions import Question
from scholiast_server.lookup.comment_safety import harmless, plain_lines
from scholiast_server.lookup.limits import ANSWER_CHARACTERS_MAX, WIDTH, WIDTH_MIN
from scholiast_server.models.sentences import code_spans

TAB_COLUMNS = 4


class CitedPlace(Protocol):
    """What a number in an answer points at; lines are 1-based and inclusive."""

    @property
    def n(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def start_line(self) -> int: ...
    @property
    def end_line(self) -> int: ...


_CITED = re.compile(r"[ \t]*((?:\[\d{1,3}(?:[ ,;–-]+\d{1,3})*\][ \t]*)+)")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_LIST_ITEM = re.compile(r"(?:[-*+•]|\d{1,2}[.)])[ \t]+")


def as_comment(answer: str, citations: Sequence[CitedPlace], question: Question) -> str:
    """The answer as comment lines in the style of the question, to be put at the end of its last line.

    Args:
        answer: Text with `[n]` where it cites.
        citations: What the numbers point at; a number without one is left out.
        question: Says how the comment looks.

    Returns:
        Lines wrapped at 100 columns, each after a line break; empty when there is nothing to say.
    """
    text = _with_places(plain_lines(answer[:ANSWER_CHARACTERS_MAX]), citations)
    columns = len((question.indent + question.before).expandtabs(TAB_COLUMNS)) + len(question.opening) + 1
    said = _laid_out(text.strip(), max(WIDTH_MIN, WIDTH - columns))
    lines = [harmless(line, question.language) for line in said]
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return ""
    laid = _as_block(lines, question) if question.opening else [question.before + line for line in lines]
    return "".join(question.line_break + (question.indent + line).rstrip() for line in laid)


def _as_block(lines: list[str], question: Question) -> list[str]:
    if question.opening.startswith("="):  # Ruby's stand on lines of their own
        return [question.opening, *lines, question.closing]
    inner = " " * (len(question.opening) + 1)
    lines = [f"{question.opening} {lines[0]}", *(inner + line for line in lines[1:])]
    return [*lines[:-1], f"{lines[-1]} {question.closing}"]


def _with_places(text: str, citations: Sequence[CitedPlace]) -> str:
    """`[1][2]` as `(path:start-end, path:start-end)`; a number that points at nothing is left out."""
    places = {cited.n: cited for cited in citations if cited.path}

    code = code_spans(text)

    def written(match: re.Match[str]) -> str:
        if any(start <= match.start(1) < end for start, end in code):
            return match.group()
        numbers = dict.fromkeys(int(number) for number in re.findall(r"\d+", match[1]))
        known = [_place(places[number]) for number in numbers if number in places]
        behind = " " if match[1][-1] in " \t" else ""
        indexes_something = match.group()[0] == "[" and match.string[match.start() - 1 : match.start()].isalnum()
        if not known:
            return match.group() if indexes_something else behind
        return f" ({', '.join(known)}){behind}"

    return _CITED.sub(written, text)


def without_numbers(text: str) -> str:
    """An answer without what it cites, for where nobody could follow a number."""
    return _with_places(text, ())


def _place(cited: CitedPlace) -> str:
    path = re.sub(r"\s", "_", cited.path)
    lines = f"{cited.start_line}" if cited.start_line == cited.end_line else f"{cited.start_line}-{cited.end_line}"
    return f"{path}:{lines}"


def _laid_out(text: str, width: int) -> list[str]:
    """Paragraphs and items of lists wrapped, code between fences left as it is, without Markdown's backticks."""
    lines: list[str] = []
    paragraph: list[str] = []
    in_fence = False

    def flush() -> None:
        lines.extend(_wrapped(" ".join(paragraph), width))
        paragraph.clear()

    for line in text.split("\n"):
        if _FENCE.match(line):
            flush()
            in_fence = not in_fence
        elif in_fence:
            lines.append("    " + line.rstrip())
        elif not line.strip():
            flush()
            if lines and lines[-1]:
                lines.append("")
        else:
            if _LIST_ITEM.match(line.strip()):
                flush()
            paragraph.append(_without_marks(line.strip()))
    flush()
    return lines


def _wrapped(paragraph: str, width: int) -> list[str]:
    item = _LIST_ITEM.match(paragraph)
    hanging = " " * len(item.group()) if item else ""
    return textwrap.wrap(paragraph, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)


def _without_marks(line: str) -> str:
    line = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"\1", line)
    return re.sub(r"\*\*([^*]+)\*\*", r"\1", re.sub(r"^#{1,6}\s+", "", line))
