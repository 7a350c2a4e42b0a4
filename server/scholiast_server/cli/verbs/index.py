"""`scholiast index`: build or refresh an index, and say what came of it. Must not know how."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import msgspec

from scholiast_server.cli.console import Console
from scholiast_server.cli.refresh import follow, update
from scholiast_server.cli.session import Session, start
from scholiast_server.cli.words import counted, duration, part, reasons

if TYPE_CHECKING:
    from scholiast_indexer.types import UpdateReport


def run(options: Namespace, _console: Console) -> int:
    """0 when the index equals the files."""
    session = start(options)
    with session.index(is_to_be_built=True) as index:
        report = update(index, session)
        follow(index, session)
        upcoming = index.status().upcoming
    if options.json:
        session.console.document(msgspec.to_builtins(report))
    else:
        for line in report_lines(session, report):
            session.console.line(line)
        if upcoming is not None:
            session.console.line(f"  vectors  {upcoming.embedder}: {part(upcoming.done, upcoming.total, 'chunk')}")
    return 0


def report_lines(session: Session, report: UpdateReport) -> list[str]:
    """What an update did, in two or three lines."""
    from scholiast_indexer.index import group_reasons

    out = session.console.out
    held = f"{counted(report.files, 'file')} · {counted(report.chunks, 'chunk')} · {duration(report.seconds)}"
    done = f"{report.embedded:,} embedded, {report.reused:,} reused"
    if report.removed:
        done += f", {counted(report.removed, 'file')} gone"
    lines = [f"Indexed {out.paint(out.visible(session.name), 'bold')}   {held}", f"  chunks   {done}"]
    if report.skipped:
        listed = reasons(group_reasons(report.skipped))
        lines.append(f"  skipped  {listed}   {out.paint('scholiast status --skipped', 'dim')}")
    return lines
