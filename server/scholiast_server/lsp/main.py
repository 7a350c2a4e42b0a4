"""Runs the server over standard streams or a socket, from the first byte to the exit code. Must not know features."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from scholiast_server.lsp.server import Server

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
SWITCH_INTERVAL_S = 0.001
"""How long a thread may keep the interpreter when another one wants it: the event loop waits behind updates."""


Extend = Callable[["Server"], None]


def serve_stdio(extend: Extend | None = None) -> int:
    """Serve the client at standard input and output. Gives the exit code: 0 after `shutdown`, else 1.

    Args:
        extend: Gives the server further features beside its own, or settings that no editor changes.
    """
    from scholiast_server.lsp.transport import own_standard_streams

    reader, writer = own_standard_streams()
    return _end(_run(_serve(reader, writer, extend)))


def serve_tcp(port: int, extend: Extend | None = None) -> int:
    """Serve one client at a port of this machine alone; for debugging. As `serve_stdio` otherwise."""
    import socket

    with socket.create_server((LOOPBACK, port)) as listening:
        print(f"listening on {LOOPBACK}:{listening.getsockname()[1]}", file=sys.stderr, flush=True)
        connection, _ = listening.accept()
    with connection, connection.makefile("rb") as reader, connection.makefile("wb") as writer:
        return _end(_run(_serve(reader, writer, extend)))


def _run(serving: Coroutine[None, None, int]) -> int:
    try:
        return asyncio.run(serving)
    except KeyboardInterrupt:
        return 130
    except Exception:  # the last word on what should not be: the editor shows that the server ended
        log.exception("The server ended")
        return 1


async def _serve(reader: BinaryIO, stream: BinaryIO, extend: Extend | None = None) -> int:
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.disable()  # importing makes many objects and no garbage; collecting among them takes a quarter of the time
    from scholiast_server.lsp.features import register
    from scholiast_server.lsp.server import Server
    from scholiast_server.lsp.transport import Writer, converse

    server = Server()
    register(server)
    if extend is not None:
        extend(server)
    gc.enable()
    gc.freeze()
    server.started()
    writer = Writer(stream, server.protocol.exited.set)
    server.protocol.set_writer(writer)
    try:
        await converse(reader, server.protocol.receive, server.protocol.exited)
    finally:
        await server.close()
        writer.close()
    return 0 if server.protocol.is_shut_down else 1


def _end(code: int) -> int:
    """Leave at once: a thread that waits for the client's next byte can't be told to stop."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # pyright: ignore[reportUnnecessaryComparison]  # where the client closed it
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)
