"""The worker process: reads requests on stdin, answers on stdout, ends with its parent. Must not know workspaces.

A thread of its own reads, so that a request to stop is heard in the middle of another one's work. What llama.cpp
prints goes to standard error: standard output belongs to the messages. A template or a model that never comes to an
end is ended by a watchdog that needs no lock of Python's.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
import traceback
from typing import BinaryIO, Literal

import msgspec

from scholiast_server.errors import AdapterError, ModelError
from scholiast_server.models.llama.wire import (
    Answer,
    Cancel,
    Complete,
    Count,
    Counted,
    Done,
    Embed,
    Failed,
    FailureKind,
    Generate,
    Load,
    Loaded,
    Measured,
    Piece,
    Request,
    Stats,
    Vectors,
    read_message,
    write_message,
)

OUT_OF_MEMORY_SCORE = 800
"""Of at most 1,000; everything else has 0."""
_STDERR = 2


class Worker:
    """The one model of this process, and its requests one after the other."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source = source
        self._sink = sink
        self._todo: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._writing = threading.Lock()
        self._encoder = msgspec.msgpack.Encoder()
        self._cancelled: set[int] = set()
        self._current: int | None = None
        self._noting = threading.Lock()

    def run(self) -> None:
        """Serve until stdin closes."""
        from scholiast_server.models.llama.backend import Backend

        first = self._read()
        if not isinstance(first, Load):
            return
        if first.niceness and hasattr(os, "nice"):
            os.nice(first.niceness)
        began = time.perf_counter()
        try:
            self._backend = Backend(first)
        except ModelError as error:
            self._send(Failed(first.id, "model", str(error)))
            return
        self._send(Loaded(first.id, self._backend.facts(), time.perf_counter() - began))
        threading.Thread(target=self._listen, name="reader", daemon=True).start()
        while (request := self._todo.get()) is not None:
            self._act(request)

    # -- reading ------------------------------------------------------------------------------------------------

    def _read(self) -> Request | None:
        message = read_message(self._source)
        return None if message is None else msgspec.msgpack.decode(message, type=Request)

    def _listen(self) -> None:
        try:
            while (request := self._read()) is not None:
                if isinstance(request, Cancel):
                    self._cancel(request.request)
                else:
                    self._todo.put(request)
        finally:  # a message that there is no memory for ends the process too
            self._backend.cancel()
            self._todo.put(None)

    def _cancel(self, number: int) -> None:
        with self._noting:
            self._cancelled.add(number)
            if self._current == number:
                self._backend.cancel()

    # -- answering ----------------------------------------------------------------------------------------------

    def _act(self, request: Request) -> None:
        with self._noting:
            self._current = request.id
            self._backend.begin()
            if request.id in self._cancelled:
                self._backend.cancel()
        try:
            self._answer(request)
        except MemoryError:
            self._send(Failed(request.id, "internal", "the model ran out of memory"))
        except Exception as error:  # noqa: BLE001  each request is answered; what it did wrong is told
            kind, told = _failure(error)
            self._send(Failed(request.id, kind, told))
        finally:
            with self._noting:
                self._current = None
                self._cancelled.discard(request.id)
        self._backend.answered += 1

    def _answer(self, request: Request) -> None:
        backend = self._backend
        if isinstance(request, Generate):
            tokens, ends = backend.chat_tokens(request.messages)
            backend.apply(request.adapters)
            self._write(request, tokens, [*ends, *request.stop], request.grammar)
        elif isinstance(request, Complete):
            backend.apply(request.adapters)
            self._write(request, backend.middle_tokens(request.prefix, request.suffix), request.stop)
        elif isinstance(request, Embed):
            dimension, data = backend.embed(request.texts, request.prefix)
            self._send(Vectors(request.id, dimension, data))
        elif isinstance(request, Count):
            counts = [len(backend.tokens(text)) for text in request.texts]
            whole = len(backend.chat_tokens(request.messages)[0]) if request.messages else 0
            self._send(Counted(request.id, counts, whole))
        elif isinstance(request, Stats):
            self._send(Measured(request.id, _resident_bytes(), backend.answered))
        else:
            self._send(Failed(request.id, "request", f"{type(request).__name__} is nothing to ask for now"))

    def _write(self, request: Generate | Complete, tokens: list[int], stop: list[str], grammar: str = "") -> None:
        from scholiast_server.models.llama.backend import Cancelled

        began = time.perf_counter()
        reused = self._backend.reusable(tokens)
        first_s: float | None = None
        reason: Literal["stop", "length", "cancelled"] = "length"
        try:
            for text, ended in self._backend.generate(tokens, request.max_tokens, request.sampling, stop, grammar):
                first_s = time.perf_counter() if first_s is None else first_s
                if text:
                    self._send(Piece(request.id, text))
                if ended:
                    reason = "length" if ended == "length" else "stop"
        except Cancelled:
            reason = "cancelled"
        ended_s = time.perf_counter()
        prompt_s = (first_s or ended_s) - began
        count = 0 if first_s is None else self._backend.written_after(tokens) + (reason != "stop")
        self._send(Done(request.id, reason, len(tokens), reused, count, prompt_s, ended_s - began - prompt_s))

    def _send(self, answer: Answer) -> None:
        with self._writing:
            write_message(self._sink, self._encoder.encode(answer))


def _failure(error: Exception) -> tuple[FailureKind, str]:
    from scholiast_server.models.llama.backend import Cancelled, PromptError

    if isinstance(error, Cancelled):
        return "cancelled", "it was cancelled"
    if isinstance(error, AdapterError):
        return "adapter", str(error)
    if isinstance(error, PromptError):
        return "prompt", str(error)
    if isinstance(error, ModelError):
        return "model", str(error)
    return "internal", f"{type(error).__name__}: {error}"


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  read as the system writes it
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _end_first_when_memory_runs_out() -> None:
    """Of all processes the system is to choose this one, and not the editor: it is the one started again by itself."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(str(OUT_OF_MEMORY_SCORE))


def main() -> None:
    """Serve until stdin closes."""
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(_STDERR, 1)
    _end_first_when_memory_runs_out()
    code = 0
    try:
        Worker(sys.stdin.buffer, private).run()
    except BrokenPipeError:
        code = 0  # the parent is gone
    except BaseException:  # noqa: BLE001  the parent shows the end of what is on standard error
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)  # a reader that waits can't be told to stop, and there is nothing to clean up


if __name__ == "__main__":
    main()
