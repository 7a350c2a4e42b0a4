"""`scholiast ask`: an answer with its sources. Must not know how it is found or written."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing

from scholiast_server.cli.answers import answer_document, answer_lines
from scholiast_server.cli.console import Console
from scholiast_server.cli.filters import read_filters
from scholiast_server.cli.refresh import make_current, require_index
from scholiast_server.cli.session import Session, start
from scholiast_server.errors import UsageError


def run(options: Namespace, _console: Console) -> int:
    """0 when the code answers, 1 when not."""
    session = start(options)
    question = " ".join(options.question)
    if not question.strip():
        raise UsageError('the question is empty.\n  Ask in plain words: scholiast ask "how are routes registered?"')
    filters = read_filters(options)
    if options.adapter is not None:
        _check_adapter(options.adapter, session)
    require_index(session)
    with session.index() as index:
        from scholiast_server.compose import adapters_for, answer_options, ask
        from scholiast_server.engines import Models

        refresh = session.settings.search.refresh
        make_current(index, session, "never" if refresh == "never" else "always")
        with closing(Models()) as models:
            engine = models.engine(session.settings)
            choice = adapters_for("ask", session.settings, session.root, options.adapter)
            how = answer_options(session.settings, adapters=choice.uses)
            answer = ask(index, engine, question, filters, options=how, note=choice.note)
    if options.json:
        session.console.document(answer_document(answer))
    else:
        for line in answer_lines(answer, session, snippets=1 if options.snippets is None else options.snippets):
            session.console.line(line)
    return 0 if answer.found else 1


def _check_adapter(text: str, session: Session) -> None:
    """A name that is none is wrong usage; an adapter that can't be used is not, and the answer says so."""
    from scholiast_server.adapters.registry import Registry
    from scholiast_server.adapters.wanted import checked_wanted, parsed
    from scholiast_server.engines import engine_kind

    if engine_kind(session.settings) == "endpoint":  # which adapters there are the server knows
        parsed(text, of_server=True)
    else:
        checked_wanted(text, Registry())
