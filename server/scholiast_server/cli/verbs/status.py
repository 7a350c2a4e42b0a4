"""`scholiast status`: what the index holds and whether it is current. Must not know how that is found out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from scholiast_server.cli.console import Console
from scholiast_server.cli.session import Session, start
from scholiast_server.cli.words import age, counted, part, reasons, size

if TYPE_CHECKING:
    from scholiast_indexer.index import Status

INDENT = "        "


def run(options: Namespace, _console: Console) -> int:
    """0 when there is an index, 1 when there is none."""
    session = start(options)
    if session.existing_index() is None:
        _say_that_there_is_none(options, session)
        return 1
    with session.index() as index:
        status, stale = index.status(), index.is_stale()
    if options.json:
        session.console.document(status_document(session, status, stale=stale, skipped=options.skipped))
    elif options.skipped:
        for file in status.skipped:
            session.console.line(f"{session.console.out.visible_name(session.shown(file.path))}: {file.reason}")
    else:
        for line in status_lines(session, status, stale=stale):
            session.console.line(line)
    return 0


def status_document(session: Session, status: Status, *, stale: bool, skipped: bool) -> dict[str, Any]:
    """The status as `--json` prints it; with `--skipped` the files that are not indexed as well."""
    from scholiast_server.compose import adapters_for
    from scholiast_server.engines import engine_kind, host_name, model_name

    kind = engine_kind(session.settings)
    adapters = adapters_for("ask", session.settings, session.root).uses
    document: dict[str, Any] = {
        "root": status.root,
        "files": status.files,
        "chunks": status.chunks,
        "embedder": status.embedder,
        "engine": kind,
        "adapter": ", ".join(use.name for use in adapters) or None,
        "generation": status.generation,
        "stale": stale,
        "size_bytes": status.size_bytes,
    }
    if kind != "extractive":
        document["model"] = model_name(session.settings)
    if kind == "endpoint":
        document["host"] = host_name(session.settings)
    if status.upcoming is not None:
        document["upcoming"] = msgspec.to_builtins(status.upcoming)
    if skipped:
        document["skipped"] = msgspec.to_builtins(status.skipped)
    return document


def status_lines(session: Session, status: Status, *, stale: bool) -> Iterator[str]:
    """The status as it is read."""
    from scholiast_indexer.index import age_s, group_reasons
    from scholiast_indexer.limits import VECTORS_EXACT_MAX
    from scholiast_server.compose import adapters_for
    from scholiast_server.engines import embedder_kind, host_name
    from scholiast_server.models.protocol import adapters_text

    out = session.console.out
    held = f"{counted(status.files, 'file')}, {counted(status.chunks, 'chunk')}, {size(status.size_bytes)} on disk"
    yield f"{out.paint(out.visible(session.name), 'bold')}   indexed {age(age_s(status))}   {held}"
    is_built_in = status.upcoming is None or not status.upcoming.serves
    embedder = f"{status.embedder} ({'built in, ' if is_built_in else ''}{status.dimension} d)"
    vectors = f"{status.vectors} (HNSW above {VECTORS_EXACT_MAX:,} chunks)"
    written = _writer(session)
    width = max(len(embedder), len(written)) + 4
    yield f"{INDENT}embedder  {embedder:<{width}}vectors  {vectors}"
    adapters = adapters_for("ask", session.settings, session.root)
    yield f"{INDENT}engine    {written:<{width}}adapter  {adapters_text(adapters.uses) or 'none'}"
    if adapters.note:
        yield f"{INDENT}          {out.paint(out.visible(adapters.note), 'warning')}"
    if status.upcoming is not None and status.upcoming.done < status.upcoming.total:
        hint = out.paint("scholiast index", "dim")
        far = part(status.upcoming.done, status.upcoming.total, "chunk")
        yield f"{INDENT}upcoming  {status.upcoming.embedder}: {far}   {hint}"
    if status.upcoming is None and embedder_kind(session.settings) == "endpoint":
        named = f"{session.settings.endpoint.embedding_model} at {host_name(session.settings)}"
        yield f"{INDENT}upcoming  {out.visible(named)}: not asked yet   {out.paint('scholiast index', 'dim')}"
    if status.skipped:
        hint = out.paint("scholiast status --skipped", "dim")
        yield f"{INDENT}skipped   {reasons(group_reasons(status.skipped))}   {hint}"
    if stale:
        yield f"{INDENT}{out.paint('stale     files changed since', 'warning')}   {out.paint('scholiast index', 'dim')}"
    if session.console.verbose:
        yield f"{INDENT}index     {out.visible(status.directory)}"
        yield f"{INDENT}          format {status.format_version}, generation {status.generation}"


def _writer(session: Session) -> str:
    """`endpoint, qwen2.5-coder at 127.0.0.1:8080`."""
    from scholiast_server.engines import engine_kind, host_name, model_name

    kind, model = engine_kind(session.settings), model_name(session.settings)
    if kind == "endpoint":
        model = f"{model or 'its first model'} at {host_name(session.settings) or 'no address'}"
    return session.console.out.visible(f"{kind}, {model or 'no model'}")


def _say_that_there_is_none(options: Namespace, session: Session) -> None:
    if not options.json:
        session.console.line(
            f"{session.name}   not indexed yet   {session.console.out.paint('scholiast index', 'dim')}"
        )
        return
    from scholiast_indexer.index import Status, shipped_embedder

    embedder = shipped_embedder()
    nothing = Status(
        str(session.root), "", 0, 0, embedder.fingerprint, embedder.dimension, "exact", 0, 0, "", None, 0, ()
    )
    session.console.document(status_document(session, nothing, stale=True, skipped=options.skipped))
