"""A client of the language server as a benchmark needs it: blocking, with times. Must not know what is measured."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

WAIT_S = 600.0
CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "textDocument": {"hover": {"contentFormat": ["markdown"]}},
}


class LspClient:
    """One server process; use it in a `with` block."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, env={**os.environ, **environment}
        )
        self._next_id = 0
        self._writing = threading.Lock()
        self._answers: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self.states: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        """Params of each `scholiast/statusChanged`."""
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> LspClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.request("shutdown", None)
            self.notify("exit", None)
        else:
            self.process.kill()
        self.process.wait()

    def initialize(self, folder: Path) -> float:
        """Seconds from the start of the process to the answer."""
        uri = folder.as_uri()
        folders = [{"uri": uri, "name": folder.name}]
        self.request(
            "initialize",
            {"processId": None, "rootUri": uri, "capabilities": CAPABILITIES, "workspaceFolders": folders},
        )
        took_s = time.perf_counter() - self.started
        self.notify("initialized", {})
        return took_s

    def wait_for(self, state: str) -> dict[str, Any]:
        """Until the server tells that state."""
        while True:
            status = self.states.get(timeout=WAIT_S)
            if status["state"] == "problem":
                raise SystemExit(f"the server has a problem: {status['message']}")
            if status["state"] == state and status["message"] != "no folder is open":
                return status

    def request(self, method: str, params: Any) -> Any:
        """The result. Raises SystemExit when the server answers with an error."""
        with self._writing:
            self._next_id += 1
            number = self._next_id
        answers = self._answers[number] = queue.SimpleQueue()
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        message = answers.get(timeout=WAIT_S)
        if "error" in message:
            raise SystemExit(f"{method}: {message['error']}")
        return message["result"]

    def timed_ms(self, method: str, params: Any) -> float:
        """Milliseconds from sending to having the answer."""
        started = time.perf_counter()
        self.request(method, params)
        return (time.perf_counter() - started) * 1000

    def notify(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        with self._writing:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.split(b":")[1])
            stream.readline()
            message = json.loads(stream.read(length))
            if "method" not in message:
                self._answers.pop(message["id"]).put(message)
            elif "id" in message:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            elif message["method"] == "scholiast/statusChanged":
                self.states.put(message["params"])
