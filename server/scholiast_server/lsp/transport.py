"""Messages in and out over a pipe or a socket. Must not know what is in them.

Reading and writing have threads of their own: the event loop never waits for a client that does not read, and the
threads that do the server's work never keep it from hearing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import re
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from scholiast_server.lsp.limits import HEADER_BYTES_MAX, MESSAGE_BYTES_MAX, MESSAGES_WAITING_MAX, OUTGOING_BYTES_MAX

log = logging.getLogger(__name__)

_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,18})[ \t]*", re.IGNORECASE)
_CLOSE_WAIT_S = 2.0
Receive = Callable[[bytes], None]


class BrokenConversationError(Exception):
    """What was received can't be cut into messages any more."""


class Writer:
    """Writes messages in order, from a thread of its own."""

    def __init__(self, stream: BinaryIO, give_up: Callable[[], None], bytes_max: int = OUTGOING_BYTES_MAX) -> None:
        """
        Args:
            stream: Where to.
            give_up: Called, by whoever writes, when more is waiting than `bytes_max`.
            bytes_max: What a client may leave unread.
        """
        self._stream = stream
        self._give_up = give_up
        self._bytes_max = bytes_max
        self._taken_bytes = 0
        self._written_bytes = 0
        self._taking = threading.Lock()
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="scholiast-writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Takes a message in, from any thread; never waits."""
        with self._taking:
            self._taken_bytes += len(data)
            is_unread = self._taken_bytes - self._written_bytes > self._bytes_max
        if is_unread:
            log.error("the client reads no more: over %d bytes wait for it", self._bytes_max)
            self._give_up()
        else:
            self._queue.put(data)

    def close(self) -> None:
        """Write what was taken in, as far as the client still reads."""
        self._queue.put(None)
        self._thread.join(_CLOSE_WAIT_S)

    def _run(self) -> None:
        try:
            while (data := self._queue.get()) is not None:
                self._stream.write(data)
                self._written_bytes += len(data)
                if self._queue.empty():
                    self._stream.flush()
        except (OSError, ValueError):  # the client is gone; the reader sees that too
            return


def read_message(stream: BinaryIO) -> bytes | None:
    """The body of the next message; None at the end.

    Raises:
        BrokenConversationError: A header is none, or a length is over the limit.
    """
    length: int | None = None
    seen = 0
    while True:
        line = stream.readline(HEADER_BYTES_MAX)
        if not line:
            return None
        seen += len(line)
        header = line.strip()
        if not header and length is not None:
            body = stream.read(length)
            return body if len(body) == length else None
        if match := _LENGTH.fullmatch(header):
            length = int(match[1])
            if length > MESSAGE_BYTES_MAX:
                raise BrokenConversationError(f"a message of {length:,} bytes; {MESSAGE_BYTES_MAX:,} are the limit")
        if seen > HEADER_BYTES_MAX:
            raise BrokenConversationError("no header of a message where one should be")


async def converse(reader: BinaryIO, receive: Receive, ended: asyncio.Event) -> None:
    """Hand each message to `receive`, on the event loop and in order, until the end or until `ended` is set."""
    loop = asyncio.get_running_loop()
    room = threading.Semaphore(MESSAGES_WAITING_MAX)

    def act(body: bytes) -> None:
        room.release()
        receive(body)

    def run() -> None:
        try:
            while (body := read_message(reader)) is not None:
                room.acquire()
                loop.call_soon_threadsafe(act, body)
        except BrokenConversationError as error:
            log.error("the client sends no messages: %s", error)
        except (OSError, ValueError):
            log.info("the client is gone")
        loop.call_soon_threadsafe(ended.set)

    thread = threading.Thread(target=_unless_closed(run), name="scholiast-reader", daemon=True)
    thread.start()
    await ended.wait()


def _unless_closed(run: Callable[[], None]) -> Callable[[], None]:
    """A loop that is closed while the thread still waits for the client takes nothing any more."""

    def guarded() -> None:
        try:
            run()
        except RuntimeError:
            log.debug("read on after the end")

    return guarded


def own_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for the protocol alone.

    Whatever else is printed here, by a library of C or by a child process too, goes to standard error; and no child
    process reads what the client sends.
    """
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # standard error is closed
        os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdout = sys.stderr
    return reader, writer
