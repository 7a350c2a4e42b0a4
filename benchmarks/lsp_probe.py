"""The language server with a probe in its event loop: each 5 ms it notes how late it was woken.

The process writes what it noted to the file that LATENESS_FILE names when it ends: one number a line, milliseconds.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from scholiast_server.lsp.main import serve_stdio
from scholiast_server.lsp.server import Server

EVERY_S = 0.005


class _Probe:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._late_ms: list[float] = []

    async def run(self) -> None:
        try:
            while True:
                due = time.perf_counter() + EVERY_S
                await asyncio.sleep(EVERY_S)
                self._late_ms.append((time.perf_counter() - due) * 1000)
        finally:
            self._file.write_text("\n".join(f"{late:.3f}" for late in self._late_ms))


def main() -> None:
    begin = Server.started
    probe = _Probe(Path(os.environ["LATENESS_FILE"]))

    def started(self: Server) -> None:
        begin(self)
        self.spawn(probe.run())

    Server.started = started  # type: ignore[method-assign]  # the server itself has no place for probes
    serve_stdio()


if __name__ == "__main__":
    main()
