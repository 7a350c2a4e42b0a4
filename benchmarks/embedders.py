"""An index whose chunks a given model has embedded, for whatever is measured on it; must not know what that is."""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scholiast_indexer.index import Index
from scholiast_indexer.types import UpdateReport


class Embedded(NamedTuple):
    """An index that is up to date and searched with the wanted embedder."""

    open_index: Index
    report: UpdateReport
    embedder: str
    embed_s: float
    """What the model took, where one was given; what is kept in a work folder takes nothing."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What `embedded` asks for."""
    parser.add_argument("--embedding", type=Path, metavar="FILE.gguf", help="a model in place of the built-in embedder")
    parser.add_argument("--work-dir", type=Path, help="keep the indexes here, and the vectors for the next run")


@contextlib.contextmanager
def embedded(folder: Path, name: str, options: argparse.Namespace) -> Iterator[Embedded]:
    """The index of a folder; `name` tells it from others in the work folder.

    Raises:
        SystemExit: The model did not embed it all.
    """
    from scholiast_server.engines import Models
    from scholiast_server.settings import load_settings

    chosen = {"embedding.path": str(options.embedding.resolve())} if options.embedding else {}
    models = Models()
    with contextlib.closing(models), _directory(options.work_dir, name) as directory:
        upcoming = models.embedder(load_settings(None, options=chosen)) if options.embedding else None
        with Index.open(folder, upcoming=upcoming, directory=directory) as index:
            report = index.update()
            started = time.perf_counter()
            if not index.embed_upcoming():
                raise SystemExit("\n".join(["the model did not embed it all", *index.notes]))
            embed_s = time.perf_counter() - started
            index.warm()
            yield Embedded(index, report, index.status().embedder, embed_s if upcoming else 0.0)


@contextlib.contextmanager
def _directory(work_dir: Path | None, name: str) -> Iterator[Path]:
    if work_dir is not None:
        work_dir.mkdir(parents=True, exist_ok=True)
        yield work_dir.resolve() / name
        return
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory)
