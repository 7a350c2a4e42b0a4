"""A stand-in for a model hub on the loopback interface, well behaved or not. Must not know who asks it."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import msgspec

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_WHOLE, _PARTIAL = 200, 206


class Asked(msgspec.Struct, frozen=True):
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""


class Served(msgspec.Struct):
    """One file, and how it is served."""

    data: bytes
    sha256: str = ""
    """What is announced; empty is what it is."""
    cuts: list[int] = []
    """After so many bytes each further answer breaks off."""
    ignores_ranges: bool = False
    stalls_at: int | None = None
    """After so many bytes nothing more comes, until whoever asks is gone."""
    error: tuple[int, str] | None = None
    """Status and code of an error, in place of the file."""

    @property
    def tag(self) -> str:
        return self.sha256 or hashlib.sha256(self.data).hexdigest()


class StandInHub:
    """A hub that has a file or two; for use in a `with` block."""

    def __init__(self, *, elsewhere: StandInHub | None = None) -> None:
        """`elsewhere` is another one, to which this one sends for the content of its files."""
        self.files: dict[str, Served] = {}
        """By `owner/name/file`."""
        self.asked: list[Asked] = []
        self.elsewhere = elsewhere
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> StandInHub:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def gets(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "GET"]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self._answer()

            def do_GET(self) -> None:
                self._answer()

            def log_message(self, format: str, *args: object) -> None:
                """To nobody."""

            def _answer(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                hub.asked.append(Asked(self.command, self.path, headers))
                name = self.path.lstrip("/").replace("/resolve/main/", "/").replace(f"/resolve/{COMMIT}/", "/")
                served = hub.files.get(name)
                if served is None or served.error:
                    self._fail(*(served.error if served and served.error else (404, "EntryNotFound")))
                    return
                head = {"X-Repo-Commit": COMMIT, "ETag": f'"{served.tag}"', "Accept-Ranges": "bytes"}
                if hub.elsewhere is not None:
                    where = f"{hub.elsewhere.url}/{name}"
                    linked = {"X-Linked-Etag": f'"{served.tag}"', "X-Linked-Size": str(len(served.data))}
                    self._begin(302, {**head, **linked, "Location": where, "Content-Length": "0"})
                    return
                self._send(served, head)

            def _send(self, served: Served, head: dict[str, str]) -> None:
                size, start = len(served.data), 0
                wanted = self.headers.get("Range", "")
                if wanted.startswith("bytes=") and not served.ignores_ranges:
                    start = int(wanted.removeprefix("bytes=").partition("-")[0])
                    head["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
                self._begin(_PARTIAL if start else _WHOLE, {**head, "Content-Length": str(size - start)})
                if self.command == "HEAD":
                    return
                if served.stalls_at is not None:
                    self.wfile.write(served.data[start : served.stalls_at])
                    self.wfile.flush()
                    with contextlib.suppress(ConnectionError):
                        self.connection.recv(1)  # until whoever asks is gone
                    self.close_connection = True
                    return
                end = start + served.cuts.pop(0) if served.cuts else size
                self.wfile.write(served.data[start:end])
                self.close_connection = end < size

            def _fail(self, status: int, code: str) -> None:
                self._begin(status, {"X-Error-Code": code, "Content-Length": "0"})

            def _begin(self, status: int, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

        return Handler
