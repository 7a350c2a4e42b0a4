"""The message of a folder's next commit, written by its model. Must not know commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from scholiast_server.lsp.adapting import Adapting
from scholiast_server.lsp.failures import failed
from scholiast_server.lsp.sessions import Session


def commit_message(session: Session, adapting: Adapting, cancelled: Callable[[], bool]) -> dict[str, Any]:
    """`message`, and how it came about. For a thread.

    Raises:
        JsonRpcException: There is nothing to write, or nothing to write it with; the message says what to do.
    """
    from scholiast_server.compose import answer_options
    from scholiast_server.compose import commit_message as written
    from scholiast_server.errors import ServerError
    from scholiast_server.lookup import without_numbers

    try:
        choice = adapting.choice("commit", session)
        options = answer_options(session.settings, task="commit", adapters=choice.uses)
        answer = written(Path(session.root.real), session.engine, options, cancelled)
    except ServerError as error:
        raise failed(str(error)) from error
    if not answer.found:
        raise failed("nothing of what the model wrote holds against the changes: write the message yourself")
    return {
        "message": without_numbers(answer.answer).strip(),
        "engine": answer.engine,
        "adapter": answer.adapter,
        "withheld": answer.provenance.withheld,
        "note": f"{choice.note} {answer.provenance.note}".strip(),
    }
