"""What one piece of evidence is and does, in words that all stand in it; must not know the other pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from scholiast_server.models.extractive import bodies, docs, phrasing, source
from scholiast_server.models.extractive.question import Question, stems_in
from scholiast_server.models.protocol import Evidence
from scholiast_server.models.sentences import word_set

_SETS = re.compile(r"^[^=\n(]*?(?::=|=(?!=|>))\s*(?P<value>[^\n]{1,60}?)[;,]?\s*$")
_DEFINE = re.compile(r"^\s*#\s*define\s+\w+\s+(?P<value>[^\n\\]{1,60}?)\s*$")
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|test_[^/]*|[^/]*(?:_test|_spec|\.test|\.spec|Test|Tests|Spec))(?:/|\.|$)"
)
_TEST_SYMBOL = re.compile(r"(?:^|\.)(?:tests?\.|test_|Test[A-Z_])")
_CHANGELOG_PATH = re.compile(
    r"(?:^|/)(?:change(?:s|log)|history|news|releases?(?:[-_]?notes)?|whats?[-_]?new)\b[^/]*$", re.I
)
_REASON = re.compile(
    r"\b(?:because|so that|otherwise|avoid|prevent|since|in order to|to ensure|due to|needed|workaround|"
    r"instead of|make sure|the reason|must not|backwards? compat\w*|not safe|unsafe|legacy)\b",
    re.I,
)  # fmt: skip
_NOUNS = {
    "type": "type",
    "block": "block of code",
    "text": "passage",
    "cell": "notebook cell",
    "script": "script",
}
_TYPE_WORDS = word_set("pub export public struct type trait interface typedef crate super")
_SPOKEN = re.compile(r"(?<![\w./-])[^\W\d_]+(?![\w/])")
SPOKEN_WORDS_MIN = 3
"""Words of a sentence that is worth quoting: headings, patterns of files and numbers say nothing."""
QUOTE_CHARACTERS_MAX = 200
SIGNATURE_CHARACTERS_MAX = 90


_DATA_COMMENTS = ("#", ";", "//", "<!--")
LINE_CHARACTERS_MAX = 100
"""A longer line of code is not quoted."""


class Line(msgspec.Struct, frozen=True):
    """A line of code and how much it says of a question."""

    number: int
    text: str
    shared: int
    """Stems of the question in it, those of a name that it spells twice."""
    is_named: bool
    """Whether a name stands in it that the question spells."""

    @property
    def reading(self) -> str:
        """What it reads, in a sentence."""
        said = re.sub(r"^(?:[-*#]|//)\s+", "", self.text)
        return f"says {quoted(said)}" if "`" in self.text else f"reads `{self.text}`"

    @property
    def worth(self) -> tuple[bool, int]:
        """Larger for a line that says more."""
        return self.is_named, self.shared


def label(piece: Evidence) -> str:
    """How sentences name the piece: its symbol, or its file where it has none."""
    if is_prose(piece):
        return f"the section “{piece.symbol}” of `{piece.path}`" if piece.symbol else f"`{piece.path}`"
    return f"`{piece.symbol}`" if piece.symbol else f"`{piece.path}`"


def noun(piece: Evidence) -> str:
    """What the piece is, for `is a …`."""
    if piece.language == "make" and piece.kind == "function":
        return "target"
    return _NOUNS.get(piece.kind, piece.kind)


def is_prose(piece: Evidence) -> bool:
    """Whether the piece is documentation rather than code."""
    return piece.language in source.PROSE or (piece.kind == "section" and piece.language not in source.DATA)


def is_test(piece: Evidence) -> bool:
    """Whether the piece is a test or lies in a file of tests."""
    return bool(_TEST_PATH.search(piece.path) or _TEST_SYMBOL.search(piece.symbol))


_CONSTRUCTORS = frozenset({"__init__", "constructor", "initialize", "new", "init", "__construct"})


def is_changelog(piece: Evidence) -> bool:
    """Whether the piece tells what changed rather than what is."""
    return bool(_CHANGELOG_PATH.search(piece.path))


def is_value(piece: Evidence) -> bool:
    """Whether the piece is a constant or an attribute."""
    return piece.kind in {"constant", "variable", "property"}


def is_declaration(piece: Evidence) -> bool:
    """Whether the piece only announces a function that is written elsewhere, and says nothing about it."""
    is_function = piece.kind in {"function", "method"}
    has_body = not piece.text.rstrip().endswith(";") or re.search(r"[{=]", piece.text)
    return is_function and not piece.doc and not has_body


def documented_clause(piece: Evidence) -> str | None:
    """What its doc comment says it does, fit to follow its name; None without a doc comment that reads so."""
    first = [] if is_prose(piece) else docs.lead(piece.doc)
    return phrasing.clause(first[0], piece.symbol) if first else None


def doc_quotation(piece: Evidence) -> str | None:
    """The first sentence of its doc comment as a quotation."""
    first = docs.lead(piece.doc)
    return quoted(first[0]) if first else None


def quoted(sentence: str) -> str:
    """A sentence between quotation marks, shortened, without a full stop."""
    return f"“{_quotable(sentence)}”"


_COMMENT_BESIDE = re.compile(r"\A/\*.*?\*/\s*|\s*/\*[^\"']*\*/\s*\Z")


def value_clause(piece: Evidence) -> str | None:
    """`is set to `30``, for a constant whose value stands on its line."""
    if piece.kind not in {"constant", "variable", "macro", "property"}:
        return None
    line = next((line for line in piece.text.split("\n") if piece.name in line), "")
    match = _DEFINE.match(line) or _SETS.match(line)
    value = _COMMENT_BESIDE.sub("", match["value"]).rstrip(" {[(") if match else ""
    return f"is set to `{value}`" if value and "`" not in value else None


def code_clause(piece: Evidence, stems: frozenset[str]) -> str:
    """What the source itself shows: kind, parents, and the calls nearest to the question; never empty."""
    signature = _shown_signature(piece)
    members = _code_words(telling_members(piece, stems)) if piece.kind not in {"function", "method"} else []
    if parents := _code_words(source.bases(signature)[:3]):
        also = [name for name in members if name.strip("`") not in _CONSTRUCTORS]
        has = f" and has {phrasing.listing(also)}" if also else ""
        return f"is {phrasing.article(noun(piece))} that extends {phrasing.listing(parents)}{has}"
    if piece.kind in {"function", "method"} and (statement := bodies.one_statement(piece)):
        value = bodies.returned(statement)
        return f"returns `{value}`" if value else f"is {phrasing.article(noun(piece))} of one line, `{statement}`"
    if piece.kind in {"function", "method", "macro"} and (called := telling_calls(piece, stems)):
        return f"calls {phrasing.listing(_code_words(called))}{_raising(piece)}"
    if piece.kind in {"function", "method"} and (returned := source.returns(signature)):
        return f"is {phrasing.article(noun(piece))} that returns `{returned}`"
    if members:
        return f"is {phrasing.article(noun(piece))} with {phrasing.listing(members)}"
    if _is_telling(signature, piece):
        return f"is {phrasing.article(noun(piece))}, declared as `{signature}`"
    return f"is {phrasing.article(noun(piece))} in `{piece.path}`"


def _code_words(names: Sequence[str]) -> list[str]:
    return [f"`{name}`" for name in names]


def _shown_signature(piece: Evidence) -> str:
    """Its signature; empty where the lines begin below it, as they do in the midst of a long definition."""
    is_shown = _words(piece.signature) <= _words(piece.text)
    return piece.signature if is_shown else ""


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


def _is_telling(signature: str, piece: Evidence) -> bool:
    """Whether the signature of a type says more than its name, is whole, and is short enough to be read."""
    words = re.findall(r"\w+", signature)
    says_more = len([word for word in words if word != piece.name and word not in _TYPE_WORDS]) > 0
    is_whole = all(signature.count(left) == signature.count(right) for left, right in ("()", "[]", "{}"))
    is_type = piece.kind in {"type", "trait", "interface", "struct"} and not signature.startswith("impl")
    is_short = "`" not in signature and len(signature) <= SIGNATURE_CHARACTERS_MAX
    return is_type and says_more and is_whole and is_short


def raise_verb(piece: Evidence) -> str:
    """What the piece's language calls it."""
    return "raises" if piece.language in {"python", "ruby", "elixir", "ocaml"} else "throws"


