"""Doc comments of any language as plain prose; must not know where they come from.

reStructuredText roles, Javadoc and Doxygen tags, Markdown links, HTML and parameter lists are markup for
other readers: what is left is the description, with code between single backticks.
"""

from __future__ import annotations

import html
import re

from scholiast_server.models.sentences import sentences

DOC_CHARACTERS_MAX = 4_000
"""Of a longer doc comment only the beginning is read."""

_TAGS = (
    "param|params|parameter|arg|args|argument|return|returns|retval|throws|throw|raises|raise|exception|see|since|author|"
    "version|type|typedef|template|tparam|example|examples|public|private|protected|api|internal|deprecated|code|group|"
    "ingroup|defgroup|addtogroup|name|memberof|class|constructor|function|method|static|async|override|yield|yields|"
    "yieldparam|yieldreturn|option|overload|spec|doc|since|todo|field|usage|link|var|property|psalm|phpstan|template"
)
_SECTION = (
    "args|arguments|parameters|params|returns|return|raises|yields|examples?|attributes|notes?|see also|"
    "usage|panics|errors|safety|options|throws|warnings?|keyword arguments|keyword args|other parameters|"
    "references"
)
_END_OF_DESCRIPTION = re.compile(
    rf"^[ \t]*(?:[@\\](?:{_TAGS})\b(?!\{{)|:[a-z]+(?: [^:\n]*)?:(?!`)(?=\s|$)|---?@"
    rf"|(?:\#{{1,6}}[ \t]*)(?:{_SECTION})[ \t]*:?[ \t]*$|(?:{_SECTION}):[ \t]*$"
    rf"|(?:{_SECTION})[ \t]*\n[ \t]*[-=~]{{3,}}[ \t]*$"
    r"|={2,}[ \t]*\w+)",
    re.I | re.M,
)
_BRIEF = re.compile(r"[@\\](?:brief|short|summary|description|desc|details|remarks?|fileoverview|file)\b[ \t]*", re.I)
_BLOCKS = re.compile(
    r"^[ \t]*(?:```|~~~).*?(?:^[ \t]*(?:```|~~~)[ \t]*$|\Z)"  # fences
    r"|<(?P<t>pre|table|ul|ol|script|example)\b.*?(?:</(?P=t)>|\Z)"
    r"|\{@(?:code|snippet)\s*\n.*?\n\s*\}"
    r"|^(?P<i>[ \t]*)\.\. [\w:-]+::.*(?:\n(?:[ \t]*$|(?P=i)[ \t]+.*))*"
    r"|^[ \t]*(?:>>>|\.\.\.) .*$|^[ \t]*[-=~^*_#]{4,}[ \t]*$",
    re.M | re.S | re.I,
)
_DIRECTIVE = re.compile(r"^(?P<i>[ \t]*)\.\. [\w:-]+::[^\n]*(?:\n(?:[ \t]*(?=\n|\Z)|(?P=i)[ \t]+[^\n]*))*", re.M)
_LITERAL_BLOCK = re.compile(r"::[ \t]*\n(?:[ \t]*\n)+(?:(?:[ \t]{2,}[^\n]*|[ \t]*)(?:\n|\Z))+")
_INDENTED_CODE = re.compile(r"\n[ \t]*\n(?:(?: {4}|\t)[^\n]*(?:\n|\Z))+")
_ROLE = re.compile(r":(?:[a-z]+:)?[a-z]+:`(?P<tilde>[~!]?)(?P<text>[^`<>]+?)(?:\s*<[^`>]*>)?`")
_JAVADOC = re.compile(r"\{@(?P<tag>\w+)\s+(?P<text>[^{}]*)\}")
_DOXYGEN = re.compile(r"[@\\](?P<tag>ref|c|p|a|e|em|b|link|see)\s+(?P<text>[\w:]+(?:\.\w+)*(?:\(\))?)")
_LINK = re.compile(r"!?\[(?P<text>[^\[\]\n]{1,120})\](?:\([^()\s]*\)|\[[^\[\]\n]*\])")
_CODE_LINK = re.compile(r"\[(?P<text>`[^`\n]+`|[A-Za-z_][\w.:]*(?:\(\))?)\](?![\[(\w])")
_HTML_CODE = re.compile(r"<(?P<t>code|tt|kbd|samp)>(?P<text>[^<>`]+)</(?P=t)>", re.I)
_XML_REFERENCE = re.compile(
    r"<(?:see|paramref|typeparamref)\s+(?:cref|name|langword)=\"(?:\w:)?(?P<text>[^\"]+)\"\s*/>", re.I
)
_HTML = re.compile(r"</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>")
_HTML_BREAK = re.compile(r"<h[1-6]\b.*?</h[1-6]>|</?(?:p|br|li|ul|ol|div|dl|dt|dd|tr)\b[^<>]*>", re.I | re.S)
_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*+•]|\d{1,2}[.)-]) )")
_FOOTNOTE = re.compile(r"\s?\[\^?\d+\]_?")
_LIKE_A_CITATION = re.compile(r"(?P<code>`[^`\n]*`)|\[\d[\d, -]*\]")
_RDOC_HEADING = re.compile(r"^=+[ \t]+[^\n]*$", re.M)
_RDOC_LABEL = re.compile(r"^[ \t]*(?P<label>[A-Z][\w -]{0,40})::[ \t]+(?=\S)", re.M)
"""`Prevented attack:: CSRF`: a list of its own, which is no part of the sentence below it."""
_BARS_MAX = 4
"""With as many `|` a sentence is a table, or a list of links of Vim's help."""
_LEFTOVER_MARK = re.compile(r"^[ \t]*(?:#?:(?=\s)|/{2,}!?|\*+/|;;+|--+\|)[ \t]?", re.M)


