"""What an answer claims: its sentences, the numbers they cite, the code they name and quote; must not know evidence.

Anything may come from a model: forged numbers, brackets in brackets, code blocks. Parsing is linear in the
text's length and never fails; what is not recognised as a citation is prose.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from scholiast_server.models.sentences import FENCE, INLINE_CODE, Span, code_spans, split_sentences, word_set

NUMBERS_MAX = 40
"""Numbers read from one sentence; the rest are left unread."""
QUOTED_LINES_MAX = 200
"""Lines of a code block that are read; the rest are left unread."""

CITATION = re.compile(r"\[ ?(\d{1,9}(?: ?[,;–-] ?\d{1,9}){0,20}) ?\]")
_RANGE = re.compile(r"(\d+) ?[–-] ?(\d+)")
_INDEXED = re.compile(r"(?:[\w$]*(?:_\w|[a-z\d][A-Z]|\w\.\w)[\w$]*|[\])]|(?<![\w'])[A-Za-z])$")
"""What stands before `[1]` when it is an index and no citation: `user_ids[1]`, `call()[1]`, `a[1]`."""
_WORD = re.compile(r"[^\W\d]\w*|\d+")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+")
_CODE_WORD = re.compile(
    r"(?<![\w./@-])(?:"
    r"(?P<call>[^\W\d][\w.]*)\(\)?"  # call()
    r"|(?P<dotted>[^\W\d]\w+(?:\.[^\W\d]\w+)+)"
    r"|(?P<scoped>[^\W\d]\w*(?:(?:::|->|\#)[^\W\d]\w*)+)"
    r"|(?P<path>(?:[\w.-]+/)+[\w-]+\.[A-Za-z]\w{0,4})"
    r"|(?P<snake>\w*[^\W_]_\w*[^\W_]\w*|__\w+__)"
    r"|(?P<camel>[^\W\d_]*[a-z\d][A-Z]\w*)"
    r")(?![\w/])"
)
_PROSE_CAMEL = word_set(
    """
    javascript typescript github gitlab oauth postgresql mysql sqlite mongodb websocket websockets graphql
    ios macos youtube linkedin devops powershell numpy pytorch tensorflow nodejs vscode openai nosql lua
    json5 webassembly restful jquery intellij latex bibtex
    """
)
_ABBREVIATIONS = frozenset({"e.g", "i.e", "a.k.a", "vs.", "etc."})
_LINES = re.compile(
    r"(?:\blines? |(?<=\.[a-z]):|(?<=\.[a-z]{2}):|(?<=\.[a-z]{3}):)L?(?P<start>[1-9]\d{0,6})"
    r"(?: ?(?:-|–|to|through|and) ?L?(?P<end>[1-9]\d{0,6}))?(?![\w.]\w)",
    re.I,
)
"""`lines 10-20`, `app.py:10`."""
_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)]) ")
_TITLE = re.compile(r"#{1,6} ")
_LEAD = re.compile(r":(?:\*\*|__)?\s*\Z")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")


class Claim(msgspec.Struct, frozen=True):
    """One sentence, or one block of code. `start` and `end` are characters of the answer, half-open."""

    start: int
    end: int
    numbers: tuple[int, ...]
    """What it cites, each once, in order."""
    names: tuple[str, ...]
    """Pieces of code that the sentence names, as written, each once."""
    quoted: tuple[str, ...] = ()
    """Lines of code between fences."""
    lines: tuple[tuple[int, int], ...] = ()
    """Line numbers that it speaks of, from and to."""
    lent: tuple[int, ...] = ()
    """What a sentence without numbers rests on by its place: an item or a code block below `…[1]:`."""
    nearby: tuple[int, ...] = ()
    """What its paragraph cites, when it rests on nothing itself."""
    prose: str = ""
    """Its words without citations and code."""

    @property
    def cited(self) -> tuple[int, ...]:
        """What it rests on."""
        return self.numbers or self.lent


def parse_claims(text: str) -> tuple[Claim, ...]:
    """All sentences, in order."""
    code = code_spans(text)
    starts = [start for start, _ in code]
    cited = [match for match in CITATION.finditer(text) if not _is_index(text, match, code, starts)]
    claims: list[Claim] = []
    place = 0
    for start, end in split_sentences(text):
        inside: list[re.Match[str]] = []
        while place < len(cited) and cited[place].start() < end:
            if cited[place].start() >= start:
                inside.append(cited[place])
            place += 1
        claims.append(_claim(text, start, end, inside))
    return _in_their_places(text, claims)


def named_code(sentence: str) -> tuple[str, ...]:
    """The code that a sentence names: all in backticks, and CamelCase, snake_case, dotted names and calls
    outside.
    """
    found: dict[str, None] = {}
    for match in INLINE_CODE.finditer(sentence):
        found.setdefault(match.group(2).strip())
    rest = _URL.sub(" ", _prose(sentence))
    for match in _CODE_WORD.finditer(rest):
        name = match.group().rstrip("(").removesuffix("()")
        if name.rstrip(".").lower() not in _ABBREVIATIONS and name.lower() not in _PROSE_CAMEL:
            found.setdefault(name)
    return tuple(name for name in found if name)


def code_words(code: str) -> tuple[str, ...]:
    """The words and numbers that a piece of code is made of, each once."""
    return tuple(dict.fromkeys(word_sequence(code)))


def word_sequence(code: str) -> list[str]:
    """The words and numbers that a piece of code is made of, in order."""
    return _WORD.findall(code)


def _claim(text: str, start: int, end: int, citations: Sequence[re.Match[str]]) -> Claim:
    said = _without(text, start, end, citations)
    is_title = _TITLE.match(said) is not None
    quoted = () if is_title else _quoted(text[start:end])
    return Claim(
        start,
        end,
        _numbers(citations),
        () if is_title else named_code(said),
        quoted,
        () if quoted else tuple(_spoken_lines(said)),
        prose="" if is_title else _prose(said),
    )


def _spoken_lines(sentence: str) -> Iterator[tuple[int, int]]:
    for found in _LINES.finditer(sentence):
        yield int(found["start"]), int(found["end"] or found["start"])


def _prose(sentence: str) -> str:
    return INLINE_CODE.sub(" ", FENCE.sub(" ", sentence))


def _quoted(sentence: str) -> tuple[str, ...]:
    """The lines of a sentence that is a block of code, without its fences."""
    if FENCE.fullmatch(sentence) is None:
        return ()
    lines = sentence.split("\n")
    is_closed = len(lines) > 1 and lines[-1].strip() in {"```", "~~~"}
    return tuple(lines[1 : -1 if is_closed else None][:QUOTED_LINES_MAX])


def _in_their_places(text: str, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The sentences with what each rests on by its place."""
    placed: list[Claim] = []
    lending: tuple[int, ...] = ()
    in_item = False
    for claim in claims:
        before = placed[-1] if placed else None
        is_same_line = before is not None and "\n" not in text[before.end : claim.start]
        in_item = _ITEM.match(text, claim.start) is not None or (in_item and is_same_line)
        hangs = in_item or bool(claim.quoted)
        lent = lending or (before.cited if before is not None and claim.quoted else ())
        placed.append(msgspec.structs.replace(claim, lent=lent) if hangs and not claim.numbers else claim)
        if _is_lead(text, claim):
            lending = placed[-1].cited
        elif not hangs:
            lending = ()
    return tuple(_with_nearby(text, placed))


