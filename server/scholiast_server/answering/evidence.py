"""From hits to numbered evidence: narrowed to definitions, joined, ranked, capped; must not know engines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from scholiast_indexer.text import STOPWORDS, stem
from scholiast_indexer.types import Hit, Symbol
from scholiast_server.answering.anchors import anchor_hash, source_lines
from scholiast_server.answering.limits import (
    CALLED_MAX,
    EVIDENCE_LINES_MAX,
    EVIDENCE_MAX,
    EVIDENCE_PER_FILE_MAX,
    HITS_READ_MAX,
)
from scholiast_server.answering.narrowing import Aim, FileText, Span, definitions_of, holds_doc, narrow, users_of
from scholiast_server.answering.types import EvidenceSource
from scholiast_server.models.extractive.describe import (
    holds_message,
    is_changelog,
    is_declaration,
    is_test,
    is_value,
)
from scholiast_server.models.extractive.docs import lead
from scholiast_server.models.extractive.question import (
    Question,
    is_code_name,
    read_question,
    stems_in,
    subject_stems,
)
from scholiast_server.models.extractive.relations import names_one_thing
from scholiast_server.models.extractive.source import DATA, PROSE, calls
from scholiast_server.models.protocol import Evidence

SECOND_SCORE = 0.9
"""Share of the hit's score for the second definition in it."""

ACTION_WEIGHT = 1.5
"""What is done (`registered`) tells the definition that does it from those it is done to."""

NAME_SHARE, DOC_SHARE = 0.6, 0.4
"""How much a name and a doc comment that speak of the whole question raise a piece."""

_STANDING = {"section": 0.85, "text": 0.8, "block": 0.8}
"""Prose and code outside definitions open an answer only when they are clearly the better hit."""

_FILLING = frozenset(stem(word) for word in STOPWORDS)
"""Words of names that say nothing: `get`, `from`, `with`."""

ASIDE_STANDING = 0.5
"""A forward declaration and a line of a changelog say that something is, not what."""

TEST_STANDING = 0.55
"""A test shows how something is used, not what it is."""


_TESTED = stems_in("tested")
MESSAGE_STANDING = 1.5
"""For what holds the message that is the question."""

NAMED_STANDING, WHOLE_STANDING, UNNAMED_STANDING = 1.6, 1.15, 0.5
"""For the definition of a name that the question spells, for one that is no member of another, and for what does not
hold a name that it spells.
"""


def select_evidence(
    question: str,
    hits: Sequence[Hit],
    source: EvidenceSource,
    pointed: Sequence[Evidence] = (),
    *,
    leads: bool = False,
) -> tuple[Evidence, ...]:
    """The numbered pieces that an answer may rest on, best first; empty without hits.

    Args:
        question: What they are chosen by.
        hits: Best first.
        source: The index.
        pointed: Pieces that are evidence whatever the hits are.
        leads: Whether these come first, or last.
    """
    asked = read_question(question)
    aim = _aim(asked, source)
    mentioning = hits if asked.shape == "callers" else ()
    hits = hits[:HITS_READ_MAX]
    files = {path: _file(path, hits, source) for path in dict.fromkeys(hit.path for hit in hits)}
    pieces: list[Evidence] = []
    for hit in hits:
        for place, span in enumerate(narrow(hit, files[hit.path], aim)):
            score = hit.score * (SECOND_SCORE if place else 1.0)
            pieces = _merged(pieces, evidence_of(hit, span, files[hit.path], score))
    ranked = _ranked(pieces, aim)
    first = _scored(pointed, hits) if leads else []
    ranked = _capped([*first, *_apart_from(first, ranked)])
    if mentioning:
        ranked = [*first, *_apart_from(first, _with_users(ranked[len(first) :], asked, mentioning, source))]
    called = _called(ranked[0], hits, files, ranked) if ranked and not mentioning else []
    ranked = [*first, *(piece for piece in ranked[len(first) :] if not _is_shown_by(called, piece))]
    room = EVIDENCE_MAX + (1 if mentioning else 0)  # for what is used, beside what uses it
    last = [] if leads else _apart_from(ranked[: room - 1], pointed)
    chosen = [*ranked[: room - len(called) - len(last)], *called, *last]
    return tuple(msgspec.structs.replace(piece, n=n) for n, piece in enumerate(chosen, start=1))


def _scored(pointed: Sequence[Evidence], hits: Sequence[Hit]) -> list[Evidence]:
    """What is pointed at counts as much as the best hit, so that others are measured by it as usual."""
    score = max((hit.score for hit in hits), default=1.0)
    return [msgspec.structs.replace(piece, score=score) for piece in pointed]


def _apart_from(known: Sequence[Evidence], pieces: Sequence[Evidence]) -> list[Evidence]:
    return [piece for piece in pieces if not any(_is_same_place(piece, other) for other in known)]


