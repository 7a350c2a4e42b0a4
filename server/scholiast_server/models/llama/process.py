"""One worker process from its start to its end: its pipes, its answers, what it said when it died.

Must not know when one is started or how often. Any thread may ask; the worker answers one request after the other.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import msgspec

from scholiast_server.errors import ModelError
from scholiast_server.models.llama.bounds import TIMEOUT_MARK
from scholiast_server.models.llama.wire import (
    Answer,
    Cancel,
    Failed,
    Load,
    Loaded,
    ModelFacts,
    Piece,
    Request,
    read_message,
    write_message,
)

log = logging.getLogger(__name__)

LOAD_WAIT_S = 600.0
"""A model that takes longer to load is given up: 40 GB from a slow disk take five minutes."""
SILENCE_S_MAX = 300.0
"""Without a token for so long, the worker is taken for stuck and ended."""
CANCEL_WAIT_S = 5.0
"""A worker that does not stop when told to is ended."""
POLL_S = 0.02
"""How often a waiting request asks whether it was cancelled."""
ENVIRONMENT = {
    "OMP_WAIT_POLICY": "passive",  # threads that spin slow a busy machine down twentyfold
    "GGML_NO_BACKTRACE": "1",  # an assertion would start a debugger
}
"""Of a worker: llama.cpp looks at it as it is loaded."""
_COMPLAINT_BYTES = 4_000
_ASSERTION = re.compile(rb"GGML_ASSERT\(.{1,200}\) failed")
_HINTS = {
    "SIGKILL": "perhaps the system had no memory left",
    "SIGILL": "llama.cpp was compiled for another processor; install llama-cpp-python anew",
}
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from scholiast_server.models.llama.worker import main; main()"
)


class WorkerDiedError(ModelError):
    """The worker process ended over a request; the next request starts another one."""


class WorkerProcess:
    """One worker process from its start to its end."""

    def __init__(self, load: Load) -> None:
        self._path = load.path
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Answer)
        self._writing = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[Answer | None]] = {}
        self._complaints: deque[bytes] = deque(maxlen=200)
        self._killed_because = ""
        self._is_ending = False
        self._is_over = threading.Event()
        self.process = _start()
        self._listening = threading.Thread(target=self._collect_complaints, daemon=True, name="scholiast-llama-stderr")
        self._listening.start()
        self.facts = self._load(load)
        threading.Thread(target=self._read, daemon=True, name="scholiast-llama").start()

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None and not self._is_ending

    def _load(self, load: Load) -> ModelFacts:
        giving_up = threading.Timer(LOAD_WAIT_S, self._kill, [f"it took longer than {LOAD_WAIT_S:.0f} s"])
        giving_up.daemon = True
        giving_up.start()
        try:
            self._send(msgspec.structs.replace(load, id=0))
            answer = self._receive()
        except BrokenPipeError:
            answer = None
        finally:
            giving_up.cancel()
        if isinstance(answer, Loaded):
            return answer.facts
        if answer is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(CANCEL_WAIT_S)  # so that it is told how it ended by itself
        self.end()
        assert self.process.stdout is not None
        self.process.stdout.close()
        if isinstance(answer, Failed):
            raise ModelError(answer.message)
        raise WorkerDiedError(self._death("while it loaded"))

    def ask(self, request: Request) -> queue.SimpleQueue[Answer | None]:
        """Send a request; its answers come through the queue, None when the process has died.

        Raises:
            ModelError: A text in it can't be sent.
        """
        try:
            message = self._encoder.encode(request)
        except UnicodeEncodeError as error:  # half of a surrogate pair
            raise ModelError("a text for the model holds what is no character") from error
        answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self._waiting[request.id] = answers
        try:
            self._write(message)
        except (OSError, ValueError):  # its end has closed the pipe, there or here
            answers.put(None)
        return answers

    def wait(
        self, number: int, answers: queue.SimpleQueue[Answer | None], cancelled: Callable[[], bool]
    ) -> Iterator[Answer]:
        """The answers to a request as they come, until the last one."""
        heard_s = time.monotonic()
        cancelled_s: float | None = None
        while True:
            if cancelled_s is None and cancelled():  # between pieces too: a fast model leaves no pause to ask in
                cancelled_s = time.monotonic()
                self.cancel(number)
            try:
                answer = answers.get(timeout=POLL_S)
            except queue.Empty:
                now_s = time.monotonic()
                if cancelled_s is not None and now_s - cancelled_s > CANCEL_WAIT_S:
                    self._kill("it did not stop when told to")
                if now_s - heard_s > SILENCE_S_MAX:
                    self._kill(f"it was silent for {SILENCE_S_MAX:.0f} s")
                if not (self._is_over.is_set() and answers.empty()):
                    continue
                answer = None  # it ended before it heard of this request
            if answer is None:
                self.process.wait()
                raise WorkerDiedError(self._death("over a request"))
            heard_s = time.monotonic()
            yield answer
            if not isinstance(answer, Piece):
                return

    def cancel(self, number: int) -> None:
        with contextlib.suppress(OSError, ValueError):  # it is gone, which ends the request as well
            self._send(Cancel(0, number))

    def _kill(self, reason: str) -> None:
        if self.process.poll() is None:  # else it ended by itself, whatever is wanted of it now
            self._killed_because = self._killed_because or reason
        self.process.kill()

    def forget(self, number: int) -> None:
        self._waiting.pop(number, None)

    def end(self) -> None:
        """End the process."""
        self._is_ending = True
        self._kill("nobody wants it any more")
        self.process.wait()
        self._close_stdin()

    def _close_stdin(self) -> None:
        assert self.process.stdin is not None
        with self._writing, contextlib.suppress(OSError):
            self.process.stdin.close()

    # -- pipes --------------------------------------------------------------------------------------------------

    def _send(self, request: Request) -> None:
        self._write(self._encoder.encode(request))

    def _write(self, message: bytes) -> None:
        assert self.process.stdin is not None
        with self._writing:
            write_message(self.process.stdin, message)

    def _receive(self) -> Answer | None:
        assert self.process.stdout is not None
        message = read_message(self.process.stdout)
        if message is None:
            return None
        try:
            answer: Answer = self._decoder.decode(message)
        except msgspec.MsgspecError:
            self._kill("it wrote what is no message")
            return None
        return answer

    def _read(self) -> None:
        while (answer := self._receive()) is not None:
            waiting = self._waiting.get(answer.id)
            if waiting is not None:
                waiting.put(answer)
        for waiting in list(self._waiting.values()):
            waiting.put(None)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._is_over.set()
        self._close_stdin()

    def _collect_complaints(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        with stream:
            for line in stream:
                self._complaints.append(line[-_COMPLAINT_BYTES:])

    def _death(self, when: str) -> str:
        """Why it ended, for the user in a line; what it said goes to the log."""
        self._listening.join(CANCEL_WAIT_S)
        if self._complaints:
            said = b"".join(self._complaints)[-_COMPLAINT_BYTES:].decode("utf-8", "replace").strip()
            log.warning("the worker of %s said at its end:\n%s", self._path, said)
        code = self.process.returncode
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        why = self._killed_because or _last_words(self._complaints) or _HINTS.get(how, "")
        return f"the process of the model {os.path.basename(self._path)} ended {when} ({how}{why and ': '}{why})."  # noqa: PTH119


def _last_words(complaints: Iterable[bytes]) -> str:
    """Why a worker ended, where it said so itself."""
    for line in complaints:
        if line.startswith(TIMEOUT_MARK):
            return "its chat template did not come to an end"
        if found := _ASSERTION.search(line):
            return f"llama.cpp gave it up, {found[0].decode('utf-8', 'replace')}"
    return ""


def _start() -> subprocess.Popen[bytes]:
    if importlib.util.find_spec("llama_cpp") is None:
        raise ModelError('llama.cpp is not installed.\n  pip install "scholiast[llama]"')
    modules = [os.path.abspath(entry) for entry in sys.path if entry]  # noqa: PTH100  entries may be archives
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, json.dumps(modules)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **ENVIRONMENT},
            start_new_session=True,  # Ctrl-C goes to the parent, which ends its workers itself
        )
    except OSError as error:
        raise ModelError(f"no process can be started for the model: {error}") from error
