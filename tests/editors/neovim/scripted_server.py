"""A language server whose replies are written down beforehand: python scripted_server.py SCRIPT RECEIVED

SCRIPT holds, by method, `{"notifications": [[method, params], …], "result": …}` or `{"error": …}`; what has neither a
result nor an error is never answered. Params of notifications get the id of the answer. All that is received goes
into RECEIVED, a line each. Must not know what a test expects.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

METHOD_NOT_FOUND, CANCELLED = -32601, -32800


def main(script: Path, received: Path) -> None:
    """Answer until told to exit, or until nobody is there."""
    with received.open("a", encoding="utf-8") as log:
        while (message := read()) is not None and message.get("method") != "exit":
            log.write(json.dumps(message) + "\n")
            log.flush()
            reply(message, json.loads(script.read_text("utf-8")))


def reply(message: dict[str, Any], script: dict[str, Any]) -> None:
    """What the script says to a message; a cancelled request is over, as with the real server."""
    method, number = message.get("method", ""), message.get("id")
    if method == "$/cancelRequest":
        write(id=message["params"]["id"], error={"code": CANCELLED, "message": "cancelled"})
    elif method in ("initialize", "shutdown"):
        write(id=number, result={"capabilities": {"positionEncoding": "utf-16"}} if method == "initialize" else None)
    elif number is not None and method not in script:
        write(id=number, error={"code": METHOD_NOT_FOUND, "message": f"no method {method}"})
    elif number is not None:
        scripted = script[method]
        for told, params in scripted.get("notifications", []):
            write(method=told, params={"id": message["params"].get("id"), **params})
        for key in ("result", "error"):
            if key in scripted:
                write(id=number, **{key: scripted[key]})


def read() -> dict[str, Any] | None:
    """The next message; None when there will be no more."""
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def write(**message: Any) -> None:
    """Send a message."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
