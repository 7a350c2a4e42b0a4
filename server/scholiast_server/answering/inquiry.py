"""A question together with what it leaves unsaid: what `this` is, what was spoken of before, what is in view.

Pure but for the reading of the file pointed at. Must not know editors, engines or how anything is searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from scholiast_server.answering.aside import Aside
from scholiast_server.answering.conversation import in_context
from scholiast_server.answering.focus import Focus, file_pieces, names_in, pointed_pieces, words_in
from scholiast_server.answering.tongues import small_words, without_small_words
from scholiast_server.answering.types import EvidenceSource
from scholiast_server.models.extractive.question import GENERAL, read_question, stems_in
from scholiast_server.models.protocol import Evidence, Turn

_WHOLE = r"repo(?:sitory)?|project|code ?base|app(?:lication)?|package|library|program|workspace|framework|tool"
_THING = (
    r"function|method|class|type|struct|interface|enum|trait|definition|code|snippet|selection|test|constant|variable"
    r"|macro|decorator|component|hook|query|block|line|lines|section|expression|statement|loop|regex|module"
)
_POINTS = re.compile(
    rf"\b(?:this|these)\b(?! (?:{_WHOLE})\b)|\b(?:the )?(?:selected|highlighted|current)(?: (?:{_THING}|text))?\b"
    rf"|\bthe selection\b|\bthe (?:code|function|method|class) (?:here|above|below)\b",
    re.I,
)
_MAY_POINT = re.compile(r"\b(?:here|it)\b", re.I)
_NAMED = re.compile(
    rf"\b(?:this|these|the (?:selected|highlighted|current)|the selection)\b(?: (?:{_THING}|text)\b)?"
    rf"(?! (?:{_WHOLE})\b)",
    re.I,
)
_FILE = re.compile(r"\b(?:this|the current) (?:file|script|document|source file)\b", re.I)
_FOREIGN_WORDS_MIN = 2
"""A question with so many words of its own, none of which stands in the code pointed at, is about something else."""


class Context(msgspec.Struct, frozen=True):
    """What surrounds a question."""

    focus: Focus | None = None
    open_paths: tuple[str, ...] = ()
    """Files in view, best first."""
    history: tuple[Turn, ...] = ()
    aside: Aside | None = None
    """Where the question itself stands, when it is written in a file."""


class Inquiry(msgspec.Struct, frozen=True):
    """A question ready to be searched for and answered."""

    question: str
    """As it was asked."""
    resolved: str
    """With a name in place of `this`: for engines that know the conversation."""
    sought: str
    """With the words of earlier questions too: what evidence is chosen by, and for engines that know nothing else."""
    query: str
    """What is searched for: with names of the code pointed at."""
    pointed: tuple[Evidence, ...] = ()
    """Evidence of the code pointed at; not numbered yet."""
    leads: bool = False
    """Whether the question is about the code pointed at, so that its evidence comes first."""
    may_lead: bool = False
    """Whether it comes first where nothing else answers."""
    name: str = ""
    """The name pointed at, which may be defined elsewhere; the code around it leads only where it is not."""
    history: tuple[Turn, ...] = ()
    is_foreign: bool = False
    """Whether it is asked in another language than English."""


def plain(question: str) -> Inquiry:
    """A question that says all itself."""
    sought = without_small_words(question)
    return Inquiry(question, question, sought, sought, is_foreign=sought != question)


def inquire(question: str, context: Context, source: EvidenceSource) -> Inquiry:
    """What a question asks for in its context."""
    found = _inquired(question, context, source)
    if not small_words(question):
        return found
    sought, query = without_small_words(found.sought), without_small_words(found.query)
    return msgspec.structs.replace(found, sought=sought, query=query, is_foreign=True)


def _inquired(question: str, context: Context, source: EvidenceSource) -> Inquiry:
    focus = context.focus
    if focus is None or not (focus.selected or _points(question, context.history)):
        sought = in_context(question, context.history)
        return Inquiry(question, question, sought, sought, history=context.history)
    is_of_file = bool(_FILE.search(question))
    pointed = file_pieces(focus, source) if is_of_file else pointed_pieces(focus, source)
    if not pointed or not _is_about(question, pointed):
        sought = in_context(question, context.history)
        return Inquiry(question, question, sought, sought, pointed, may_lead=bool(pointed), history=context.history)
    is_definition = bool(pointed[0].symbol) and pointed[0].kind != "section" and not is_of_file
    name = focus.name or (pointed[0].symbol if is_definition else "")
    resolved = _with_name(question, name) if name else question
    sought = resolved if name else " ".join([question, *words_in(pointed)])
    query = " ".join(dict.fromkeys([sought, *names_in(pointed)]))
    other = focus.name if focus.name and focus.name.rpartition(".")[2] != pointed[0].name else ""
    return Inquiry(question, resolved, sought, query, pointed, leads=not other, name=other, history=context.history)


def _points(question: str, history: Sequence[Turn]) -> bool:
    """Whether the question needs something to point at; `it` and `here` do where no conversation says what they are."""
    if _POINTS.search(question) or _FILE.search(question):
        return True
    return not history and bool(_MAY_POINT.search(question))


def _is_about(question: str, pointed: Sequence[Evidence]) -> bool:
    if _POINTS.search(question) or _FILE.search(question):
        return True
    asked = read_question(question)
    own = [word for word in asked.words if word not in GENERAL]
    if len(own) < _FOREIGN_WORDS_MIN:
        return True
    there = stems_in(" ".join(f"{piece.symbol} {piece.path} {piece.text}" for piece in pointed))
    return any(stems_in(word) & there for word in own)


def _with_name(question: str, name: str) -> str:
    """`what does this function do?` → ``what does `route` do?``"""
    if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", question):
        return question
    if _NAMED.search(question):
        return _NAMED.sub(lambda _: f"`{name}`", question, count=1)
    bare = question.rstrip()
    stop = "?" if bare.endswith("?") else ""
    if re.search(r"\bit\b", bare, re.I):
        return re.sub(r"\bit\b", lambda _: f"`{name}`", bare, count=1, flags=re.I)
    bare = re.sub(r"\s+here$", "", bare.rstrip("?.! "), flags=re.I)
    return f"{bare} in `{name}`{stop}"
