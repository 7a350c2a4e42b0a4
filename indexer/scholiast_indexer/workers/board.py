"""Batches that wait for a worker, in lanes: each worker keeps to one, so that what it has loaded is used again.

Must not know processes. A worker of another lane helps where two batches wait, or when its own lane has ended.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Sequence

from scholiast_indexer.workers.jobs import Job

Batch = Sequence[Job]


class Board:
    """Lanes of batches, filled by one thread and taken from by others."""

    def __init__(self, lanes: int, room: int) -> None:
        """`room` is how many batches may wait in all lanes together."""
        self._waiting: list[deque[Batch]] = [deque() for _ in range(lanes)]
        self._given = [0] * lanes
        self._room = room
        self._ended: set[int] = set()
        self._is_closed = False
        self._changed = threading.Condition()

    def neediest(self, lanes: Collection[int]) -> int | None:
        """Of these lanes the one that waits for a batch most; None when there is no room."""
        with self._changed:
            if sum(map(len, self._waiting)) >= self._room:
                return None
            return min(lanes, key=lambda lane: (len(self._waiting[lane]), self._given[lane]), default=None)

    def put(self, lane: int, batch: Batch) -> None:
        with self._changed:
            self._waiting[lane].append(batch)
            self._given[lane] += 1
            self._changed.notify_all()

    def end(self, lane: int) -> None:
        """No more batches will come in this lane."""
        with self._changed:
            self._ended.add(lane)
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing is given out any more; who waits gets None."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def take(self, lane: int) -> Batch | None:
        """The next batch for a worker of this lane, when there is one; None when the board is closed."""
        with self._changed:
            while not self._is_closed:
                chosen = self._waiting[lane] or max(self._waiting, key=len)
                waiting_min = 1 if chosen is self._waiting[lane] or lane in self._ended else 2
                if len(chosen) >= waiting_min:
                    return chosen.popleft()
                self._changed.wait()
            return None
