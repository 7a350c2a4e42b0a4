"""Chooses what to say about a question, and in which order; must not know how a sentence is worded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scholiast_server.models.extractive import describe, docs, relations, source, statements
from scholiast_server.models.extractive.question import Question, stems_in, subject_stems
from scholiast_server.models.extractive.statements import Statement, View
from scholiast_server.models.protocol import Evidence

SENTENCES_MAX = 5
"""More than that is read by nobody; the sources stand below."""

CALLEES_MAX = 2
"""Called pieces spoken of."""

OTHERS_MAX = 3
"""Further pieces spoken of."""

RELATED_SCORE_MIN = 0.35
"""A further piece is spoken of when its score is at least this share of the best one's."""


def compose(question: Question, evidence: Sequence[Evidence]) -> Iterator[str]:
    """The sentences of the answer, each with its citations before the full stop; none without evidence."""
    if not evidence:
        return
    view = View(question, subject_stems(question), tuple(evidence))
    for count, statement in enumerate(_story(view), start=1):
        yield statement.text
        if count >= SENTENCES_MAX:
            return


def _story(view: View) -> Iterator[Statement]:
    main = view.evidence[0]
    told: set[int] = set()
    if first := _fitting_start(view, main):
        yield first
        if view.question.shape == "why":
            main = next(piece for piece in view.evidence if piece.n in first.about)
        if view.question.shape != "which" and _says_it_all(first, main, view):
            told.update(first.about)
    for statement in _about_main(view, main, told):
        told.update(statement.about)
        yield statement
    for statement in _about_others(view, main, told):
        yield statement


def _fitting_start(view: View, main: Evidence) -> Statement | None:
    """The sentence that only this shape of question gets."""
    if view.question.shape == "callers":
        return statements.callers(view)
    if view.question.shape == "which":
        return statements.several(view, main, main.score * RELATED_SCORE_MIN)
    return statements.reason(view) if view.question.shape == "why" else None


def _says_it_all(first: Statement, main: Evidence, view: View) -> bool:
    """Whether a first sentence leaves nothing to open with: a list of callers, prose, or the doc comment's
    own words.
    """
    if view.question.shape == "callers" or describe.is_prose(main):
        return True
    lead = docs.lead(main.doc)
    return not lead or lead[0].rstrip(".") in first.text


def _about_main(view: View, main: Evidence, told: set[int]) -> Iterator[Statement]:
    said = ""
    if main.n not in told:
        first = statements.opening(view, main)
        said = first.text
        yield first
    if describe.is_prose(main):
        return
    called = [piece for piece in relations.callees(main, view.evidence) if piece.n not in told][:CALLEES_MAX]
    named = [piece for piece in called if f"`{piece.name}`" in said]
    if more := statements.further(view, main, [piece.name for piece in called]):
        yield more
    if calls := statements.calling(main, [piece for piece in called if piece not in named]):
        yield calls
    if error := statements.errors(view, main, said):
        yield error
    for piece in named:
        yield statements.plain(view, piece)


def _about_others(view: View, main: Evidence, told: set[int]) -> Iterator[Statement]:
    """Further pieces worth a sentence: code before prose, prose before tests."""
    names = {piece.symbol for piece in view.evidence if piece.n in told}
    left = [piece for piece in view.evidence if piece.n not in told]
    wanted = [piece for piece in left if _is_worth_telling(piece, main, view)]
    wanted.sort(key=lambda piece: (describe.is_test(piece), describe.is_prose(piece)))
    for piece in wanted[:OTHERS_MAX]:
        yield statements.related(view, main, piece, with_path=piece.symbol in names)
        names.add(piece.symbol)


def _is_worth_telling(piece: Evidence, main: Evidence, view: View) -> bool:
    """Whether the piece is near the best in score and says something about at least half of the question."""
    if piece.score < main.score * RELATED_SCORE_MIN or describe.is_declaration(piece):
        return False
    if piece.symbol and piece.path == main.path and piece.score == main.score and piece.kind != "section":
        return True  # pointed at together with the main one
    is_hidden = piece.path.rpartition("/")[2].startswith(".")  # `.gitignore`: for tools, and nobody reads it
    if describe.is_prose(piece) and (is_hidden or describe.telling_sentence(piece, view.stems) is None):
        return False
    if not piece.symbol and not describe.is_prose(piece) and piece.language not in source.DATA:
        line = describe.telling_line(piece, view.question, view.stems)
        return (line is not None and line.is_named) or describe.telling_comment(piece, view.stems) is not None
    says_nothing = describe.is_value(piece) and not piece.doc and piece.name not in view.question.names
    shared = view.stems & stems_in(f"{piece.symbol} {piece.path} {piece.text}")
    return not says_nothing and 2 * len(shared) >= len(view.stems)