def _is_lead(text: str, claim: Claim) -> bool:
    """Whether it introduces what stands below it: `…[1]:`."""
    return _LEAD.search(CITATION.sub("", text[claim.start : claim.end])) is not None


def _with_nearby(text: str, claims: Sequence[Claim]) -> list[Claim]:
    """Each sentence that rests on nothing with what the others of its paragraph cite."""
    paragraphs: list[list[Claim]] = []
    for claim in claims:
        before = paragraphs[-1][-1] if paragraphs else None
        is_new = before is None or (_EMPTY_LINE.search(text, before.end, claim.start) and not _is_lead(text, before))
        if is_new:
            paragraphs.append([])
        paragraphs[-1].append(claim)
    found: list[Claim] = []
    for paragraph in paragraphs:
        numbers = tuple(dict.fromkeys(number for claim in paragraph for number in claim.numbers))[:NUMBERS_MAX]
        found += [claim if claim.cited else msgspec.structs.replace(claim, nearby=numbers) for claim in paragraph]
    return found


def _is_index(text: str, match: re.Match[str], code: list[Span], starts: list[int]) -> bool:
    before = bisect_right(starts, match.start()) - 1
    if before >= 0 and match.start() < code[before][1]:
        return True
    lead = text[max(0, match.start() - 80) : match.start()]
    if lead.endswith("]"):  # `[1][2]`: what stands before the first bracket decides
        lead = re.sub(r"(?:\[ ?\d[\d ,;–-]*\])+$", "", lead)
    return bool(lead) and bool(_INDEXED.search(lead))


def _numbers(matches: Sequence[re.Match[str]]) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for match in matches:
        for part in re.split(r" ?[,;] ?", match.group(1)):
            span = _RANGE.fullmatch(part)
            low, high = (int(span[1]), int(span[2])) if span else (int(part), int(part)) if part.isdigit() else (0, -1)
            for number in range(low, min(high, low + NUMBERS_MAX) + 1):
                found.setdefault(number)
    return tuple(found)[:NUMBERS_MAX]


def _without(text: str, start: int, end: int, citations: Sequence[re.Match[str]]) -> str:
    parts: list[str] = []
    at = start
    for match in citations:
        parts.append(text[at : match.start()])
        at = match.end()
    return " ".join([*parts, text[at:end]])
