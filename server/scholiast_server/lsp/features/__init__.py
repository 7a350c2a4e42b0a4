"""One module for each method of the protocol: convert in, call one verb, convert out. Must not know the transport.

A module's handlers are coroutines, but for those of documents, which have to be done before the next message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scholiast_server.lsp.server import Server


def register(server: Server) -> None:
    """Give the server all its features."""
    from scholiast_server.lsp.features import (
        adapters,
        ask,
        code_action,
        code_lens,
        commands,
        configuration,
        diagnostics,
        documents,
        feedback,
        folders,
        hover,
        inline_completion,
        lifecycle,
        references,
        search,
        status,
        watched_files,
        workspace_symbol,
    )

    of_the_connection = (lifecycle, folders, configuration, documents, watched_files, status)
    of_the_code = (search, commands, code_action, hover, workspace_symbol, code_lens, references, diagnostics)
    of_answers = (ask, feedback)
    of_models = (inline_completion, adapters)
    for module in (*of_the_connection, *of_the_code, *of_answers, *of_models):
        module.register(server)