def description(doc: str) -> str:
    """The description in plain words, paragraphs parted by an empty line; parameters and examples are left
    out.
    """
    text = _LEFTOVER_MARK.sub("", doc[:DOC_CHARACTERS_MAX].replace("\r", "").expandtabs(4)).lstrip()
    text = _BRIEF.sub("", text)
    text = _RDOC_LABEL.sub(r"\n\g<label>: ", _RDOC_HEADING.sub("", text, count=1) if text.startswith("= ") else text)
    if end := _END_OF_DESCRIPTION.search(text):
        text = text[: end.start()]
    text = _HTML_BREAK.sub("\n\n", _without_blocks(text))
    paragraphs = (" ".join(inline(part).split()) for part in _PARAGRAPH.split(text))
    return "\n\n".join(part for part in paragraphs if part)


def inline(text: str) -> str:
    """One stretch of prose with its inline markup replaced by plain words and `code`."""
    text = _ROLE.sub(_role, text)
    text = _JAVADOC.sub(_javadoc, text)
    text = _XML_REFERENCE.sub(r"`\g<text>`", text)
    text = _HTML_CODE.sub(r"`\g<text>`", text)
    text = html.unescape(_HTML.sub("", text))
    text = _DOXYGEN.sub(lambda m: f"`{m['text']}`" if m["tag"] != "em" else m["text"], text)
    text = _LINK.sub(r"\g<text>", text)
    text = _CODE_LINK.sub(lambda m: f"`{m['text'].strip('`')}`", text)
    text = re.sub(r"``([^`\n]+)``_?", r"`\1`", text)
    text = re.sub(r"`([^`\n<>]+?)\s*<[^`>]*>`_+", r"\1", text)
    text = re.sub(r"(`[^`\n]+`)__?(?!\w)", r"\1", text)
    text = re.sub(r"(?<![\w+])\+([\w.:#?!]+)\+(?![\w+])", r"`\1`", text)
    text = re.sub(r"(?<![\w*])\*{1,3}(\w[^*\n]*?)\*{1,3}(?![\w*])", r"\1", text)
    text = re.sub(r"^\s*(?:#{1,6}\s+|>\s+)", "", text)
    return without_citations(re.sub(r"\s+([,.;:!?])(?=\s|$)", r"\1", _FOOTNOTE.sub("", text)))


def without_citations(text: str) -> str:
    """The text with numbers in brackets as code, so that a range such as `[0, 18]` cites nothing."""
    return _LIKE_A_CITATION.sub(lambda found: found["code"] or f"`{found[0]}`", text)


def lead(doc: str, count: int = 1) -> list[str]:
    """The first sentences of the description: those a reader would read first."""
    found: list[str] = []
    for paragraph in description(doc).split("\n\n"):
        for sentence in sentences(paragraph):
            if _is_prose(sentence):
                found.append(sentence)
                if len(found) >= count:
                    return found
    return found


def all_sentences(doc: str) -> list[str]:
    """Every sentence of prose in the description."""
    return lead(doc, count=1_000)


def _is_prose(sentence: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", sentence)
    is_boilerplate = re.search(
        r"copyright|licensed under|permission is|all rights reserved|SPDX|eslint|pylint|noqa", sentence, re.I
    )
    starts_like_a_list = re.match(r"(?:[-*+•|]|\d{1,2}[.)-])\s", sentence)
    only_refers = re.match(r"(?:see|cf|refer to|todo|fixme|note that)\b", sentence, re.I)
    introduces = sentence.endswith(":")
    is_address = re.search(r"\A[^:]{0,40}:?\s*https?://\S+\Z", sentence)
    is_table = sentence.count("|") >= _BARS_MAX
    is_list = is_boilerplate or starts_like_a_list or only_refers or is_address or is_table
    return len(words) >= 2 and not introduces and not is_list


def _without_blocks(text: str) -> str:
    text = _DIRECTIVE.sub("", text)
    text = _LITERAL_BLOCK.sub(".\n\n", text)
    text = _BLOCKS.sub("", text)
    return _INDENTED_CODE.sub("\n\n", text)


def _role(match: re.Match[str]) -> str:
    text: str = match["text"].strip().lstrip(".")
    return f"`{text.rpartition('.')[2]}`" if match["tilde"] == "~" else f"`{text}`" if " " not in text else text


def _javadoc(match: re.Match[str]) -> str:
    tag, text = match["tag"], " ".join(match["text"].split())
    if tag in {"link", "linkplain", "value"}:
        target, _, label = text.partition(" ") if "(" not in text else _split_call(text)
        return (
            label
            if label and tag == "linkplain"
            else f"`{(label or target.partition('(')[0].lstrip('#')).replace('#', '.')}`"
        )
    if tag in {"code", "literal"}:
        return f"`{text}`"
    return text if tag not in {"inheritDoc", "docRoot"} else ""


def _split_call(text: str) -> tuple[str, str, str]:
    head, bracket, rest = text.partition(")")
    return head + bracket, " ", rest.strip()