def _raising(piece: Evidence) -> str:
    found = source.raises(piece.text, piece.language)
    if len(found) != 1:
        return ""
    kind, message = found[0]
    return f" and {raise_verb(piece)} `{kind}`" + (f" (“{message}”)" if message else "")


def telling_calls(piece: Evidence, stems: frozenset[str], count: int = 3) -> list[str]:
    """The calls whose names share most with the question, then the first ones, in source order."""
    raised = {kind.rpartition(".")[2] for kind, _ in source.raises(piece.text, piece.language)}
    called = [name for name in source.calls(piece.text, piece.language) if name not in {piece.name, *raised}]

    def distance(name: str) -> tuple[int, bool, bool]:
        return -len(stems_in(name) & stems), name[:1].isupper(), len(name) < 5

    best = sorted(called, key=distance)[:count]
    return [name for name in called if name in best]


def telling_members(piece: Evidence, stems: frozenset[str], count: int = 4) -> list[str]:
    """The members whose names share most with the question, then the first ones that are no constructors."""
    known = piece.members or bodies.fields(piece)
    shown = [name for name in known if re.search(rf"\b{re.escape(name)}\b", piece.text)]
    best = sorted(shown, key=lambda name: (-len(stems_in(name) & stems), name in _CONSTRUCTORS))[:count]
    return [name for name in shown if name in best]