def _is_same_place(piece: Evidence, other: Evidence) -> bool:
    return piece.path == other.path and (
        (bool(piece.symbol) and piece.symbol == other.symbol)
        or (piece.start_line <= other.end_line and other.start_line <= piece.end_line)
    )


def _aim(asked: Question, source: EvidenceSource) -> Aim:
    """Rare words count more: 1 for a word of no chunk, .3 for one of ten, .13 for one of a thousand."""
    wanted = subject_stems(asked)
    weights = {word: 1 / (1 + math.log1p(source.document_frequency(word))) for word in sorted(wanted)}
    if asked.passive and (action := stem(asked.passive.participle)) in weights:
        weights[action] *= ACTION_WEIGHT
    return Aim(
        weights,
        asked.names,
        asks_for_action=asked.shape in {"where", "how"},
        asks_for_reason=asked.shape == "why",
        may_be_message=asked.shape == "other",
    )


def _file(path: str, hits: Sequence[Hit], source: EvidenceSource) -> FileText:
    """The indexed file; the lines of the hits alone when it can't be read any more."""
    data = source.read(path)
    if data is not None:
        return FileText(source_lines(data), source.symbols(path))
    lines: list[str] = []
    for hit in hits:
        if hit.path == path:
            text = hit.text.removesuffix("\n").split("\n")
            lines += [""] * (hit.start_line - 1 + len(text) - len(lines))
            lines[hit.start_line - 1 : hit.start_line - 1 + len(text)] = text
    return FileText(lines, ())


def evidence_of(hit: Hit, span: Span, file: FileText, score: float) -> Evidence:
    """A piece of a file, without a number yet; of the hit only path, language and kind count."""
    text = file.lines[span.start : span.end]
    symbol = span.symbol
    return Evidence(
        n=0,
        path=hit.path,
        start_line=span.start + 1,
        end_line=span.end,
        language=hit.language,
        kind=symbol.kind if symbol else hit.kind,
        symbol=symbol.path if symbol else "",
        signature=symbol.signature if symbol else "",
        doc=_doc(symbol, span, file, text) if symbol else "",
        text="\n".join(text),
        hash=anchor_hash(text),
        score=score,
        members=_members(symbol, span, file) if symbol else (),
        why=hit.why,
    )


def _doc(symbol: Symbol, span: Span, file: FileText, text: Sequence[str]) -> str:
    """The symbol's doc comment, or that of its first overload, where the lines show it."""
    overloads = (
        other
        for other in file.symbols
        if other.path == symbol.path and span.start <= other.start_line < span.end and other.doc
    )
    return next((known.doc for known in (symbol, *overloads) if known.doc and holds_doc(known, text)), "")


def _members(symbol: Symbol, span: Span, file: FileText) -> tuple[str, ...]:
    """Definitions directly inside the symbol, of which the span shows the head."""
    inside = [
        other.name
        for other in file.symbols
        if other.path == f"{symbol.path}.{other.name}"
        and symbol.start_line <= other.start_line < min(symbol.end_line, span.end)
    ]
    return tuple(dict.fromkeys(inside))


def _ranked(pieces: list[Evidence], aim: Aim) -> list[Evidence]:
    """Best first: the hit's score, raised for definitions whose name and doc comment speak of the question."""
    total = sum(aim.weights.values()) or 1.0
    asks_for_tests = "test" in aim.weights
    message = frozenset(aim.weights) if aim.may_be_message else frozenset[str]()

    def worth(piece: Evidence) -> float:
        named = aim.share(stems_in(piece.symbol)) / total * _exactness(piece.name, aim)
        documented = aim.share(stems_in(" ".join(lead(piece.doc, 2)))) / total
        tested = TEST_STANDING if is_test(piece) and not asks_for_tests else 1.0
        tested *= ASIDE_STANDING if is_declaration(piece) or is_changelog(piece) else 1.0
        spelled = _spelled(piece, () if aim.may_be_message else aim.names) * (
            MESSAGE_STANDING if message and holds_message(piece, message) else 1.0
        )
        shares = 1 + NAME_SHARE * named + DOC_SHARE * documented
        return piece.score * _STANDING.get(piece.kind, 1.0) * tested * spelled * shares

    return sorted(pieces, key=lambda piece: -worth(piece))


def _spelled(piece: Evidence, names: Sequence[str]) -> float:
    """What a piece counts more because the question spells its name, or less because it holds none that it spells."""
    if piece.symbol and piece.symbol in names and not is_test(piece):
        return NAMED_STANDING * WHOLE_STANDING
    is_named = piece.symbol and any(name == piece.name or piece.symbol.endswith(f".{name}") for name in names)
    if is_named and not is_test(piece) and not is_value(piece):
        return NAMED_STANDING
    code = [name.rpartition(".")[2] for name in names if is_code_name(name)]
    return 1.0 if not code or any(name in piece.text for name in code) else UNNAMED_STANDING


