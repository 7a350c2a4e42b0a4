"""What an answer claims: its citing sentences, the numbers they cite, the code they name; must not know
evidence.

Anything may come from a model: forged numbers, brackets in brackets, code blocks. Parsing is linear in the
text's length and never fails; what is not recognised as a citation is prose.
"""

from __future__ import annotations

import re
from bisect import bisect_right

import msgspec

from scholiast_server.models.sentences import FENCE, INLINE_CODE, Span, code_spans, split_sentences, word_set

NUMBERS_MAX = 40
"""Numbers read from one sentence; the rest are left unread."""

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


class Claim(msgspec.Struct, frozen=True):
    """One sentence that cites. `start` and `end` are characters of the answer, half-open."""

    start: int
    end: int
    numbers: tuple[int, ...]
    """Each once, in order."""
    names: tuple[str, ...]
    """Pieces of code that the sentence names, as written, each once."""


def parse_claims(text: str) -> tuple[Claim, ...]:
    """The sentences that cite something, in order."""
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
        if inside:
            claims.append(Claim(start, end, _numbers(inside), named_code(_without(text, start, end, inside))))
    return tuple(claims)


def named_code(sentence: str) -> tuple[str, ...]:
    """The code that a sentence names: all in backticks, and CamelCase, snake_case, dotted names and calls
    outside.
    """
    found: dict[str, None] = {}
    for match in INLINE_CODE.finditer(sentence):
        found.setdefault(match.group(2).strip())
    rest = _URL.sub(" ", INLINE_CODE.sub(" ", FENCE.sub(" ", sentence)))
    for match in _CODE_WORD.finditer(rest):
        name = match.group().rstrip("(").removesuffix("()")
        if name.rstrip(".").lower() not in _ABBREVIATIONS and name.lower() not in _PROSE_CAMEL:
            found.setdefault(name)
    return tuple(name for name in found if name)


def code_words(code: str) -> tuple[str, ...]:
    """The words and numbers that a piece of code is made of."""
    return tuple(dict.fromkeys(_WORD.findall(code)))


def _is_index(text: str, match: re.Match[str], code: list[Span], starts: list[int]) -> bool:
    before = bisect_right(starts, match.start()) - 1
    if before >= 0 and match.start() < code[before][1]:
        return True
    lead = text[max(0, match.start() - 80) : match.start()]
    if lead.endswith("]"):  # `[1][2]`: what stands before the first bracket decides
        lead = re.sub(r"(?:\[ ?\d[\d ,;–-]*\])+$", "", lead)
    return bool(lead) and bool(_INDEXED.search(lead))


def _numbers(matches: list[re.Match[str]]) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for match in matches:
        for part in re.split(r" ?[,;] ?", match.group(1)):
            span = _RANGE.fullmatch(part)
            low, high = (int(span[1]), int(span[2])) if span else (int(part), int(part)) if part.isdigit() else (0, -1)
            for number in range(low, min(high, low + NUMBERS_MAX) + 1):
                found.setdefault(number)
    return tuple(found)[:NUMBERS_MAX]


def _without(text: str, start: int, end: int, citations: list[re.Match[str]]) -> str:
    parts: list[str] = []
    at = start
    for match in citations:
        parts.append(text[at : match.start()])
        at = match.end()
    return " ".join([*parts, text[at:end]])
