"""`scholiast serve`: the language server. Must not know the protocol."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from scholiast_server.cli.console import Console

if TYPE_CHECKING:
    from scholiast_server.lsp.server import Server


def run(options: Namespace, _console: Console) -> int:
    """0 after an editor has shut it down in order, 1 when the editor went away."""
    from scholiast_server.logs import log_to_file
    from scholiast_server.lsp.main import serve_stdio, serve_tcp

    log_to_file(options.log, is_verbose=options.verbose)

    def extend(server: Server) -> None:
        server.forced.update({"endpoint.offline": True} if options.offline else {})

    return serve_stdio(extend) if options.tcp is None else serve_tcp(options.tcp, extend)