def _exactness(name: str, aim: Aim) -> float:
    """How much of a name is about the question: `register_blueprint` registers something else than a route."""
    words = stems_in(name) - _FILLING
    return (1 + len(words & aim.weights.keys())) / (1 + len(words)) if words else 1.0


def _capped(pieces: list[Evidence]) -> list[Evidence]:
    per_file: Counter[str] = Counter()
    kept: list[Evidence] = []
    for piece in pieces:
        per_file[piece.path] += 1
        if per_file[piece.path] <= EVIDENCE_PER_FILE_MAX:
            kept.append(piece)
    return kept[:EVIDENCE_MAX]


def _called(
    main: Evidence, hits: Sequence[Hit], files: dict[str, FileText], chosen: Sequence[Evidence]
) -> list[Evidence]:
    """Definitions in the hits that the best piece calls by name, where no piece shows them yet."""
    shown = {main.name, *(piece.name for piece in chosen if not is_declaration(piece))}
    called = set(calls(main.text, main.language)) - shown
    called_elsewhere = {name for name in called if names_one_thing(name)}
    found: dict[str, Evidence] = {}
    for hit in hits:
        if hit.language == main.language:
            names = called if hit.path == main.path else called_elsewhere
            for span in definitions_of(names - found.keys(), hit, files[hit.path]):
                piece = evidence_of(hit, span, files[hit.path], hit.score)
                if not is_declaration(piece) and (is_test(main) or not is_test(piece)):
                    found.setdefault(piece.name, piece)
    return list(found.values())[:CALLED_MAX]


def _is_shown_by(called: Sequence[Evidence], piece: Evidence) -> bool:
    """Whether a called definition says more than the piece: it is announced there, or lies in that stretch of lines."""
    return any(
        (is_declaration(piece) and piece.symbol == other.symbol)
        or (not piece.symbol and piece.path == other.path and piece.start_line <= other.start_line <= piece.end_line)
        for other in called
    )


def _with_users(ranked: list[Evidence], asked: Question, hits: Sequence[Hit], source: EvidenceSource) -> list[Evidence]:
    """The pieces with the functions before them that call or use what the question names, and its definition first."""
    names = frozenset(name.rpartition(".")[2] for name in asked.names)
    code = [hit for hit in hits if hit.language not in PROSE | DATA and any(name in hit.text for name in names)]
    files = {path: _file(path, code, source) for path in dict.fromkeys(hit.path for hit in code)}
    users: list[Evidence] = []
    for hit in code:
        for name in sorted(names):
            for span in users_of(name, hit, hit.language, files[hit.path]):
                users = _merged(users, evidence_of(hit, span, files[hit.path], hit.score))
    if not users:
        return ranked

    asks_for_tests = asked.stems >= _TESTED

    def standing(piece: Evidence) -> tuple[bool, bool]:
        return is_test(piece) != asks_for_tests, names.isdisjoint(calls(piece.text, piece.language))

    defined = [piece for piece in ranked if piece.name in names and not is_declaration(piece)][:1]
    users = _apart_from(defined, sorted(users, key=standing))[:EVIDENCE_MAX]
    return [*defined, *users, *_apart_from([*defined, *users], ranked)]


def _merged(pieces: list[Evidence], new: Evidence) -> list[Evidence]:
    """The pieces with the new one added, or joined to the one of the same definition that it overlaps or
    touches.
    """
    for place, old in enumerate(pieces):
        if new.path == old.path and new.symbol and new.symbol == old.symbol and new.kind != "section":
            return [*pieces[:place], _joined(old, new), *pieces[place + 1 :]]
        touches = new.path == old.path and new.start_line <= old.end_line + 1 and old.start_line <= new.end_line + 1
        overlaps = touches and new.start_line <= old.end_line and old.start_line <= new.end_line
        if touches and (new.symbol == old.symbol or overlaps):
            return [*pieces[:place], _joined(old, new), *pieces[place + 1 :]]
    return [*pieces, new]


def _joined(old: Evidence, new: Evidence) -> Evidence:
    """Both as one piece; the better hit alone when one lies in the other's definition or both are too much to
    cite.
    """
    first, second = (old, new) if old.start_line <= new.start_line else (new, old)
    is_inside = second.end_line <= first.end_line
    is_long = second.end_line - first.start_line + 1 > EVIDENCE_LINES_MAX
    is_apart = second.start_line > first.end_line + 1
    if old.symbol != new.symbol or is_inside or is_long or is_apart:
        return old
    text = first.text.split("\n") + second.text.split("\n")[first.end_line - second.start_line + 1 :]
    return msgspec.structs.replace(
        old,
        start_line=first.start_line,
        end_line=second.end_line,
        text="\n".join(text),
        hash=anchor_hash(text),
        score=max(old.score, new.score),
        doc=old.doc or new.doc,
        members=tuple(dict.fromkeys((*first.members, *second.members))),
    )
