"""What embedding models behind servers turned out to be, kept from one process to the next. Must not know connections.

Without it, each command would have to ask the server before it could say which vectors of the index are that model's.
It is a cache: what it does not know is asked for again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from scholiast_indexer.location import cache_bases
from scholiast_server.userdata import write_whole

FILE_NAME = "endpoint-models.json"
MODELS_MAX = 32
"""Of so many models the last is remembered; the oldest are asked again."""
BYTES_MAX = 4_000_000
"""A larger file is none of ours."""
SAME_COSINE_MIN = 0.99
"""Of two vectors of one text. Other builds of a server move the last digits; another model has nothing in common."""
_STEP = 0.05
"""Coarse enough that the last digits of a vector hardly ever matter to its digest."""


class Known(msgspec.Struct, frozen=True):
    """An embedding model as it answered when it was first asked."""

    window_characters: int
    """Texts of code of so many characters are taken at once."""
    vector: tuple[float, ...]
    """Of the text that it was asked with, of unit length."""

    @property
    def dimension(self) -> int:
        return len(self.vector)

    @property
    def digest(self) -> str:
        """Tells this model from others."""
        from hashlib import blake2b

        steps = np.rint(np.asarray(self.vector) / _STEP).astype(np.int8)
        return blake2b(steps.tobytes(), digest_size=6).hexdigest()

    def is_same(self, vector: npt.NDArray[np.float32]) -> bool:
        """Whether another vector of the same text, of unit length, is this model's."""
        return len(vector) == self.dimension and float(np.dot(self.vector, vector)) >= SAME_COSINE_MIN


class Memory:
    """The models by server and name, in a file of the user's; without one each process asks for itself."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def recall(self, key: str) -> Known | None:
        """What is known of a model."""
        return self._read().get(key)

    def remember(self, key: str, known: Known) -> None:
        """Keep it, in the place of what was known before."""
        others = {name: value for name, value in self._read().items() if name != key}
        kept = dict([*others.items(), (key, known)][-MODELS_MAX:])
        self._write(kept)

    def forget(self, key: str) -> None:
        """It has turned out to be wrong."""
        self._write({name: value for name, value in self._read().items() if name != key})

    def _read(self) -> dict[str, Known]:
        if self._path is None:
            return {}
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(BYTES_MAX), type=dict[str, Known])
        except (OSError, msgspec.DecodeError):
            return {}

    def _write(self, models: Mapping[str, Known]) -> None:
        """Whole or not at all; where it can't be, it is done without."""
        if self._path is None:
            return
        with contextlib.suppress(OSError):
            write_whole(self._path, msgspec.json.encode(models))


def users_memory(environment: Mapping[str, str] | None = None) -> Memory:
    """The memory of this user."""
    base = next(cache_bases(os.environ if environment is None else environment), None)
    return Memory(base / "scholiast" / FILE_NAME if base else None)
