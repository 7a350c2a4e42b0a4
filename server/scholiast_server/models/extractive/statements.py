"""Single sentences about pieces of evidence; pure, and must not know which of them an answer will use.

Every name that a sentence writes stands in a piece it cites: the checker holds them to that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from scholiast_server.models.extractive import describe, docs, phrasing, relations, source
from scholiast_server.models.extractive.question import Question, is_code_name, read_question, stems_in
from scholiast_server.models.protocol import Evidence

LISTED_MAX, CALLERS_LISTED_MAX = 4, 5
"""Pieces named in one sentence; callers are what was asked for."""


_ERROR_STEMS = stems_in("raise error exception throw fail invalid reject duplicate abort panic")


_TESTED = stems_in("tested")


class Statement(msgspec.Struct, frozen=True):
    """A sentence and the numbers of the pieces that it speaks of."""

    text: str
    about: tuple[int, ...]


class View(msgspec.Struct, frozen=True):
    """What every sentence is written from."""

    question: Question
    stems: frozenset[str]
    """Stems of the question's subject."""
    evidence: tuple[Evidence, ...]


def opening(view: View, main: Evidence) -> Statement:
    """What answers the question, in the question's own words where the piece says the same."""
    passive = view.question.passive
    if describe.is_prose(main) or not main.symbol:
        return plain(view, main)
    if passive is None or view.question.shape == "callers" or not _does(main, view.question):
        return placed(view, main) if view.question.shape == "where" else plain(view, main)
    by = "by" if main.kind in relations.CALLABLE else "with"
    where = f"in {describe.label(main)} (`{main.path}`, line {main.start_line})"
    agent = where if view.question.shape == "where" else f"{by} {describe.label(main)}"
    head = f"{passive.statement()} {agent}"
    return _about(main, f"{head}, which {describe.documented_clause(main) or _from_code(view, main)}")


def plain(view: View, piece: Evidence, *, with_path: bool = False) -> Statement:
    """`X` does this [1]. With its path where another piece has the same name."""
    name = phrasing.capitalised(describe.label(piece))
    name += f" in `{piece.path}`" if with_path and piece.symbol and not describe.is_prose(piece) else ""
    if describe.is_prose(piece):
        sentence = describe.telling_sentence(piece, view.stems)
        return _about(piece, f"{name} says: “{sentence}”" if sentence else f"See {describe.label(piece)}")
    if not piece.symbol or piece.language in source.DATA:
        return _line(view, piece)
    if said := describe.documented_clause(piece):
        return _about(piece, f"{name} {_with_line(said, view, piece)}")
    if quotation := describe.doc_quotation(piece):
        return _about(piece, f"{name} is described as {quotation}")
    return _about(piece, f"{name} {_from_code(view, piece)}")


def placed(view: View, piece: Evidence) -> Statement:
    """`X` in `path`, line 12, does this [1]."""
    quotation = describe.doc_quotation(piece)
    documented = describe.documented_clause(piece) or (f"is described as {quotation}" if quotation else None)
    said = _with_line(documented, view, piece) if documented else None
    said = said or _from_code(view, piece).removesuffix(f" in `{piece.path}`")
    return _about(piece, f"{describe.label(piece)} in `{piece.path}`, line {piece.start_line}, {said}")


def further(view: View, main: Evidence, skip: Sequence[str]) -> Statement | None:
    """A later sentence of the main doc comment: one that says more of the question, or what the piece does
    next.

    Args:
        skip: names that are spoken of anyway.
    """
    said = [] if describe.is_prose(main) else docs.lead(main.doc, 6)
    known = stems_in(f"{main.symbol} {said[0]}") if said else frozenset()
    best: tuple[float, str, str | None] = (0.0, "", None)
    for text in said[1:]:
        tells_the_reader = main.kind in relations.TYPES and not text.partition(" ")[0].endswith("s")
        predicate = None if tells_the_reader else phrasing.clause(text, main.symbol, verbs_only=True)
        worth = len((stems_in(text) & view.stems) - known) + (0.5 if predicate else 0.0)
        if worth > best[0] and not any(f"`{name}`" in text for name in skip):
            best = (worth, text, predicate)
    if best[2]:
        return _about(main, f"It {best[2]}")
    return _about(main, f"Its doc comment adds: {describe.quoted(best[1])}") if best[1] else None


