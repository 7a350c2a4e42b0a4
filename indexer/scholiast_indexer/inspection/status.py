"""What an index holds and how it is, as values for people. Must not know searching or updating."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.catalog.schema import FORMAT_VERSION
from scholiast_indexer.embedding import Embedder
from scholiast_indexer.errors import ScholiastError
from scholiast_indexer.inspection.examination import examine
from scholiast_indexer.limits import VECTORS_EXACT_MAX
from scholiast_indexer.types import SkippedFile
from scholiast_indexer.vectors import VectorMode


class UpcomingStatus(msgspec.Struct, frozen=True):
    """How far an embedder is that follows behind."""

    embedder: str
    """Its fingerprint."""
    done: int
    total: int
    """Chunks."""
    serves: bool
    """Whether it is what is searched with."""


class Status(msgspec.Struct, frozen=True):
    """What an index holds."""

    root: str
    directory: str
    files: int
    chunks: int
    embedder: str
    """The fingerprint of the one that is searched with."""
    dimension: int
    vectors: str
    generation: int
    format_version: int
    features: str
    updated_at: float | None
    size_bytes: int
    skipped: tuple[SkippedFile, ...]
    upcoming: UpcomingStatus | None = None
    """The embedder that follows behind, where there is one."""


class Health(msgspec.Struct, frozen=True):
    """What a look at an index's database found."""

    problem: str | None
    """What is wrong with it; None when it checks out."""
    format_version: int = FORMAT_VERSION
    features: str = ""
    generation: int = 0
    files: int = 0
    chunks: int = 0


def status_of(
    catalog: Catalog, root: Path, directory: Path, serving: Embedder, mode: VectorMode, upcoming: Embedder | None = None
) -> Status:
    """What an index holds, as its catalog says in one snapshot.

    Args:
        catalog: Its catalog.
        root: The workspace.
        directory: Where the index lies.
        serving: The embedder that is searched with.
        mode: How vectors are compared.
        upcoming: The embedder that follows behind.
    """
    files, chunks = catalog.counts()
    has_graph = mode == "hnsw" or (mode == "auto" and chunks > VECTORS_EXACT_MAX)
    return Status(
        root=str(root),
        directory=str(directory),
        files=files,
        chunks=chunks,
        embedder=serving.fingerprint,
        dimension=serving.dimension,
        vectors="hnsw" if has_graph else "exact",
        generation=catalog.generation,
        format_version=FORMAT_VERSION,
        features=str(catalog.meta("features") or ""),
        updated_at=catalog.meta("reconciled_at"),
        size_bytes=size_bytes(directory),
        skipped=catalog.skipped(),
        upcoming=None if upcoming is None else _upcoming_status(catalog, upcoming, serves=serving is upcoming),
    )


def _upcoming_status(catalog: Catalog, embedder: Embedder, *, serves: bool) -> UpcomingStatus:
    done, total = catalog.coverage(embedder.fingerprint)
    return UpcomingStatus(embedder.fingerprint, done, total, serves)


def examine_index(directory: Path) -> Health:
    """Read the whole database of an index, mending nothing and waiting for nobody."""
    try:
        catalog = Catalog.open(directory)
    except ScholiastError as error:
        return Health(str(error))
    try:
        problem = examine(catalog)
        files, chunks = catalog.counts()
        features = str(catalog.meta("features") or "")
        return Health(problem, FORMAT_VERSION, features, catalog.generation, files, chunks)
    except ScholiastError as error:
        return Health(str(error))
    finally:
        catalog.close()


def age_s(status: Status) -> float | None:
    """Seconds since the last update; None before the first."""
    return None if status.updated_at is None else max(0.0, time.time() - status.updated_at)


def group_reasons(skipped: Sequence[SkippedFile]) -> dict[str, int]:
    """How many files each reason (without its figures) left out, most first."""
    counts: dict[str, int] = {}
    for file in skipped:
        reason = file.reason.split(" (", 1)[0]
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def size_bytes(directory: Path) -> int:
    """Bytes of all files below a folder; of what is deleted meanwhile, none."""
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # the lexical index merges its files while it is written
            continue
    return total