def telling_comment(piece: Evidence, stems: frozenset[str], words_min: int = 2) -> str | None:
    """The sentence of the comments inside the code that shares most words with the question, at least
    `words_min`.
    """
    known = set(docs.all_sentences(piece.doc))
    body = _body(piece) if piece.doc else piece.text
    inner = [said for text in source.comments(body, piece.language) for said in docs.all_sentences(text)]
    best = _most_telling([said for said in inner if said not in known and len(said.split()) >= 4], stems)
    return best[1] if best[0] >= words_min else None


def reason(piece: Evidence, stems: frozenset[str]) -> str | None:
    """The sentence of its doc comment, comments or prose that gives a reason and shares most with the
    question.
    """
    said = docs.all_sentences(_prose(piece))
    for comment in source.comments(piece.text, piece.language):
        said += docs.all_sentences(comment)
    best = _most_telling([text for text in said if _REASON.search(text)], stems)
    return best[1] if best[0] >= min(2, len(stems)) else None


def telling_sentence(piece: Evidence, stems: frozenset[str]) -> str | None:
    """The sentence of a piece of prose that shares most words with the question; the first one in a tie."""
    said = [text for text in docs.all_sentences(_prose(piece)) if len(_SPOKEN.findall(text)) >= SPOKEN_WORDS_MIN]
    return _most_telling(said, stems)[1] or None


