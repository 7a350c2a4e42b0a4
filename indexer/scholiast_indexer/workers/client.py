"""One worker process as the indexing process sees it: started when needed, asked, ended. Must not know queues.

Workers are started by a command, not by multiprocessing, so that a script without an `if __name__ == "__main__"`
guard can index. Python runs them isolated (`-I`): the current folder, which may be the very workspace that is
indexed, is not searched for modules.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import msgspec

from scholiast_indexer.limits import WORKER_HASTY_TIMEOUT_S, WORKER_LOST_S_MAX
from scholiast_indexer.workers.jobs import Job
from scholiast_indexer.workers.wire import Hello, Reply, read_message, write_message

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from scholiast_indexer.workers.process import main; main()"
)
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Worker:
    """A worker process and its pipes. Asked by one thread at a time; any thread may interrupt it."""

    def __init__(self, hello: Hello) -> None:
        self._hello = hello
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        """The process has said that it has loaded."""
        self._busy = False
        self._is_retired = False
        self._lost_s = 0.0
        self._lock = threading.Lock()
        self._decoder = msgspec.msgpack.Decoder(Reply)
        self._encoder = msgspec.msgpack.Encoder()

    def start(self) -> None:
        """Start the process, if there is none, without waiting until it has loaded.

        Raises:
            OSError: No process can be started.
        """
        with self._lock:
            if not self._is_retired:
                self._started()

    def ask(self, batch: Sequence[Job], stop: threading.Event) -> Reply | None:
        """The answer to a batch; None when the process died over it, `stop` was set, or the worker is retired.

        Raises:
            OSError: No process can be started.
        """
        with self._lock:
            if stop.is_set() or self._is_retired:
                return None
            process = self._started()
            self._busy = True
        began_s = time.monotonic()
        try:
            if not self._is_ready:
                self._await_ready(process)
            self._send(process, batch)
            reply = self._receive(process)
        except (BrokenPipeError, ValueError, msgspec.MsgspecError):  # a pipe that its end closed is a ValueError
            reply = None
        finally:
            self._busy = False
        if reply is None:
            self._lost_s += 0.0 if stop.is_set() else time.monotonic() - began_s
            self.end()
        return reply

    @property
    def is_hasty(self) -> bool:
        """Whether it lost so much time over single files that it is patient no more."""
        return self._lost_s >= WORKER_LOST_S_MAX

    def interrupt(self) -> None:
        """Kill the process if it is at work; who waits for its answer gets None."""
        with self._lock:
            if self._busy and self._process is not None:
                self._process.kill()

    def retire(self) -> None:
        """End the process, if there is one, and start no other: whoever asks from now on gets None."""
        with self._lock:
            self._is_retired = True
        self.end()

    def end(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # a broken pipe while flushing what nobody reads
                    pipe.close()

    def _started(self) -> subprocess.Popen[bytes]:
        """The process, told how to load if it is new. Under the lock."""
        if self._process is None:
            self._process, self._is_ready = _start(), False
            with contextlib.suppress(BrokenPipeError):  # it has ended already: whoever asks it finds that out
                self._send(self._process, _hasty(self._hello) if self.is_hasty else self._hello)
        return self._process

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it has loaded, so that one that can't is told from one that a file kills."""
        self._is_ready = self._receive(process) is not None
        if not self._is_ready:
            self.end()
            raise OSError("the worker process did not start")

    def _send(self, process: subprocess.Popen[bytes], message: Hello | Sequence[Job]) -> None:
        assert process.stdin is not None
        write_message(process.stdin, self._encoder.encode(message))

    def _receive(self, process: subprocess.Popen[bytes]) -> Reply | None:
        assert process.stdout is not None
        message = read_message(process.stdout)
        return None if message is None else self._decoder.decode(message)


def _hasty(hello: Hello) -> Hello:
    return msgspec.structs.replace(hello, file_timeout_s=min(hello.file_timeout_s, WORKER_HASTY_TIMEOUT_S))


def _start() -> subprocess.Popen[bytes]:
    modules = [os.path.abspath(entry) for entry in sys.path if entry]  # noqa: PTH100  entries may be archives
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOT, json.dumps(modules)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_ONE_THREAD},
        start_new_session=True,  # Ctrl-C goes to the parent, which ends its workers itself
    )
