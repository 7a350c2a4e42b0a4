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


class Status(msgspec.Struct, frozen=True):
    """What an index holds."""

    root: str
    directory: str
    files: int
    chunks: int
    embedder: str
    dimension: int
    vectors: str
    generation: int
    format_version: int
    features: str
    updated_at: float | None
    size_bytes: int
    skipped: tuple[SkippedFile, ...]


class Health(msgspec.Struct, frozen=True):
    """What a look at an index's database found."""

    problem: str | None
    """What is wrong with it; None when it checks out."""
    format_version: int = FORMAT_VERSION
    features: str = ""
    generation: int = 0
    files: int = 0
    chunks: int = 0


def status_of(catalog: Catalog, root: Path, directory: Path, embedder: Embedder, mode: VectorMode) -> Status:
    """What an index holds, as its catalog says in one snapshot."""
    files, chunks = catalog.counts()
    has_graph = mode == "hnsw" or (mode == "auto" and chunks > VECTORS_EXACT_MAX)
    return Status(
        root=str(root),
        directory=str(directory),
        files=files,
        chunks=chunks,
        embedder=embedder.fingerprint,
        dimension=embedder.dimension,
        vectors="hnsw" if has_graph else "exact",
        generation=catalog.generation,
        format_version=FORMAT_VERSION,
        features=str(catalog.meta("features") or ""),
        updated_at=catalog.meta("reconciled_at"),
        size_bytes=size_bytes(directory),
        skipped=catalog.skipped(),
    )


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