def telling_line(piece: Evidence, question: Question, stems: frozenset[str]) -> Line | None:
    """The line of code that shares most words with the question, a name that it spells above all; None when none
    shares any.
    """
    best: Line | None = None
    names = [name.rpartition(".")[2] for name in question.names]
    names += [name.removeprefix("--").replace("-", "_") for name in names if name.startswith("--")]
    spelled = [_whole_name(name) for name in names if name != piece.name]
    own = _whole_name(piece.name) if piece.name and piece.kind in {"function", "method"} else None
    in_names = stems_in(" ".join(names)) if spelled else frozenset[str]()
    lines = source.code_only(piece.text, piece.language).split("\n")
    for place, (line, bare) in enumerate(zip(piece.text.split("\n"), lines, strict=True)):
        code = " ".join(line.split())
        is_named = any(pattern.search(code) for pattern in spelled)
        is_quotable = _is_quotable_line(code, bare, piece.language) or (is_named and _is_sentence(code, piece))
        if not is_quotable or (own and own.search(code)):
            continue
        found = Line(
            number=piece.start_line + place,
            text=code,
            shared=len(stems_in(code) & stems) + len(stems_in(code) & stems & in_names),
            is_named=is_named,
        )
        if (found.shared or found.is_named) and (best is None or found.worth > best.worth):
            best = found
    return best


_STRING = re.compile(r"\"[^\"\n]{8,300}\"|'[^'\n]{8,300}'|`[^`\n]{8,300}`")
SAID_SHARE = 0.8
"""Of a message's words, as many in one line say that it is the line with the message."""

SAID_STEMS_MIN = 3


def says_all(text: str, stems: frozenset[str]) -> bool:
    """Whether a line holds nearly all words of a text that was copied from a program."""
    return len(stems) >= SAID_STEMS_MIN and len(stems_in(text) & stems) >= SAID_SHARE * len(stems)


def holds_message(piece: Evidence, stems: frozenset[str]) -> bool:
    """Whether one of its strings does: comments are no messages."""
    if len(stems) < SAID_STEMS_MIN or is_prose(piece):
        return False
    return any(says_all(found[0], stems) for found in _STRING.finditer(piece.text))


def _is_quotable_line(code: str, bare: str, language: str) -> bool:
    """Whether it is code, not a comment alone, not too long, and says more than one word."""
    if "`" in code or not 3 <= len(code) <= LINE_CHARACTERS_MAX:
        return False
    if language in source.DATA:
        return not code.startswith(_DATA_COMMENTS)
    return bool(bare.strip()) and len(re.findall(r"\w+", code)) > 1


def _is_sentence(code: str, piece: Evidence) -> bool:
    """Whether a line of prose outside definitions can be quoted: of a text that documents what it does not stand by."""
    is_short = len(_SPOKEN.findall(code)) >= SPOKEN_WORDS_MIN and len(code) <= QUOTE_CHARACTERS_MAX
    return not piece.symbol and piece.language not in source.DATA and is_short and code.count("`") % 2 == 0


def _whole_name(name: str) -> re.Pattern[str]:
    dash = "-" if name.startswith("-") else ""
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w{dash}])")


def _body(piece: Evidence) -> str:
    """The piece without the comments that stand above its first line of code."""
    code = source.code_only(piece.text, piece.language).split("\n")
    first = next((place for place, line in enumerate(code) if line.strip()), 0)
    return "\n".join(piece.text.split("\n")[first:])


def _most_telling(said: list[str], stems: frozenset[str]) -> tuple[int, str]:
    """How many of the words the best sentence holds, and that sentence, fit to be quoted; the first one in a
    tie.
    """
    shared = [len(stems_in(text) & stems) for text in said]
    if not said:
        return 0, ""
    place = shared.index(max(shared))
    return shared[place], _quotable(said[place])


def _prose(piece: Evidence) -> str:
    if not is_prose(piece):
        return piece.doc
    heading = r"\A\s*#{1,6} [^\n]*\n|\A[^\n]*\n[=\-~^\"]{3,}[ \t]*\n|\A=+ [^\n]*\n"
    return re.sub(heading, "", piece.text)


def _quotable(text: str) -> str:
    return _no_quotes(phrasing.shorten(text.strip(), QUOTE_CHARACTERS_MAX).rstrip(".:"))


def _no_quotes(text: str) -> str:
    text = docs.without_citations(text.replace("“", "'").replace("”", "'"))
    text = re.sub(r"``+", "", text)  # of what stood between them nothing is left, or it is no code
    return text if text.count("`") % 2 == 0 else text.replace("`", "")