def calling(main: Evidence, called: Sequence[Evidence]) -> Statement | None:
    """It calls `A`, which does this, and `B` [1][2][3]."""
    if not called:
        return None
    parts = []
    for piece in called:
        said = describe.documented_clause(piece)
        parts.append(f"{describe.label(piece)}, which {said}" if said else describe.label(piece))
    joined = phrasing.listing(parts) if "," not in "".join(parts) else ", and ".join(parts)
    return Statement(f"It calls {joined} {cite(main, *called)}.", tuple(piece.n for piece in called))


def errors(view: View, main: Evidence, said: str) -> Statement | None:
    """What the piece raises and was not said yet: when the question asks for it, or when one error says why."""
    asked = view.question.stems & _ERROR_STEMS
    known = " ".join([said, *docs.lead(main.doc, 2)])
    found = [(kind, said) for kind, said in source.raises(main.text, main.language) if kind not in known]
    one_with_a_reason = len(found) == 1 and found[0][1]
    if main.kind not in relations.CALLABLE or not found or not (asked or one_with_a_reason):
        return None
    items = [f"`{kind}`" + (f" (“{message}”)" if message else "") for kind, message in found[:3]]
    return _about(main, f"It {describe.raise_verb(main)} {phrasing.listing(items)}")


def related(view: View, main: Evidence, piece: Evidence, *, with_path: bool) -> Statement:
    """A further piece, by how it stands to the main one."""
    name, said = describe.label(piece), describe.documented_clause(piece)
    tail = f" and {said}" if said and not said.startswith("is ") else ""
    if describe.is_test(piece) and piece.symbol and not describe.is_prose(piece):
        return _about(piece, _as_test(main, piece))
    if relations.callers(main, [piece]):
        verb = "calls" if piece.kind in relations.CALLABLE - {"property"} else "uses"
        return _about(piece, f"{name} {verb} `{main.name}`{tail}")
    if relations.parents(piece, [main]):
        return _about(piece, f"{name} extends `{main.name}`{tail}")
    if relations.parents(main, [piece]):
        also = f", which {said}" if said else ""
        return Statement(f"{describe.label(main)} extends {name}{also} {cite(main, piece)}.", (piece.n,))
    return plain(view, piece, with_path=with_path)


def callers(view: View) -> Statement | None:
    """Who calls what the question names, among the evidence."""
    names = {name.rpartition(".")[2] for name in view.question.names}
    subject = next((piece for piece in view.evidence if piece.name in names), None)
    name = subject.name if subject else next(iter(sorted(names)), "")
    others = [piece for piece in view.evidence if piece.symbol and piece.name != name]
    code = [piece for piece in others if not describe.is_prose(piece) and not describe.is_declaration(piece)]
    found = [piece for piece in code if name and source.mentions(name, piece.text, piece.language)]
    calling = [piece for piece in found if name in source.calls(piece.text, piece.language)]
    if view.stems >= _TESTED:
        tests = [piece for piece in found if describe.is_test(piece)]
        return _list(f"`{name}` is exercised by", tests, CALLERS_LISTED_MAX) if tests else None
    is_type = subject is not None and subject.kind in relations.TYPES
    verb = "called" if calling and not is_type else "used"
    found = found if is_type else calling or found
    more = ", among others," if len(found) > CALLERS_LISTED_MAX else ""
    return _list(f"`{name}` is {verb}{more} by", found, CALLERS_LISTED_MAX) if found else None


def several(view: View, main: Evidence, score_min: float) -> Statement | None:
    """The pieces of the main one's kind that are about as good, for a question that asks for more than one."""
    same = [
        piece
        for piece in view.evidence
        if piece.symbol and piece.kind == main.kind and piece.score >= score_min
        if view.stems & stems_in(f"{piece.symbol} {piece.doc}")
    ]
    is_several = len(same) > 1 and not describe.is_prose(main)
    return _list("The closest matches are", same) if is_several else None


def reason(view: View) -> Statement | None:
    """The first sentence of any piece that gives a reason."""
    for piece in view.evidence:
        if said := describe.reason(piece, view.stems):
            return _about(piece, f"{phrasing.capitalised(describe.label(piece))} gives the reason: “{said}”")
    return None


