"""Wires a workspace's index, an engine and a question together, for every front end alike. Must not know protocols.

Answering loads only with the first question: a search does not need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scholiast_indexer.index import Index

if TYPE_CHECKING:
    from scholiast_indexer.search import Filters
    from scholiast_indexer.types import Hit, Symbol
    from scholiast_indexer.workers import WorkerPool
    from scholiast_server.adapters.choosing import Choice
    from scholiast_server.adapters.choosing import Context as AdapterContext
    from scholiast_server.adapters.listing import Models as AdaptedModels
    from scholiast_server.adapters.listing import Row
    from scholiast_server.adapters.selection import Selection
    from scholiast_server.answering.answer import AnswerOptions
    from scholiast_server.answering.citations import Outline, Read
    from scholiast_server.answering.drafting import Tell
    from scholiast_server.answering.focus import Focus
    from scholiast_server.answering.inquiry import Context
    from scholiast_server.answering.types import Answer, EvidenceSource
    from scholiast_server.engines import Models
    from scholiast_server.models.protocol import AdapterUse, Engine, Evidence, Task
    from scholiast_server.settings import Settings


def open_workspace(
    root: Path,
    settings: Settings,
    *,
    models: Models | None = None,
    niceness: int = 0,
    pool: WorkerPool | None = None,
) -> Index:
    """The index of a workspace, as its settings want it. Raises as `scholiast_indexer.open_index` does.

    An embedder that is set follows behind the one that is built in, for which `Index.embed_upcoming` has to be called.
    One that can't be had is no error: the index's notes say why.

    Args:
        root: The workspace.
        settings: That hold for it.
        models: Where an embedder that is set is taken from; None leaves it out.
        niceness: How far the processes that an update starts stand back.
        pool: Workers that were started ahead.
    """
    from scholiast_server.errors import ModelError

    upcoming, problem = None, ""
    try:
        upcoming = models.embedder(settings) if models is not None else None
    except ModelError as error:
        problem = str(error)
    index = Index.open(root, upcoming=upcoming, vectors=settings.index.vectors, niceness=niceness, pool=pool)
    index.files_max = settings.index.files_max
    if problem:
        index.notes.append(f"searching goes on with the built-in embedder: {problem}")
    return index


EVIDENCE_SATURATION = 0.75
"""An answer wants the right definition more than it wants several files."""

DEFINITION_SHARE = 0.8
"""What the definition of a name that the question spells counts at least, as a share of the best hit."""

NAMESAKES_MAX = 3
"""A name with more definitions (`call`, `get`) says too little of which is meant."""

OPEN_BONUS = 1.03
"""Files in view come first among hits of nearly the same score."""


def ask(  # noqa: PLR0913  (keyword-only beyond what every caller has)
    index: Index,
    engine: Engine,
    question: str,
    filters: Filters | None = None,
    *,
    context: Context | None = None,
    options: AnswerOptions | None = None,
    note: str = "",
    read: Read | None = None,
    on_delta: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Answer:
    """The checked answer to a question about one workspace.

    Args:
        index: Where evidence is looked for.
        engine: What writes.
        question: In plain words.
        filters: Narrows what counts as evidence.
        context: What is pointed at, what is in view, what was said before.
        options: How it is written; `answer_options` makes them of settings.
        note: What the user should know of how it is written, beside what the engine says.
        read: The current bytes of a file, which citations are held against; those on disk by default.
        on_delta: Given the text piece by piece, and told when a draft takes the place of another.
        cancelled: Asked between pieces; what was written until then comes back as incomplete.
    """
    from scholiast_server.answering.answer import AnswerOptions, answer_question
    from scholiast_server.answering.aside import WithoutAside, without_aside
    from scholiast_server.answering.inquiry import inquire, plain
    from scholiast_server.answering.manifests import wanted_versions
    from scholiast_server.models.protocol import never

    source: EvidenceSource = index
    read = read or disk_reader(index.root)
    aside = context.aside if context else None
    if aside is not None:
        source, read = WithoutAside(index, aside), aside.reader(read)
    inquiry = inquire(question, context, source) if context else plain(question)
    if not inquiry.pointed and (versions := wanted_versions(question, _paths(index, filters), source.read)):
        inquiry = msgspec.structs.replace(inquiry, pointed=versions, leads=True)
    hits = _hits(index, inquiry.query, filters, context)
    hits = _with_named(index, inquiry.sought, hits, filters)
    if aside is not None:
        hits = without_aside(inquiry.query, hits, aside)
    answer = answer_question(
        question,
        hits,
        engine,
        source,
        inquiry=inquiry,
        options=options or AnswerOptions(),
        read=read,
        outline=_outline(source),
        on_delta=on_delta,
        cancelled=cancelled or never,
    )
    if not note:
        return answer
    provenance = msgspec.structs.replace(answer.provenance, note=f"{note} {answer.provenance.note}".strip())
    return msgspec.structs.replace(answer, provenance=provenance)


def commit_message(
    root: Path,
    engine: Engine,
    options: AnswerOptions,
    cancelled: Callable[[], bool] | None = None,
) -> Answer:
    """What a model says that the next commit does, only what holds against the changes that are staged.

    Files that hold secrets are not shown to it.

    Args:
        root: The workspace.
        engine: What writes.
        options: How it is written.
        cancelled: Asked between pieces of the text.

    Raises:
        ModelError: No model is set.
        UsageError: The workspace is no work tree of git, or nothing is staged.
    """
    from scholiast_indexer.limits import GIT_TIMEOUT_S
    from scholiast_indexer.workspace.git import staged_changes
    from scholiast_indexer.workspace.secrets import holds_secret, is_secret_name
    from scholiast_server.answering.answer import answer_request
    from scholiast_server.answering.changes import MESSAGE, changes_in
    from scholiast_server.errors import ModelError, UsageError
    from scholiast_server.models.protocol import Request, never

    if not engine.is_generative:
        raise ModelError("a commit message is written by a model, and none is set.\n  Set model.path or endpoint.url.")
    diff = staged_changes(root, timeout_s=GIT_TIMEOUT_S)
    if diff is None:
        raise UsageError(f"git says nothing of {root}: it is no work tree of a repository.")
    changes = changes_in(diff, lambda path, text: is_secret_name(path.lower()) or holds_secret(path, text))
    if not changes.pieces:
        raise UsageError("no text is staged for a commit.\n  Stage what it is to hold: git add.")
    request = Request(
        MESSAGE,
        changes.pieces,
        max_tokens=options.max_tokens,
        temperature=options.temperature,
        seed=options.seed,
        task="commit",
        adapters=options.adapters,
    )
    strict = msgspec.structs.replace(options, strict=True, task="commit")
    return answer_request(MESSAGE, request, engine, changes.read, options=strict, cancelled=cancelled or never)


def adapters_for(
    task: Task, settings: Settings, root: Path, asked: str | None = None, *, held: Selection | None = None
) -> Choice:
    """The adapters that a text is written under, and what the user should know of them.

    Args:
        task: What is to be written.
        settings: Of the workspace.
        root: The workspace.
        asked: What the request itself says: `house-style`, `house-style:0.7,terse:0.3`, `none`.
        held: What was chosen in the editor that is connected.
    """
    from scholiast_server.adapters.choosing import choose, choose_of_server
    from scholiast_server.engines import adapted_model, engine_kind

    context = _adapter_context(settings, root, held)
    if task != "complete" and engine_kind(settings) == "endpoint":
        return choose_of_server(task, context, asked)
    return choose(task, context, model=adapted_model(settings, task), asked=asked)


def adapter_rows(settings: Settings, root: Path, *, held: Selection | None = None) -> list[Row]:
    """Every adapter that is registered, compared with the models of these settings."""
    from scholiast_server.adapters.listing import rows

    return rows(_adapter_context(settings, root, held), adapted_models(settings))


def adapted_models(settings: Settings) -> AdaptedModels:
    """The files of the models that adapters are compared with."""
    from scholiast_server.adapters.listing import Models as AdaptedModels
    from scholiast_server.engines import adapted_model

    return AdaptedModels(adapted_model(settings), adapted_model(settings, "complete"))


def _adapter_context(settings: Settings, root: Path, held: Selection | None) -> AdapterContext:
    from scholiast_server.adapters.choosing import Context as AdapterContext
    from scholiast_server.adapters.registry import Registry
    from scholiast_server.adapters.selection import Selection

    return AdapterContext(settings, Registry(), root, held or Selection())


def answer_options(
    settings: Settings,
    *,
    strict: bool | None = None,
    task: Task = "ask",
    adapters: tuple[AdapterUse, ...] = (),
) -> AnswerOptions:
    """How answers are written under these settings.

    Args:
        settings: Of the workspace.
        strict: Whether only what was verified is shown; None as the settings say.
        task: What is wanted of a model.
        adapters: What it is to answer under.
    """
    from scholiast_server.answering.answer import AnswerOptions

    return AnswerOptions(
        max_tokens=settings.answer.max_tokens,
        temperature=settings.answer.temperature,
        seed=settings.answer.seed,
        adapters=adapters,
        task=task,
        repair=settings.answer.repair,
        strict=settings.answer.strict if strict is None else strict,
    )


def fitness(index: Index, question: str, context: Context) -> tuple[bool, float, float]:
    """How well a workspace can answer a question: the greatest of several is the one to ask."""
    from scholiast_server.answering.confidence import assess
    from scholiast_server.answering.inquiry import inquire

    inquiry = inquire(question, context, index)
    hits = _hits(index, inquiry.query, None, context)
    confidence = assess(inquiry.sought, hits, index.document_frequency, is_foreign=inquiry.is_foreign)
    return confidence.level == "strong", confidence.coverage, hits[0].score if hits else 0.0


def related(index: Index, focus: Focus, limit: int) -> list[Hit]:
    """Other places that have to do with the code pointed at, best first."""
    from scholiast_server.answering.focus import names_in, pointed_pieces
    from scholiast_server.answering.limits import HITS_READ_MAX, RELATED_CHARACTERS_MAX

    pieces = pointed_pieces(focus, index)
    if not pieces:
        return []
    names = [name for piece in pieces for name in (piece.symbol, piece.doc) if name]
    query = " ".join([*names, *names_in(pieces), *(piece.text for piece in pieces)])[:RELATED_CHARACTERS_MAX]
    hits = index.search(query, HITS_READ_MAX + limit)
    return [hit for hit in hits if not any(_overlaps(hit, piece) for piece in pieces)][:limit]


def disk_reader(root: Path) -> Read:
    """Reads files of a workspace as they are on disk now."""
    from scholiast_indexer.types import SkippedFile
    from scholiast_indexer.workspace.reading import read_source

    def read(path: str) -> bytes | None:
        found = read_source(root, path, reinclude="name")  # what is in the index was let in when it was read
        return None if isinstance(found, SkippedFile) else found.data

    return read


def _outline(source: EvidenceSource) -> Outline:
    """Definitions of the text that is indexed; those of any other text are not known."""

    def outline(path: str, data: bytes) -> Sequence[Symbol] | None:
        return source.symbols(path) if source.read(path) == data else None

    return outline


def _hits(index: Index, query: str, filters: Filters | None, context: Context | None) -> list[Hit]:
    from scholiast_server.answering.limits import HITS_READ_MAX

    hits = index.search(query, HITS_READ_MAX, filters, saturation=EVIDENCE_SATURATION)
    in_view = frozenset(context.open_paths) if context else frozenset[str]()
    if not in_view:
        return hits
    raised = [
        msgspec.structs.replace(hit, score=hit.score * OPEN_BONUS) if hit.path in in_view else hit for hit in hits
    ]
    return sorted(raised, key=lambda hit: -hit.score)


def _paths(index: Index, filters: Filters | None) -> Iterator[str]:
    """The files that a question may be answered from; none where languages or kinds are asked for."""
    from scholiast_indexer.search.filters import PathFilter

    if filters is not None and (filters.languages or filters.kinds):
        return iter(())
    is_let = PathFilter(filters) if filters is not None and filters.by_path else None
    return (path for path in index.paths() if is_let is None or is_let.allows(path))


def _with_named(index: Index, question: str, hits: list[Hit], filters: Filters | None) -> list[Hit]:
    """The hits, and what a question adds that spells a name: its definition near the best of those that are read, and
    for a question of where it is used its mentions, behind all others.
    """
    from scholiast_server.answering.limits import HITS_READ_MAX, MENTIONS_READ_MAX, NAMES_LOOKED_UP_MAX
    from scholiast_server.models.extractive.question import read_question

    asked = read_question(question)
    if asked.shape == "other":  # words for a search, or a message: what ranks best there is what is meant
        return hits
    wants_mentions = asked.shape == "callers"
    mentioning: list[Hit] = []
    for name in (name.rpartition(".")[2] for name in asked.names[:NAMES_LOOKED_UP_MAX]):
        places = [(path, symbol.start_line + 1) for path, symbol in index.definitions(name) if symbol.name == name]
        is_there = all(any(_holds(hit, place) for hit in hits) for place in places)
        found = [] if is_there and not wants_mentions else index.search(name, MENTIONS_READ_MAX, filters)
        known = {(hit.path, hit.start_line) for hit in (*hits, *mentioning)}
        new = [_not_near(hit) for hit in found if (hit.path, hit.start_line) not in known]
        if 0 < len(places) <= NAMESAKES_MAX:
            hits = _raised(hits, new, places, HITS_READ_MAX)
        mentioning += [hit for hit in new if hit not in hits] if wants_mentions else []
    return [*hits, *mentioning]


def _raised(hits: list[Hit], others: list[Hit], places: list[tuple[str, int]], count: int) -> list[Hit]:
    """So many hits, best first, in which those that hold one of the places count nearly as much as the best one."""
    best = max((hit.score for hit in hits), default=1.0)
    defining = [hit for hit in (*hits, *others) if any(_holds(hit, place) for place in places)]
    raised = [
        msgspec.structs.replace(hit, score=max(hit.score, best * DEFINITION_SHARE / (1 + rank)))
        for rank, hit in enumerate(defining)
    ]
    left = [hit for hit in hits if hit not in defining][: count - len(raised)]
    return sorted([*raised, *left], key=lambda hit: -hit.score)


def _holds(hit: Hit, place: tuple[str, int]) -> bool:
    return hit.path == place[0] and hit.start_line <= place[1] <= hit.end_line


def _not_near(hit: Hit) -> Hit:
    """The hit without its nearness to a name, which says nothing of how near it is to the question."""
    return msgspec.structs.replace(hit, why={key: value for key, value in hit.why.items() if key != "similarity"})


def _overlaps(hit: Hit, piece: Evidence) -> bool:
    return hit.path == piece.path and hit.start_line <= piece.end_line and piece.start_line <= hit.end_line
