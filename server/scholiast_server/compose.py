"""Wires settings to the index and the engine of a workspace, for every front end alike. Must not know protocols.

Answering loads only with the first question: a search does not need it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scholiast_indexer.index import Index

if TYPE_CHECKING:
    from scholiast_indexer.search import Filters
    from scholiast_server.answering.types import Answer
    from scholiast_server.models.protocol import Engine
    from scholiast_server.settings import Settings


def open_workspace(root: Path, settings: Settings) -> Index:
    """The index of a workspace, as its settings want it. Raises as `scholiast_indexer.open_index` does."""
    return Index.open(root, vectors=settings.index.vectors)


def make_engine(_settings: Settings) -> Engine:
    """What writes the answers: the engine that needs no model."""
    from scholiast_server.models.extractive import ExtractiveEngine

    return ExtractiveEngine()


def engine_name(_settings: Settings) -> str:
    """What answers will name as their engine, without loading it."""
    return "extractive"


EVIDENCE_SATURATION = 0.75
"""An answer wants the right definition more than it wants several files."""


def ask(
    index: Index,
    engine: Engine,
    question: str,
    filters: Filters | None = None,
    *,
    read: Callable[[str], bytes | None] | None = None,
) -> Answer:
    """The checked answer to a question about one workspace.

    Args:
        index: Where evidence is looked for.
        engine: What writes.
        question: In plain words.
        filters: Narrows what counts as evidence.
        read: The current bytes of a file, which citations are held against; those on disk by default.
    """
    from scholiast_server.answering.answer import answer_question
    from scholiast_server.answering.limits import HITS_READ_MAX

    hits = index.search(question, HITS_READ_MAX, filters, saturation=EVIDENCE_SATURATION)
    return answer_question(question, hits, engine, index, read=read or _reader(index.root))


def _reader(root: Path) -> Callable[[str], bytes | None]:
    from scholiast_indexer.types import SkippedFile
    from scholiast_indexer.workspace.reading import read_source

    def read(path: str) -> bytes | None:
        found = read_source(root, path, reinclude="name")  # what is in the index was let in when it was read
        return None if isinstance(found, SkippedFile) else found.data

    return read
