"""`scholiast reset`: delete an index, after asking. Must not know what an index is made of."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from scholiast_server.cli.console import Console
from scholiast_server.cli.session import Session, start
from scholiast_server.cli.words import size


def run(options: Namespace, _console: Console) -> int:
    """0 when there is no index any more, 1 when the user wants to keep it."""
    session = start(options)
    directory = session.existing_index()
    if directory is None:
        session.console.line(f"{session.name} has no index.")
        return 0
    held = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    asks = not options.yes and sys.stdin is not None and sys.stdin.isatty()
    if asks and not _agrees(session, directory, held):
        session.console.line("Nothing was deleted.")
        return 1
    from scholiast_indexer.index import reset_index

    reset_index(directory)
    session.console.line(f"Deleted the index of {session.name} ({size(held)} in {directory}).")
    return 0


def _agrees(session: Session, directory: Path, held: int) -> bool:
    question = (
        f"Delete the index of {session.name} ({size(held)} in {directory})? It can be built again from the code. [y/N] "
    )
    session.console.err.write(question)
    session.console.err.stream.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
