"""The worker process as the server sees it: started at first use, asked, told to stop, started again when it died.

Must not know prompts or workspaces. Any thread may ask; the worker answers one request after the other.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from scholiast_server.errors import AdapterError, ModelError
from scholiast_server.models.llama.process import WorkerDiedError, WorkerProcess
from scholiast_server.models.llama.wire import (
    Adapter,
    Answer,
    Complete,
    Count,
    Counted,
    Done,
    Embed,
    Failed,
    Generate,
    Load,
    Measured,
    Message,
    ModelFacts,
    Piece,
    Request,
    Sampling,
    Stats,
    Vectors,
)
from scholiast_server.models.protocol import never

log = logging.getLogger(__name__)

CRASHES_MAX = 3
CRASHES_WITHIN_S = 60.0
"""After so many crashes in so long, a model is left alone until the time is over."""

Kind = TypeVar("Kind", bound=Answer)


class LlamaProcess:
    """One model in one process."""

    def __init__(self, load: Load, *, idle_s: float = 0.0) -> None:
        """
        Args:
            load: The model, and how to load it; its id is not used.
            idle_s: Seconds without a request after which its memory is given back; 0 is never.
        """
        self._load = load
        self._idle_s = idle_s
        self._running: WorkerProcess | None = None
        self._starting = threading.Lock()
        self._crashes: deque[float] = deque(maxlen=CRASHES_MAX)
        self._reason = ""
        self._idle: threading.Timer | None = None
        self._numbers = itertools.count(1)
        self._closed = False

    @property
    def path(self) -> str:
        """The model's file."""
        return self._load.path

    @property
    def is_running(self) -> bool:
        running = self._running
        return running is not None and running.is_alive

    @property
    def pid(self) -> int | None:
        """Of the worker while it runs."""
        running = self._running
        return running.process.pid if running is not None and running.is_alive else None

    def facts(self) -> ModelFacts:
        """What the model says of itself; loads it.

        Raises:
            ModelError: It can't be loaded.
        """
        return self._started().facts

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        sampling: Sampling = Sampling(),  # noqa: B008  (frozen)
        adapters: Sequence[Adapter] = (),
        stop: Sequence[str] = (),
        grammar: str = "",
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[str | Done]:
        """Pieces of the answer to a chat, then how it ended. Closing the iterator ends it as well.

        Raises:
            ModelError: The prompt or an adapter is not for this model, or the worker died.
        """
        return self._text(
            lambda number: Generate(number, list(messages), max_tokens, sampling, list(adapters), list(stop), grammar),
            cancelled,
        )

    def complete(
        self,
        prefix: str,
        suffix: str,
        max_tokens: int,
        *,
        adapters: Sequence[Adapter] = (),
        stop: Sequence[str] = (),
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[str | Done]:
        """Pieces of what stands between two texts, then how it ended; as `generate`."""
        return self._text(
            lambda number: Complete(number, prefix, suffix, max_tokens, adapters=list(adapters), stop=list(stop)),
            cancelled,
        )

    def embed(
        self, texts: Sequence[str], cancelled: Callable[[], bool] = never, *, prefix: str = ""
    ) -> tuple[int, bytes]:
        """Dimension and float32 rows of unit length, little-endian, one for each text, whatever its length.

        Raises:
            ModelError: The model gives no vectors, the worker died, or it was cancelled.
        """
        answer = self._one(lambda number: Embed(number, list(texts), prefix), Vectors, cancelled)
        return answer.dimension, answer.data

    def count(self, texts: Sequence[str], messages: Sequence[Message] = ()) -> Counted:
        """Tokens of each text, and of a chat as the model's template lays it out. Raises ModelError."""
        return self._one(lambda number: Count(number, list(texts), list(messages)), Counted)

    def stats(self) -> Measured:
        """What the worker takes and did. Raises ModelError."""
        return self._one(Stats, Measured)

    def close(self) -> None:
        """End the worker; no further request starts one."""
        self._closed = True
        self.unload()

    def unload(self) -> None:
        """End the worker, which gives all memory back; the next request starts another one."""
        with self._starting:
            running, self._running = self._running, None
            if self._idle is not None:
                self._idle.cancel()
        if running is not None:
            running.end()

    # -- asking -------------------------------------------------------------------------------------------------

    def _text(self, request_of: Callable[[int], Request], cancelled: Callable[[], bool]) -> Iterator[str | Done]:
        for answer in self._answers(request_of, cancelled):
            if isinstance(answer, Piece):
                yield answer.text
            elif isinstance(answer, Done):
                yield answer

    def _one(
        self, request_of: Callable[[int], Request], kind: type[Kind], cancelled: Callable[[], bool] = never
    ) -> Kind:
        for answer in self._answers(request_of, cancelled):
            if isinstance(answer, kind):
                return answer
        raise WorkerDiedError(f"the worker of {self.path} gave no answer")

    def _answers(self, request_of: Callable[[int], Request], cancelled: Callable[[], bool]) -> Iterator[Answer]:
        """All answers to one request, the last one included."""
        running = self._started()
        request = request_of(next(self._numbers))
        answers = running.ask(request)
        is_done = False
        try:
            for answer in running.wait(request.id, answers, cancelled):
                is_done = isinstance(answer, Done | Vectors | Counted | Measured)
                if isinstance(answer, Failed):
                    is_done = True
                    raise (AdapterError if answer.kind == "adapter" else ModelError)(answer.message)
                yield answer
        except WorkerDiedError as error:
            is_done = True
            self._note_crash(str(error))
            raise
        finally:
            if not is_done:  # the caller wants no more
                running.cancel(request.id)
            running.forget(request.id)
            self._rest()

    def _started(self) -> WorkerProcess:
        with self._starting:
            if self._closed:
                raise ModelError("the model is closed")
            if self._idle is not None:
                self._idle.cancel()
            if self._running is not None and self._running.is_alive:
                return self._running
            self._refuse_after_crashes()
            try:
                self._running = WorkerProcess(self._load)
            except WorkerDiedError as error:
                self._note_crash(str(error))
                raise
            return self._running

    def _rest(self) -> None:
        """Begin to count the seconds without a request."""
        if self._idle_s > 0 and not self._closed:
            with self._starting:
                if self._idle is not None:
                    self._idle.cancel()
                self._idle = threading.Timer(self._idle_s, self.unload)
                self._idle.daemon = True
                self._idle.start()

    def _note_crash(self, reason: str) -> None:
        self._crashes.append(time.monotonic())
        self._reason = reason
        log.warning("%s", reason)

    def _refuse_after_crashes(self) -> None:
        if len(self._crashes) < CRASHES_MAX:
            return
        wait_s = self._crashes[0] + CRASHES_WITHIN_S - time.monotonic()
        if wait_s > 0:
            raise ModelError(
                f"{self._reason}\n  It happened {CRASHES_MAX} times in a row; it is tried again in {wait_s:.0f} s."
            )
