"""`scholiast search`: hits as lines, as snippets, as JSON. Must not know how they are found."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import TYPE_CHECKING

import msgspec

from scholiast_server.cli.console import Console
from scholiast_server.cli.filters import read_filters
from scholiast_server.cli.hits import explanation, hit_line
from scholiast_server.cli.refresh import make_current, require_index
from scholiast_server.cli.session import Session, start
from scholiast_server.errors import UsageError

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_indexer.types import Hit

SNIPPET_LINES = 12


def run(options: Namespace, _console: Console) -> int:
    """0 when something was found, 1 when not."""
    session = start(options)
    query = " ".join(options.query)
    if not query.strip():
        raise UsageError("the query is empty.\n  Give words, a name or a question: scholiast search QUERY")
    filters = read_filters(options)
    require_index(session)
    with session.index() as index:
        make_current(index, session, session.settings.search.refresh)
        began = time.perf_counter()
        hits = index.search(query, session.settings.search.limit, filters)
        took_ms = (time.perf_counter() - began) * 1000
        if options.json:
            found = [msgspec.to_builtins(hit) for hit in hits]
            session.console.document({"query": query, "hits": found, "took_ms": round(took_ms, 3)})
        elif hits:
            _show(options, session, index, query, hits)
        else:
            session.console.note("nothing found. Fewer or other words may help.")
    return 0 if hits else 1


def _show(options: Namespace, session: Session, index: Index, query: str, hits: list[Hit]) -> None:
    from scholiast_indexer.search.opening import definition_line

    snippets = options.snippets or options.context is not None
    seen: dict[str, int] = {}
    for hit in hits:
        seen[hit.path] = seen.get(hit.path, 0) + 1
        line = hit_line(hit, definition_line(hit, index.symbols(hit.path)), session)
        if not options.explain:
            session.console.line(line)
        else:
            session.console.line(f"{line}   {hit.score:.2f}")
            for told in explanation(hit, query, index, seen[hit.path]):
                session.console.line(f"    {told}")
        if snippets:
            _show_code(session, hit, options.context or SNIPPET_LINES)


def _show_code(session: Session, hit: Hit, lines_max: int) -> None:
    from scholiast_server.cli.snippets import snippet

    out = session.console.out
    for line in snippet(hit.text, hit.start_line, hit.path, out, lines_max=lines_max):
        session.console.line(line)
    session.console.line()
