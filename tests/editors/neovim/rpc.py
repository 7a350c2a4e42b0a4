"""Calls into a running Neovim: msgpack-RPC on a socket to which Neovim connects. Must not know of language servers."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

CONNECT = 'call sockconnect("pipe", $NVIM_TEST_SOCKET, {"rpc": v:true})'
"""What Neovim has to do when it has started, with the socket's path in its environment."""

START_TIMEOUT_S = 30.0
CALL_TIMEOUT_S = 60.0
_REQUEST, _RESPONSE = 0, 1
_READ_BYTES = 65_536


class NeovimError(Exception):
    """Neovim answered with an error, or not in time, or is gone."""


class Peer:
    """One connection, and one call at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._calls = 0

    def call(self, method: str, *arguments: Any, timeout_s: float = CALL_TIMEOUT_S) -> Any:
        """What a function of Neovim's API answers."""
        self._calls += 1
        self._connection.settimeout(timeout_s)
        try:
            self._connection.sendall(msgspec.msgpack.encode((_REQUEST, self._calls, method, arguments)))
            kind, number, failure, result = self._read()
        except TimeoutError:
            raise NeovimError(f"no answer to {method} within {timeout_s:.0f} s") from None
        if (kind, number) != (_RESPONSE, self._calls):
            raise NeovimError(f"call {self._calls} was answered with message {(kind, number)}")
        if failure is not None:
            raise NeovimError(str(failure[1]))
        return result

    def lua(self, code: str, *arguments: Any, timeout_s: float = CALL_TIMEOUT_S) -> Any:
        """What Lua code returns; the arguments are its `...`."""
        return self.call("nvim_exec_lua", code, arguments, timeout_s=timeout_s)

    def wait_for_end(self, timeout_s: float = CALL_TIMEOUT_S) -> None:
        """Return when Neovim has closed the connection, as it does when it ends."""
        self._connection.settimeout(timeout_s)
        try:
            while self._connection.recv(_READ_BYTES):
                pass
        except ConnectionError:
            return
        except TimeoutError:
            raise NeovimError(f"Neovim has not ended within {timeout_s:.0f} s") from None

    def _read(self) -> Any:
        """One message: as calls come one at a time, nothing follows it."""
        received = b""
        while True:
            piece = self._connection.recv(_READ_BYTES)
            if not piece:
                raise NeovimError("Neovim is gone")
            received += piece
            try:
                return msgspec.msgpack.decode(received)
            except msgspec.DecodeError as error:
                if "truncated" not in str(error):
                    raise


class Door:
    """Where a Neovim knocks once it has started."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()

    @contextmanager
    def guest(self, timeout_s: float = START_TIMEOUT_S) -> Iterator[Peer]:
        """The Neovim that knocks."""
        self._listener.settimeout(timeout_s)
        try:
            connection, _ = self._listener.accept()
        except TimeoutError:
            raise NeovimError(f"Neovim has not started within {timeout_s:.0f} s") from None
        with connection:
            yield Peer(connection)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def door() -> Iterator[Door]:
    """A socket under a short name: those of pytest's folders are too long for some systems."""
    with tempfile.TemporaryDirectory(prefix="nvim") as folder:
        made = Door(Path(folder) / "rpc")
        try:
            yield made
        finally:
            made.close()
