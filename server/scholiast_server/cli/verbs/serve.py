"""`scholiast serve`: the language server. Must not know the protocol."""

from __future__ import annotations

from argparse import Namespace

from scholiast_server.cli.console import Console


def run(options: Namespace, _console: Console) -> int:
    """0 after an editor has shut it down in order, 1 when the editor went away."""
    from scholiast_server.logs import log_to_file
    from scholiast_server.lsp.main import serve_stdio, serve_tcp

    log_to_file(options.log, is_verbose=options.verbose)
    return serve_stdio() if options.tcp is None else serve_tcp(options.tcp)
