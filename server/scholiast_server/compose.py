"""Wires settings to the index and the engine of a workspace, for every front end alike. Must not know protocols."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from scholiast_indexer.index import Index
from scholiast_indexer.search import Filters
from scholiast_indexer.types import SkippedFile
from scholiast_indexer.workspace.reading import read_source
from scholiast_server.answering.answer import AnswerOptions, answer_question
from scholiast_server.answering.limits import HITS_READ_MAX
from scholiast_server.answering.types import Answer
from scholiast_server.models.protocol import Engine
from scholiast_server.settings import Settings


class Inquiry(msgspec.Struct, frozen=True):
    """A question, and what the search for its evidence is narrowed to."""

    question: str
    filters: Filters = Filters()
    hits_max: int = HITS_READ_MAX
    options: AnswerOptions = AnswerOptions()


def open_workspace(root: Path, settings: Settings) -> Index:
    """The index of a workspace, as its settings want it. Raises as `scholiast_indexer.open_index` does."""
    return Index.open(root, vectors=settings.index.vectors)


def make_engine(_settings: Settings) -> Engine:
    """What writes the answers: the engine that needs no model."""
    from scholiast_server.models.extractive import ExtractiveEngine

    return ExtractiveEngine()


def ask(index: Index, engine: Engine, inquiry: Inquiry, read: Callable[[str], bytes | None] | None = None) -> Answer:
    """The checked answer to a question about one workspace.

    Args:
        index: Where evidence is looked for.
        engine: What writes.
        inquiry: The question.
        read: The current bytes of a file, which citations are held against; those on disk by default.
    """
    hits = index.search(inquiry.question, inquiry.hits_max, inquiry.filters)
    return answer_question(
        inquiry.question, hits, engine, index, options=inquiry.options, read=read or _reader(index.root)
    )


def _reader(root: Path) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        found = read_source(root, path, reinclude="name")  # what is in the index was let in when it was read
        return None if isinstance(found, SkippedFile) else found.data

    return read
