"""Doc comments and docstrings as plain text; must not know syntax trees."""

from __future__ import annotations

import re

from scholiast_indexer.limits import DOC_CHARS_MAX

_READ_BYTES = 2 * DOC_CHARS_MAX  # marks, indent and multi-byte characters never double a real comment
_BLOCK_START = ("/**", "/*!", "/*", "(**", "(*", "{-|", "{-", "#|", "#=", "--[[", "--[=[", "=begin", "<!--", '"""')
_DOC_BLOCKS = ("/**", "/*!", "(**")
_DOC_LINES = ("///", "//!", "---", "##")
_BLOCK_MARKS = re.compile(
    r"\A\s*(?:/\*(?:[*!](?!/))?<?|\(\*\*?|\{-\s?\|?|\#\||\#=|--\[=*\[|=begin\b|<!--)"
    r"|(?:\*+/|\*+\)|-\}|\|\#|=\#|(?:--)?\]=*\]|=end\b|-->)\s*\Z"
    r"|^[ \t]*\*(?![*/])[ \t]?",
    re.MULTILINE,
)
_LINE_MARKS = re.compile(r"^[ \t]*(?://[/!]*<?|--+(?: [|^*](?= |$))?|\#+'?|;+|%+|!+|'|\")[ \t]?", re.MULTILINE)
_RULER = re.compile(r"^[ \t]*[-=*#~_+/.\u2500-\u257f]{4,}[ \t]*$", re.MULTILINE)
# What is said to tools, not to readers; the names below are patterns, and switch nothing off here.
_DIRECTIVE = re.compile(
    r"\s*(?:\#!|go:\w|\+build\b|nolint|eslint-|prettier-|tslint:|@ts-|istanbul |c8 |v8 |jshint |jslint |global "
    r"|noqa|type: ignore|pylint:|pragma:|mypy:|fmt: |flake8:|-\*-|vim?:|coding[:=]|rubocop:"  # finds others' marks
    r"|shellcheck |luacheck"
    r"|\W?[@#]__(?:PURE|NO_SIDE_EFFECTS|INLINE|NOINLINE)__"
    r"|stylua:|selene:|credo:|swiftlint:|swift-tools|clang-format|NOLINT|frozen_string_literal|typed: |@flow\b)"
)
_LICENCE = re.compile(r"copyright|licen[cs]e|spdx-", re.IGNORECASE)
_XML_TAG = re.compile(
    r"</?(?:summary|remarks|para|returns|value|example|list|item|c|code|exception|inheritdoc)\b[^>]*>"
)
_XML_NAMED = re.compile(r'<(?:param|typeparam)\s+name="(\w+)"\s*>(.*?)</(?:param|typeparam)>', re.DOTALL)
_XML_REFERENCE = re.compile(r'<(?:see|seealso|paramref|typeparamref)\s+\w+="([^"]*)"\s*/>')
_STRING_START = re.compile(r"\A(?:~[sS]|[rRuUbBfF]{0,2}|doc|raw)(\"\"\"|'''|\"|')")
_INDENT = re.compile(r"^([ \t]*)\S", re.MULTILINE)


def plain_comment(pieces: list[bytes], *, opens_file: bool = False) -> str:
    """The text of a run of comments above a definition.

    Where some of them are marked as documentation (`///`, `/**`), only those count.

    Args:
        pieces: The comments in source order.
        opens_file: They begin the file, so that a licence notice among them says nothing of the definition.
    """
    texts = [piece[:_READ_BYTES].decode("utf-8", "replace") for piece in pieces]
    kept = _documenting(texts)
    lines = "\n".join(_without_marks(text) for text in kept)
    text = _dedent(_RULER.sub("", lines))
    text = "\n".join(line for line in text.split("\n") if not _DIRECTIVE.match(line)).strip()
    if opens_file and _LICENCE.search(text):
        return ""
    return _without_xml(text)[:DOC_CHARS_MAX].rstrip()


def plain_string(literal: bytes) -> str:
    """The text of a docstring literal, without quotes and common indent."""
    text = literal[:_READ_BYTES].decode("utf-8", "replace")
    quote = _STRING_START.match(text)
    if quote:
        text = text[quote.end() :].removesuffix(quote[1])
    return _like_docstring(text).strip()[:DOC_CHARS_MAX].rstrip()


def _documenting(texts: list[str]) -> list[str]:
    if texts and texts[-1].startswith(_DOC_BLOCKS):
        return texts[-1:]
    marked = [text for text in texts if text.startswith(_DOC_LINES) or text.startswith(_DOC_BLOCKS)]
    says_something = any(_without_marks(text).strip() for text in marked)  # RDoc's `##` stands alone above the text
    return marked if says_something else texts


def _without_marks(text: str) -> str:
    if text.startswith(_BLOCK_START):
        return _like_docstring(_BLOCK_MARKS.sub("", text))
    return _LINE_MARKS.sub("", text.rstrip("\r\n"))


def _without_xml(text: str) -> str:
    """C#'s `<summary>` and its like, which carry structure and no words."""
    if "</" not in text and "/>" not in text:
        return text
    text = _XML_REFERENCE.sub(lambda match: match[1].removeprefix("T:").removeprefix("M:"), text)
    text = _XML_NAMED.sub(r"\1: \2", text)
    return re.sub(r"\n\s*\n+", "\n", _XML_TAG.sub("", text)).strip()


def _like_docstring(text: str) -> str:
    """The first line stands beside the opening mark, so only the others share an indent."""
    first, _, rest = text.partition("\n")
    return first.strip() + "\n" + _dedent(rest)


def _dedent(text: str) -> str:
    """Cuts the indent of the first line that has words; of lines with less, what they have."""
    indent = _INDENT.search(text)
    cut = len(indent[1]) if indent else 0
    return re.sub(rf"^[ \t]{{1,{cut}}}", "", text, flags=re.MULTILINE) if cut else text
