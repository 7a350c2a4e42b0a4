"""The overlay of one workspace as it changes: of several texts of a path the last one stays. Must not know analysis."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scholiast_indexer.embedding import Embedder
from scholiast_indexer.limits import OVERLAY_BYTES_MAX
from scholiast_indexer.overlay import OverlaidFile, Overlay

if TYPE_CHECKING:
    from scholiast_indexer.unsaved.making import KnownVectors, Maker


class Held(NamedTuple):
    """What the index holds, as far as unsaved text is compared with it."""

    stored: Callable[[str], bytes | None]
    """The indexed bytes of a path; None for one that is not indexed."""
    serving: Callable[[], Embedder]
    """Whose vectors are searched now."""
    vectors: KnownVectors


class Unsaved:
    """For any threads. What parses and reads ignore files is loaded with the first text."""

    def __init__(self, root: Path, embedder: Embedder, held: Held) -> None:
        """`embedder` is the one that is level, which workers may make for themselves."""
        self.overlay = Overlay.empty(embedder.dimension, embedder.fingerprint)
        """As it is now; whoever asks it twice may see two states."""
        self._root = root
        self._embedder = embedder
        self._held = held
        self._made: Maker | None = None
        self._numbers = itertools.count(1)
        self._turns: dict[str, int] = {}
        self._changing = threading.Lock()
        self._is_closed = False

    def start(self) -> None:
        """Start the worker, so that the first text does not wait for it; returns when it is ready."""
        self._maker().start()

    def close(self) -> None:
        """End the worker, though it be at work; from now on nothing is laid over."""
        with self._changing:
            self._is_closed = True
        if self._made is not None:
            self._made.close()

    def lay_over(self, path: str, data: bytes) -> bool:
        """See `Index.lay_over`."""
        with self._changing:
            self._turns[path] = turn = next(self._numbers)
        laid = self.overlay.files.get(path)
        if laid is not None and laid.data == data and laid.model == self._held.serving().fingerprint:
            return True
        if self._is_closed or not self._has_room(path, data) or not self._maker().belongs(path, data):
            return self._put(path, turn, None)
        return self._put(path, turn, None if self._held.stored(path) == data else self._file(path, data, turn))

    def lay_again(self) -> None:
        """Give what is laid over vectors of the embedder that serves now; a text that changes gets them anyway."""
        for path, file in self.overlay.files.items():
            if file.model != self._held.serving().fingerprint:
                self._put(path, file.number, self._file(path, file.data, file.number))

    def lift(self, path: str) -> None:
        """See `Index.lift`."""
        with self._changing:
            self._turns.pop(path, None)
            self.overlay = self.overlay.without(path)
        if self._made is not None:
            self._made.forget(path)

    def _maker(self) -> Maker:
        from scholiast_indexer.unsaved.making import Maker

        with self._changing:
            if self._made is None:
                self._made = Maker(self._root, self._embedder, self._held.vectors)
                if self._is_closed:  # who asked was under way when it was closed
                    self._made.close()
            return self._made

    def _has_room(self, path: str, data: bytes) -> bool:
        others = sum(len(file.data) for other, file in self.overlay.files.items() if other != path)
        return others + len(data) <= OVERLAY_BYTES_MAX

    def _file(self, path: str, data: bytes, turn: int) -> OverlaidFile | None:
        maker = self._maker()
        with maker.analyzing:
            if self._turns.get(path) != turn or self._is_closed:
                return None  # a newer text waits: this one would be thrown away
            return maker.file(path, data, turn, self.overlay.files.get(path), self._held.serving())

    def _put(self, path: str, turn: int, file: OverlaidFile | None) -> bool:
        """Swap the overlay, unless the path was lifted or got a newer text meanwhile."""
        with self._changing:
            if self._turns.get(path) == turn and not self._is_closed:
                serving = self._held.serving()
                overlay = self.overlay.of_model(serving.fingerprint, serving.dimension)
                self.overlay = overlay.without(path) if file is None else overlay.with_file(file)
            return path in self.overlay.files