def cite(*pieces: Evidence) -> str:
    """`[1][3]`."""
    return "".join(f"[{piece.n}]" for piece in pieces)


def _as_test(main: Evidence, piece: Evidence) -> str:
    place = f"{describe.label(piece)} in `{piece.path}`"
    exercises = main.name and re.search(rf"\b{re.escape(main.name)}\b", piece.text)
    return f"{place} exercises `{main.name}`" if exercises else f"A related test is {place}"


def _about(piece: Evidence, text: str) -> Statement:
    return Statement(f"{text} {cite(piece)}.", (piece.n,))


def _list(head: str, pieces: Sequence[Evidence], count: int = LISTED_MAX) -> Statement:
    pieces = pieces[:count]
    labels = [describe.label(piece) for piece in pieces]
    places = [f" in `{piece.path}`" if labels.count(describe.label(piece)) > 1 else "" for piece in pieces]
    named = zip(labels, places, pieces, strict=True)
    items = phrasing.listing([f"{label}{place} {cite(piece)}" for label, place, piece in named])
    return Statement(f"{head} {items}.", tuple(piece.n for piece in pieces))


def _does(main: Evidence, question: Question) -> bool:
    """Whether the piece does what the question says is done: `registered routes` in a doc comment is no sign."""
    if question.passive is None or describe.is_test(main):
        return False
    first = " ".join(docs.lead(main.doc, 2))
    subject = read_question(question.passive.subject).stems
    done = stems_in(re.sub(r"\b[a-z]+ed\b", "", f"{main.symbol} {first}"))
    speaks = bool(subject) and subject <= stems_in(f"{main.symbol} {main.path} {main.signature} {first}")
    return speaks and stems_in(question.passive.participle) <= done


def _line(view: View, piece: Evidence) -> Statement:
    found = describe.telling_line(piece, view.question, view.stems)
    words_min = 2 if found and (found.is_named or found.shared > 1) else 1
    comment = describe.telling_comment(piece, view.stems, words_min)
    if comment and piece.language not in source.DATA and not (found and found.is_named):
        return _about(piece, f"A comment in `{piece.path}` says “{comment}”")
    if found:
        return _about(piece, f"In `{piece.path}`, line {found.number} {found.reading}")
    return _about(piece, f"See lines {piece.start_line} to {piece.end_line} of `{piece.path}`")


def _from_code(view: View, piece: Evidence) -> str:
    said = describe.value_clause(piece) or describe.code_clause(piece, view.stems)
    line = describe.telling_line(piece, view.question, view.stems)
    if (
        line is not None
        and piece.kind not in relations.CALLABLE
        and not (line.is_named and piece.kind in relations.TYPES)
    ):
        line = None
    comment = describe.telling_comment(piece, view.stems)
    is_told = comment and len(stems_in(comment) & view.stems) >= (line.shared if line else 0)
    if line is not None and _adds(line, view, f"{piece.symbol} {said}") and (line.is_named or not is_told):
        return f"{said}; {_reads(line)}"
    return f"{said}; a comment there says “{comment}”" if comment else said


def _adds(line: describe.Line, view: View, said: str) -> bool:
    """Whether a line says something of the question that was not said: a name that it spells, or half of its words."""
    unsaid = (stems_in(line.text) & view.stems) - stems_in(said)
    return line.is_named or (bool(unsaid) and line.shared >= max(2, 0.5 * len(view.stems)))


def _with_line(said: str, view: View, piece: Evidence) -> str:
    """What a doc comment says, and the line with a name that the question spells and the doc comment does not."""
    if piece.kind not in relations.CALLABLE:
        return said
    line = describe.telling_line(piece, view.question, view.stems)
    spells = any(is_code_name(name) for name in view.question.names)
    is_named = line is not None and line.is_named and spells and not any(name in said for name in view.question.names)
    is_message = line is not None and view.question.shape == "other" and describe.says_all(line.text, view.stems)
    return f"{said}; {_reads(line)}" if line is not None and (is_named or is_message) else said


def _reads(line: describe.Line) -> str:
    return f"line {line.number} there {line.reading}"
